"""Reads a page as people do, words, labels and hints, and says what of it is English; lets axe-core look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import allauth
import django
import polib
import taggit
import wagtail
import wagtail_localize
import wagtailmedia
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "player_web" / "node_modules" / "axe-core" / "axe.min.js"
PACKAGES = (django, wagtail, wagtail_localize, wagtailmedia, allauth, taggit)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

# Text of the page, shown or not yet (dialogs wait in templates), without what people wrote ([data-content], fields of text) and
# what says of itself that it is in another language.
READ = """() => {
  const seen = [];
  // What is exact is for technicians (names of files, codes). The last two: a button of the date picker and a count that are never shown.
  const without = "script, style, noscript, code, pre, textarea, [data-content], .xdsoft_save_selected, [data-side-panel-toggle-counter]";
  const foreign = (element) => element.closest("[lang]")?.lang.startsWith("vi") === false;
  const hints = ["title", "aria-label", "aria-description", "placeholder", "alt"];
  const read = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      if (!element || foreign(element) || element.closest(without)) continue;
      if (node !== element) seen.push(node.data);
      else {
        if (!node.matches("[data-exact]")) seen.push(...hints.map((name) => node.getAttribute(name)));
        if (node.matches("input[type=submit], input[type=button]")) seen.push(node.value);
        if (node.matches("template")) read(node.content);
      }
    }
  };
  read(document.body);
  return {
    title: document.title,
    lang: document.documentElement.lang,
    seen: [...new Set(seen.filter((text) => text?.trim()))],
    links: [...document.querySelectorAll("a[href]:not([download], [data-bulk-action-button])")].map((link) => link.href),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  };
}"""

_WORD = re.compile(r"[A-Za-zÀ-ỹ]+")
# What is put in while a message is shown, and addresses.
_FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^}]*\}|<[^>]*>|&\w+;|https?://\S+|\S+@\S+|(?<!\S)/\S+")


def _words(*texts: str) -> set[str]:
    return {one.lower() for text in texts for one in _WORD.findall(_FILLED_IN.sub(" ", text or ""))}


# English, though some translation uses it too, in a name or in an address; and the other way round.
ENGLISH = _words("accept allow cancel click daily events home label model models name page search session site value")
VIETNAMESE = frozenset(("lao", "module"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands on a page. `wide`: it must be scrolled sideways."""

    title: str
    lang: str
    seen: list[str]
    links: list[str]
    wide: bool


def read(page: Page) -> Reading:
    return Reading(**page.evaluate(READ))


@cache
def english_words() -> frozenset[str]:
    """The words of all English messages that no Vietnamese translation uses."""
    english, vietnamese = set[str](), set[str]()
    folders = [ROOT / "cms", *(Path(package.__file__ or "").parent for package in PACKAGES)]
    for path in (path for folder in folders for path in folder.glob("**/locale/**/vi/LC_MESSAGES/*.po")):
        for entry in polib.pofile(str(path)):
            english |= _words(entry.msgid, entry.msgid_plural)
            vietnamese |= _words(*(one for one in (entry.msgstr, *entry.msgstr_plural.values()) if one != entry.msgid))
    return frozenset(one for one in english - vietnamese - VIETNAMESE if len(one) > 2 and one.isascii()) | ENGLISH


def english_in(text: str, names: re.Pattern[str]) -> list[str]:
    """The English words of a text, without the names in it."""
    if not _words(text) & english_words():
        return []
    return sorted(_words(names.sub(" ", " ".join(text.split()))) & english_words())


def any_of(names: frozenset[str]) -> re.Pattern[str]:
    """Finds names; the longest first, since one may stand in another."""
    known = sorted((" ".join(one.split()) for one in names if one.strip()), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in known) or r"(?!)")


# What is still fading in has no contrast yet; what turns for ever is not waited for.
AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => one.playState === "running" && Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished))"""


def violations(page: Page) -> Iterator[tuple[str, str, str]]:
    """What axe finds serious or critical: rule, the first element as a selector, and what it says of it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(AT_REST)
    found = page.evaluate("rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", list(RULES))
    for one in found["violations"]:
        if one["impact"] in ("serious", "critical"):
            for node in one["nodes"]:
                yield (
                    one["id"],
                    " ".join(map(str, node["target"])),
                    f"{node['html'][:160]} {node['failureSummary'][:240]}",
                )
