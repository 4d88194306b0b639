"""The review page in a real browser: looking, remarking and deciding with the keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from cms.approval import compared
from cms.approval.differences import last_approved
from cms.approval.remarks import Remark
from cms.content.board import board_of
from tests.approval.reviewing import other_hours
from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_S

# A running server sees only what is committed, and empties the tables afterwards, also of what migrations wrote.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def visit(live_server: Any, client_for: Any) -> Callable[..., Any]:
    """`visit(user, path, scenario)`: runs `scenario(page)` in a browser, in a thread of its own."""

    def run(session: str, path: str, scenario: Callable[[Page], Any]) -> Any:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
            context.set_default_timeout(PATIENCE_S * 1000)
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = context.new_page()
            try:
                page.goto(live_server.url + path)
                return scenario(page)
            finally:
                browser.close()

    def visiting(user: Any, path: str, scenario: Callable[[Page], Any]) -> Any:
        session = client_for(user).cookies["sessionid"].value
        expect.set_options(timeout=PATIENCE_S * 1000)
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run, session, path, scenario).result()

    return visiting


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Presses Tab until the element has the focus; every stop on the way can be seen to have it."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            shadow = page.evaluate("() => getComputedStyle(document.activeElement).boxShadow")
            assert outline != "none" or shadow != "none", f"{selector} does not show that it has the focus"
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_an_appraiser_remarks_and_passes_on_with_the_keys_alone(submitted, appraiser, visit):
    page = submitted()

    def scenario(tab: Page) -> None:
        tab_to(tab, "[data-bt-begin]")
        tab.keyboard.press("Enter")
        expect(tab.locator("[data-bt-stage]")).to_be_focused()
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Shift+ArrowDown")
        expect(tab.locator("[data-bt-announce]")).to_contain_text("rộng 20, cao 25")
        tab_to(tab, "[data-bt-point] textarea")
        tab.keyboard.type("Sửa giờ mở cửa.")
        tab_to(tab, "[data-bt-point] button")
        tab.keyboard.press("Enter")
        expect(tab.locator("[data-bt-announce]")).to_have_text("Đã ghi góp ý bên cạnh hình.")
        expect(tab.locator(".bt-remark__text")).to_have_text("Sửa giờ mở cửa.")
        expect(tab.locator("[data-bt-pin]").first).to_have_text("1")
        tab.locator(".bt-skips a").last.focus()
        tab.keyboard.press("Enter")
        assert tab.url.endswith("#decision")
        while tab.evaluate(
            "() => document.activeElement.type === 'checkbox' || !document.activeElement.matches('#bt-decision button')"
        ):
            tab.keyboard.press("Tab")
            if tab.evaluate("() => document.activeElement.type === 'checkbox'"):
                tab.keyboard.press("Space")
        tab.keyboard.press("Enter")
        tab.wait_for_url(re.compile(r"/admin/items/(#.*)?$"))

    visit(appraiser, f"/admin/items/{page.pk}/review/", scenario)
    remark = Remark.objects.get()
    assert (remark.face, remark.rect) == ("a", [115, 77, 51, 48])
    page.refresh_from_db()
    assert page.current_workflow_task.__class__.__name__ == "ApprovalTask"


def test_languages_are_turned_with_arrows_and_loaded_once_wanted(submitted, shelves, appraiser, contributor, visit):
    from cms.content.models import ItemPage

    page = submitted()
    other = ItemPage(title="Hours", locale=shelves["en"].locale, live=False, translation_key=page.translation_key)
    other.body = page.body
    shelves["en"].add_child(instance=other)
    other.save_revision(user=contributor)

    def scenario(tab: Page) -> None:
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab_to(tab, "[role=tab]")
        assert not any("/version/" in one for one in asked)
        tab.keyboard.press("ArrowRight")
        expect(tab.locator("[role=tab][aria-selected=true]")).to_contain_text("EN")
        expect(tab.locator(f"#proofs-{other.pk}")).to_be_visible()
        tab.keyboard.press("ArrowLeft")
        expect(tab.locator(f"#proofs-{page.pk}")).to_be_visible()
        tab.keyboard.press("ArrowRight")
        expect(tab.locator(f"#proofs-{other.pk}")).to_be_visible()
        assert sum("/version/" in one for one in asked) == 1
        assert tab.locator("#bt-decision [name=seen], [name=seen][form=bt-decision]").count() == 1

    visit(appraiser, f"/admin/items/{page.pk}/review/", scenario)


def test_before_and_after_lie_over_each_other_and_are_moved_by_keys(
    edited,
    administrator,
    appraiser,
    visit,
):
    page = edited(other_hours)
    job = board_of(page, administrator).targets[0].job
    compared.compare(last_approved(page).approved_proofs.get().proof_id, job.proof_id)

    def scenario(tab: Page) -> None:
        over = tab.locator("[data-bt-over]").first
        over.locator("summary").focus()
        tab.keyboard.press("Enter")
        slider = over.locator("[data-bt-slide]")
        tab_to(tab, "[data-bt-slide]", 1)
        tab.keyboard.press("End")
        expect(over.locator("[data-bt-swap]")).to_have_attribute("aria-pressed", "true")
        tab.keyboard.press("Home")
        expect(slider).to_have_value("0")
        assert over.evaluate("(box) => getComputedStyle(box).getPropertyValue('--bt-seen')") == "0%"
        tab_to(tab, "[data-bt-swap]", 1)
        tab.keyboard.press("Enter")
        expect(slider).to_have_value("100")
        assert over.locator(".bt-over__after").evaluate("(image) => image.complete && image.naturalWidth > 0")

    visit(appraiser, f"/admin/items/{page.pk}/review/", scenario)


def test_the_editor_answers_above_the_form_and_saves_nothing_else(
    submitted, appraiser, contributor, decide, say, visit
):
    page = submitted()
    say(appraiser, page)
    decide(appraiser, page, "reject", comment="Xem góp ý.")

    def scenario(tab: Page) -> None:
        expect(tab.locator(".bt-remarks--above .bt-remark__text")).to_have_text("Sửa giờ mở cửa.")
        expect(tab.locator("[data-bt-pin]").first).to_have_text("1")
        assert tab.locator("form form").count() == 0
        tab.locator(".bt-remarks--above textarea").fill("Đã sửa.")
        tab.locator(".bt-remarks--above button[value=done]").click()
        expect(tab.locator(".bt-remark__answer")).to_contain_text("Đã sửa.")
        assert "/edit/" in tab.url

    before = page.latest_revision_id
    visit(contributor, f"/admin/pages/{page.pk}/edit/", scenario)
    page.refresh_from_db()
    assert page.latest_revision_id == before
    assert Remark.objects.get().done_by == contributor


def test_a_remark_that_is_refused_keeps_what_was_typed(submitted, appraiser, visit):
    page = submitted()

    def scenario(tab: Page) -> None:
        tab.locator("[data-bt-point] option").first.evaluate("(option) => { option.value = '999999-0-a'; }")
        tab.locator("[data-bt-point] textarea").fill("Ảnh mờ.")
        tab.locator("[data-bt-point] button").click()
        expect(tab.locator("[data-bt-point] [role=alert]")).to_contain_text("bản nháp cũ")
        expect(tab.locator("[data-bt-point] textarea")).to_have_value("Ảnh mờ.")

    visit(appraiser, f"/admin/items/{page.pk}/review/", scenario)
    assert not Remark.objects.exists()
