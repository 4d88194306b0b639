"""Follows the links of the admin, a few pages of each kind, and notes what should not be there."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Request, Response

from tests.e2e.people import Person
from tests.e2e.reading import any_of, english_in, read, violations

OF_A_KIND = 2 if os.environ.get("BANGTIN_FULL") else 1
"""Pages read of each view beside those in the menus: what differs between them is content."""
NO_PAGE = re.compile(
    r"/(logout|console/sprite|jsi18n|media|documents/\d|django-rq|metrics|download)(/|$)|\.(png|csv|xlsx|docx|zip|po|ics|json|webp|jpg|mp4)(\?|$)|[?&](export|ordering|p)="
)
"""What is not a page, or says again what another says."""


@dataclass
class Crawl:
    """What was found: `english` texts and `foreign` pages (not said to be Vietnamese) with the first page that has them, what axe
    says by rule and element, addresses that are `broken` or refused, scripts that stumble, what lies `outside` the instance."""

    names: re.Pattern[str]
    english: dict[str, str] = field(default_factory=dict)
    violations: dict[tuple[str, str], str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    foreign: dict[str, str] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def beginning(names: frozenset[str]) -> Crawl:
    """A crawl that has seen nothing yet; `names` are not taken for English."""
    return Crawl(any_of(names))


def view_of(path: str) -> str:
    """Name of the view that answers a path."""
    try:
        return resolve(path).view_name or path
    except Resolver404:
        return path


def crawl(person: Person, found: Crawl, *, most: int = 400) -> None:
    """Reads up to so many pages that a person can reach: those of their menu, then further ones but for kinds read enough by now."""
    base = person.instance.url
    first = f"{base}/admin/"
    waiting, known = [(first, "")], {first}
    ends = len(found.pages) + most
    with watched(person.page, found, base):
        while waiting and len(found.pages) < ends:
            url, offered = waiting.pop(0)
            kind = view_of(urlsplit(url).path)
            if found.kinds[kind] >= OF_A_KIND and offered not in ("", first):
                continue
            found.kinds[kind] += 1
            for link in _links(visit(person.page, found, url, offered=offered, axe=found.kinds[kind] == 1), url, base):
                if link not in known:
                    known.add(link)
                    waiting.append((link, url))


def visit(page: Page, found: Crawl, url: str, *, offered: str = "", axe: bool = True) -> list[str]:
    """Open a page and look at it; `offered`: where its link stands. Returns its own links, none of what is broken or no page."""
    path = urlsplit(url).path
    answer = page.goto(url)
    if answer is None or answer.status >= 400:
        found.broken[path] = f"answers {answer.status if answer else 'nothing'}, offered by {offered}"
        return []
    if urlsplit(page.url).path == "/admin/" and path != "/admin/":
        found.broken[path] = f"is refused, offered by {offered}"
        return []
    if "html" not in answer.headers.get("content-type", ""):
        return []
    found.pages.append(path)
    return look(page, found, path, axe=axe)


def look(page: Page, found: Crawl, where: str, *, axe: bool = True) -> list[str]:
    """Read what stands on the page now; returns its links."""
    seen = read(page)
    for text in (seen.title, *seen.seen):
        if english_in(text, found.names):
            found.english.setdefault(" ".join(text.split()), where)
    if seen.lang != "vi":
        found.foreign[where] = seen.lang
    if seen.wide:
        found.wide.append(where)
    if axe:
        for rule, element, said in violations(page):
            found.violations.setdefault((rule, element), f"{where}: {said}")
    return seen.links


@contextmanager
def watched(page: Page, found: Crawl, base: str) -> Iterator[None]:
    """Meanwhile whatever leaves the instance, is not there or stumbles is noted."""

    def asked(request: Request) -> None:
        if not request.url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:")):
            found.outside.add(request.url)

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            found.broken[urlsplit(response.url).path] = f"answers {response.status} to {urlsplit(page.url).path}"

    def stumbled(error: Exception) -> None:
        found.broken[urlsplit(page.url).path] = f"script: {error}"

    page.on("request", asked)
    page.on("response", answered)
    page.on("pageerror", stumbled)
    yield
    page.remove_listener("request", asked)
    page.remove_listener("response", answered)
    page.remove_listener("pageerror", stumbled)


def _links(links: list[str], url: str, base: str) -> Iterator[str]:
    for link in links:
        whole = urldefrag(urljoin(url, link)).url
        if whole.startswith((f"{base}/admin/", f"{base}/account/")) and not NO_PAGE.search(whole):
            yield whole if len(urlsplit(whole).query) < 80 else whole.partition("?")[0]
