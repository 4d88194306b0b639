"""The page that puts a release onto a stick, in a real browser: it writes the folder itself, or downloads a .zip. The picker of
folders cannot be driven, so it gives a folder of the browser's own file system. Playwright runs in a thread of its own,
the workers of the queues in this one."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from cms.plugin_api.types import sha256
from cms.release.signer import sign_release
from tests.browser import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PICKER = """() => { window.showDirectoryPicker = async () => {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", { create: true });
  const old = await (await root.getDirectoryHandle("bangtin-tinh-bien", { create: true })).getDirectoryHandle("store", { create: true });
  await old.getFileHandle("of-an-old-release", { create: true });
  return root;
}; }"""
FILES = """async () => {
  const found = {};
  const walk = async (folder, prefix) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") { await walk(handle, `${prefix}${name}/`); continue; }
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      found[prefix + name] = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    }
  };
  await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle("stick"), "");
  return found;
}"""


@pytest.fixture
def look(desk: Any, cluster: Any, live_server: Any, client_for: Any, queues: Any) -> Callable[..., Any]:
    """`look(person, scenario)`: runs `scenario(page)` on the cluster's page of sticks while the queues work."""
    assert sign_release(desk.release()) == "published"

    def looking(person: Any, scenario: Callable[[Page], Any]) -> Any:
        session = client_for(person).cookies["sessionid"].value
        address = live_server.url + reverse("releases:stick", args=[cluster.slug])

        def run() -> Any:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = browser.new_context(viewport={"width": 1300, "height": 1000}, locale="vi-VN")
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
                page = context.new_page()
                page.goto(address)
                return scenario(page)

        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(run)
            while not wait([done], timeout=0.2).done:
                queues.run()
            return done.result()

    return looking


def test_the_browser_writes_the_stick_itself_and_downloads_the_same_as_a_zip(look, operator, tmp_path: Path) -> None:
    def scenario(page: Page) -> dict[str, bytes]:
        page.evaluate(PICKER)
        page.get_by_role("button", name="Chọn USB và ghi").click()
        expect(page.locator(".bt-stick__words")).to_have_text(
            "Xong. Hãy rút USB an toàn rồi mang đến màn hình.", timeout=60_000
        )
        files = page.evaluate(FILES)
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name="Tạo tệp .zip").click()
        download.value.save_as(tmp_path / "stick.zip")
        return {path: base64.b64decode(data) for path, data in files.items()}

    files = look(operator, scenario)
    about = json.loads(files["bangtin-tinh-bien/bangtin.json"])
    assert len(files) == about["files"]
    assert all(sha256(data) == path.rpartition("/")[2] for path, data in files.items() if "/store/" in path)
    with zipfile.ZipFile(tmp_path / "stick.zip") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    alike = {path for path in files if not path.endswith((".json", ".txt"))}
    assert alike
    assert {path: files[path] for path in alike} == {path: zipped[path] for path in alike}
    assert {path for path in files if "/targets/" in path} == {path for path in zipped if "/targets/" in path}
