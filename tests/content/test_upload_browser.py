"""The page for uploads in a real browser, over a line that breaks: nothing is sent twice but the piece that broke."""

from __future__ import annotations

import hashlib
import shutil
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Playwright, expect

from cms.content import uploads_jobs
from cms.content.media_models import Upload
from cms.content.models import Clip, Picture
from tests.browser import ARGUMENTS, CHROMIUM
from tests.content.cutting import breaking
from tests.content.makers import picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MB = 1_000_000
SIZE = 20 * MB


@pytest.fixture
def browser(playwright: Playwright) -> Any:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, transactional_db: None) -> Path:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    return settings.UPLOADS_ROOT


@pytest.fixture
def film(clip_file: Path, tmp_path: Path) -> Path:
    """A clip of 20 MB: a short one with a free box behind it, as cameras leave them."""
    path = tmp_path / "Phóng sự biên giới.mp4"
    shutil.copy(clip_file, path)
    rest = SIZE - path.stat().st_size
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", rest, b"free"))
        file.truncate(SIZE)
    return path


def opened(browser: Browser, url: str, session: str, width: int = 1280) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(url + reverse("library:upload"))
    return page


def test_twenty_megabytes_over_a_line_cut_five_times(browser, live_server, client_for, contributor, film):
    session = client_for(contributor).cookies["sessionid"].value
    with breaking(urlsplit(live_server.url).port or 0, [(2 + 3 * number) * MB for number in range(5)]) as line:
        page = opened(browser, f"http://localhost:{line.here}", session)
        page.set_input_files("input[type=file]", film)
        expect(page.locator("[data-phase=checking]")).to_be_visible()
        assert line.made == 5
        assert line.sent < SIZE + 5 * 8 * (1 << 20)
        upload = Upload.objects.get()
        assert (upload.received, upload.size) == (SIZE, SIZE)
        uploads_jobs.finish(str(upload.pk))
        expect(page.locator("[data-phase=done]")).to_contain_text("Đã vào thư viện")
    assert Clip.objects.get().sha256 == hashlib.sha256(film.read_bytes()).hexdigest()


def test_after_the_browser_was_closed_the_same_file_goes_on(browser, live_server, client_for, contributor, film):
    session = client_for(contributor).cookies["sessionid"].value
    page = opened(browser, live_server.url, session)
    page.route("**/library/uploads/*/", lambda route: route.abort() if _far(route.request) else route.continue_())
    page.set_input_files("input[type=file]", film)
    expect(page.locator("[data-phase=waiting]")).to_contain_text("tự tiếp tục")
    page.context.close()
    before = Upload.objects.get().received
    assert 0 < before < SIZE
    page = opened(browser, live_server.url, session)
    expect(page.locator("[data-phase=unfinished]")).to_contain_text(film.name)
    sent: list[int] = []
    page.on("request", lambda one: sent.append(_offset(one)) if one.method == "PATCH" else None)
    page.set_input_files("input[type=file]", film)
    expect(page.locator("[data-phase=checking]")).to_be_visible()
    assert sent[0] == before
    assert Upload.objects.get().received == SIZE


def _offset(request: Any) -> int:
    return int(request.headers["upload-offset"])


def _far(request: Any) -> bool:
    return request.method == "PATCH" and _offset(request) > 0


def test_by_keyboard_a_file_is_paused_gone_on_with_and_removed(browser, live_server, client_for, contributor, tmp_path):
    picture = tmp_path / "Chợ.jpg"
    picture.write_bytes(picture_bytes())
    page = opened(browser, live_server.url, client_for(contributor).cookies["sessionid"].value, width=390)
    page.route(
        "**/library/uploads/*/", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Tạm dừng Chợ.jpg").press("Enter")
    expect(page.locator("[data-phase=paused]")).to_contain_text("Tạm dừng ở")
    page.unroute_all()
    page.get_by_role("button", name="Tiếp tục Chợ.jpg").press("Enter")
    expect(page.locator("[data-phase=checking]")).to_be_visible()
    uploads_jobs.finish(str(Upload.objects.get().pk))
    expect(page.get_by_role("link", name="Xem tệp")).to_be_visible()
    assert Picture.objects.get().title == "Chợ"


def test_what_is_refused_says_what_to_do_and_is_sent_once_that_is_done(
    browser, live_server, client_for, contributor, tmp_path
):
    picture = tmp_path / "Chợ.jpg"
    picture.write_bytes(picture_bytes())
    page = opened(browser, live_server.url, client_for(contributor).cookies["sessionid"].value)
    page.get_by_label("Quyền sử dụng").select_option("licensed")
    page.set_input_files("input[type=file]", picture)
    expect(page.locator("[data-phase=refused]")).to_contain_text("Hãy ghi ngày cuối")
    page.get_by_label("Ngày cuối của quyền").fill("2099-12-31")
    page.get_by_role("button", name="Tiếp tục Chợ.jpg").click()
    expect(page.locator("[data-phase=checking]")).to_be_visible()
    assert Upload.objects.get().details["rights_until"] == "2099-12-31"
