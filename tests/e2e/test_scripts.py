"""What scripts do on pages whose scripts come before their content."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Cast
from tests.e2e.test_crawl import translation  # noqa: F401


@pytest.mark.parametrize("path", ["items/", "translations/", "library/"])
def test_one_tick_ticks_a_whole_list_and_the_count_is_said(cast: Cast, path: str) -> None:
    page = cast("langson.editor").open(path)
    ticks = page.locator("input[name=item]")
    many = ticks.count()
    assert many > 1
    page.locator("[data-bt-all]").first.check()
    assert ticks.evaluate_all("ticks => ticks.every((one) => one.checked)")
    expect(page.locator("[data-bt-count]").first).to_have_text(f"Đã đánh dấu {many}")
    ticks.first.uncheck()
    expect(page.locator("[data-bt-count]").first).to_have_text(f"Đã đánh dấu {many - 1}")


def test_the_editor_of_translations_says_from_what_into_what(cast: Cast, translation: int) -> None:  # noqa: F811
    page = cast("langson.translator").open(f"pages/{translation}/edit/")
    editor = page.locator(".js-translation-editor")
    expect(editor.locator("h3").first).to_have_text("Dịch từ Tiếng Việt sang English")
    assert "More actions" not in editor.inner_text()
