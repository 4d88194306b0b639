"""Everything the menu leads to, and where that leads, read page by page as the people of a province and of the instance: Vietnamese
to the last string, within the instance, nothing broken, without a serious finding of axe-core (WCAG 2.2 A and AA)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.e2e.conftest import Cast
from tests.e2e.crawling import beginning, crawl
from tests.e2e.test_crawl import item, must_be_right, names, request_sent  # noqa: F401

# Who reads, one after another; each their menu, then only what nobody before them has read enough of.
READERS = (
    "langson.contributor",
    "langson.translator",
    "langson.editor",
    "langson.appraiser",
    "langson.approver",
    "langson.operator",
    "talung.editor",
    "national.approver",
    "admin",
)


@pytest.fixture(scope="module")
def kinds() -> Counter[str]:
    """How many pages of each view were read by now."""
    return Counter()


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_every_page_in_vietnamese_and_whole(
    cast: Cast,
    names: frozenset[str],  # noqa: F811
    kinds: Counter[str],
    reader: str,
) -> None:
    found = beginning(names)
    found.kinds = kinds
    crawl(cast(reader), found)
    assert found.pages
    must_be_right(found)
