"""Writing with the preview beside it, in a real browser: what is typed is seen, errors stand at their fields, the keyboard
suffices. The browser runs in a thread of its own, the render worker in the test's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django_rq
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright
from rq import SimpleWorker
from wagtail.models import Revision

from cms.content.models import ItemPage, Proof
from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


class Writing:
    """Somebody logged in, at the form of an item."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.preview = page.locator("[data-bt-preview]")
        self.state = page.locator("[data-bt-state]")

    def open(self, path: str) -> Writing:
        self.page.goto(self.address + path)
        expect(self.preview).to_be_visible()
        return self

    def title(self) -> Any:
        return self.page.locator("[name='body-0-value-title']")

    def types(self, text: str) -> None:
        self.title().fill(text)

    def sees_it_drawn(self) -> None:
        expect(self.state).to_have_attribute("data-state", "done")

    def sees_what_is_typed(self, text: str) -> None:
        """Typed, and drawn anew. A fast machine is done before anybody who looks now and then sees it drawing."""
        self.state.evaluate(
            """box => { window.states = []; new MutationObserver(() => window.states.push(box.dataset.state))
            .observe(box, { attributeFilter: ['data-state'] }); }"""
        )
        self.types(text)
        self.page.wait_for_function("() => window.states.includes('drawing') && window.states.at(-1) === 'done'")

    def lit(self) -> int:
        """How many pixels of the first face are neither black nor missing."""
        found: int = self.page.evaluate(
            """() => { const face = document.querySelector('.bt-stage__face');
            const data = face.getContext('2d').getImageData(0, 0, face.width, face.height).data;
            let lit = 0; for (let n = 0; n < data.length; n += 4) lit += data[n] + data[n + 1] + data[n + 2] > 60; return lit; }"""
        )
        return found


@pytest.fixture
def write(live_server: Any, client_for: Any, redis_server: str, shelves: Any, cluster: Any) -> Callable[..., Any]:
    """`write(person, path, scenario, **context)`: runs `scenario(writing)` in this person's browser while the render worker
    works off its queue."""

    def writing(person: Any, path: str, scenario: Callable[[Writing], Any], **how: Any) -> Any:
        session = client_for(person).cookies["sessionid"].value

        def run() -> Any:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, "locale": "vi-VN", **how})
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
                context.set_default_timeout(PATIENCE_S * 1000)
                expect.set_options(timeout=PATIENCE_S * 1000)
                wrong: list[str] = []
                page = context.new_page()
                page.on("pageerror", lambda error: wrong.append(str(error)))
                try:
                    answer = scenario(Writing(page, live_server.url).open(path))
                finally:
                    browser.close()
                assert wrong == []
                return answer

        queue = django_rq.get_queue("draft")
        with ThreadPoolExecutor(1) as thread:
            going = thread.submit(run)
            while not going.done():
                taken = queue.connection.blpop([queue.key], timeout=1)
                if taken:
                    queue.connection.lpush(queue.key, taken[1])
                    SimpleWorker([queue], connection=queue.connection).work(burst=True)
            return going.result()

    return writing


@pytest.fixture
def page(make_item: Any, contributor: Any) -> ItemPage:
    made: ItemPage = make_item("Chào mừng", by=contributor)
    return made


@pytest.fixture
def form(page: ItemPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=(page.pk,))


def test_what_is_typed_is_seen_and_not_saved(write, contributor, page, form):
    def scenario(writing: Writing) -> None:
        writing.sees_it_drawn()
        assert writing.lit() > 500
        expect(writing.preview.locator(".bt-pages button")).to_have_count(2)
        writing.sees_what_is_typed("Cửa khẩu mở lại từ 7 giờ")
        expect(writing.preview.locator(".bt-ring")).to_be_visible()

    write(contributor, form, scenario)
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().body[0].value["title"] == "Chào mừng"
    assert Revision.objects.count() == 1
    assert not Proof.objects.exists()  # only the queue of proofs makes them, and nobody works it off here


