"""How a text is spread over pages: the most comfortable setting that holds it, on as few pages as that takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from renderers.cards.base import CLEAR, EASY, FAIR, GOOD, LIMIT, NEAT, Comfort
from renderers.pages import MAX_PAGES, paginate

Fits = Callable[[str, Comfort, int], bool]
"""Whether a text stands on every face at a comfort, as one of so many pages."""

FEW = 4
"""Pages that a passing traveller still waits for; a text of more is set smaller first."""
# A somewhat smaller text is better than a sentence torn over two pages or a fifth page; a torn one better than small letters.
ATTEMPTS: Sequence[tuple[Comfort, int, bool]] = (
    (EASY, 1, False),
    (NEAT, 1, False),
    (GOOD, 1, False),
    (EASY, FEW, False),
    (NEAT, FEW, False),
    (GOOD, FEW, False),
    (CLEAR, 1, False),
    (EASY, FEW, True),
    (NEAT, FEW, True),
    (GOOD, FEW, True),
    (FAIR, FEW, False),
    (FAIR, FEW, True),
    (CLEAR, FEW, False),
    (CLEAR, FEW, True),
    (GOOD, MAX_PAGES, True),
    (CLEAR, MAX_PAGES, True),
    (LIMIT, MAX_PAGES, True),
)
# A headline belongs together: only one that would stand at the limit is cut, between its clauses.
HEADLINE_ATTEMPTS: Sequence[tuple[Comfort, int, bool]] = (
    (EASY, 1, False),
    (GOOD, 1, False),
    (CLEAR, 1, False),
    (CLEAR, 3, True),
    (LIMIT, 1, False),
    (LIMIT, 3, True),
)
_LONELY = 0.34


def spread(
    text: str, language: str, fits: Fits, attempts: Sequence[tuple[Comfort, int, bool]] = ATTEMPTS
) -> tuple[Comfort, list[str]] | None:
    """The pages of a text and the comfort at which all fit; None when none holds it. The last page is never a lonely few
    words where its sentences can be cut."""
    for comfort, most, tear in attempts:

        def alone(page: str, comfort: Comfort = comfort) -> bool:
            return fits(page, comfort, 1)

        def among(page: str, comfort: Comfort = comfort) -> bool:
            return fits(page, comfort, MAX_PAGES)

        if alone(text):
            return comfort, [text]
        if most == 1 or not text:
            continue
        pages = paginate(text, language, among, most, tear=tear)
        if pages and lonely(pages) and not tear:
            cut = paginate(text, language, among, len(pages), tear=True)
            pages = cut if cut and not lonely(cut) else pages
        if pages:
            return comfort, pages
    return None


def lonely(pages: Sequence[str]) -> bool:
    """Whether the last of several pages holds only a few words."""
    return len(pages) > 1 and len(pages[-1]) < _LONELY * max(len(page) for page in pages)