def test_an_error_comes_to_its_field_and_goes_when_mended(write, contributor, form):
    def scenario(writing: Writing) -> None:
        writing.types("ᚠᚢᚦ")
        line = writing.page.locator(".bt-live-error")
        expect(line).to_have_count(1)
        expect(writing.title()).to_have_attribute("aria-invalid", "true")
        said = line.get_attribute("id") or "?"
        assert said in (writing.title().get_attribute("aria-describedby") or "")
        writing.types("Xin chào")
        expect(line).to_have_count(0)
        expect(writing.title()).not_to_have_attribute("aria-invalid", "true")
        writing.sees_it_drawn()

    write(contributor, form, scenario)


def test_the_keyboard_steps_plays_and_hides(write, contributor, form):
    def scenario(writing: Writing) -> None:
        writing.sees_it_drawn()
        page = writing.page
        page.get_by_role("button", name="Trang sau").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-bt-place]")).to_contain_text("Trang 2/2")
        page.get_by_role("button", name="Chạy").focus()
        page.keyboard.press("Space")
        expect(page.locator("[data-bt-play]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Space")
        page.get_by_role("radio", name="Điểm ảnh").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-bt-stage]")).to_have_attribute("data-look", "dots")
        page.get_by_role("button", name="Ẩn", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-bt-stage]")).to_be_hidden()
        page.reload()
        expect(page.get_by_role("button", name="Hiện phần xem trước")).to_be_visible()

    write(contributor, form, scenario)


def test_faces_stand_in_true_proportions_of_millimetres(write, contributor, cluster, form):
    cluster.faces.filter(letter="b").update(width=128, height=128, pitch_mm=10.0)

    def scenario(writing: Writing) -> list[float]:
        writing.preview.get_by_role("radio", name="Tất cả").check(force=True)
        faces = writing.page.locator(".bt-stage__face")
        expect(faces).to_have_count(2)
        writing.sees_it_drawn()
        boxes = [faces.nth(place).bounding_box() for place in range(2)]
        gap = boxes[1]["x"] - boxes[0]["x"] - boxes[0]["width"]
        return [boxes[0]["width"], boxes[1]["width"], gap]

    first, second, gap = write(contributor, form, scenario)
    assert first / second == pytest.approx(256 * 5 / (128 * 10), rel=0.02)
    assert gap / first == pytest.approx(200 / (256 * 5), rel=0.1)


def test_the_look_of_the_preview_is_no_unsaved_change(write, contributor, form):
    def scenario(writing: Writing) -> None:
        writing.sees_it_drawn()
        writing.preview.get_by_role("radio", name="20 m", exact=True).check(force=True)
        expect(writing.page.locator(".bt-stage__true")).to_be_visible()
        expect(writing.page.locator("[data-bt-scale]")).to_contain_text("phút góc")
        writing.page.goto(writing.address + "/admin/items/")  # nothing asks whether to leave
        expect(writing.page).to_have_url(writing.address + "/admin/items/")

    write(contributor, form, scenario)


def test_who_wants_no_motion_has_none(write, contributor, form):
    def scenario(writing: Writing) -> None:
        writing.sees_it_drawn()
        before = writing.lit()
        writing.page.get_by_role("button", name="Chạy").click()
        assert writing.lit() == pytest.approx(before, rel=0.01)  # no cross-fade from black

    write(contributor, form, scenario, reduced_motion="reduce")


def test_a_template_opens_with_its_picture_beside_it(write, contributor, shelves):
    path = reverse("content:new_from", args=(shelves["vi"].pk, "le-tet-ky-niem"))

    def scenario(writing: Writing) -> None:
        expect(writing.state).to_contain_text("Chữ mẫu cần thay")
        assert writing.lit() > 500

    write(contributor, path, scenario)
    assert not ItemPage.objects.exists()
