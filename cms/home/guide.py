"""The editors' guide inside the instance: the Vietnamese part of `docs/editing/*.md`, with its pictures, readable without a network.

Every page of the admin links to the part that tells of it (`part_for`)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET
from markdown_it import MarkdownIt

FOLDER = Path(settings.ROOT) / "docs" / "editing"
PICTURES = FOLDER.parent / "pictures" / "editing"
FIRST = "README"
# By the beginning of an address's name, the more particular ones first; whatever is not named is told of by the first page.
PARTS = (
    ("wagtailadmin_pages:workflow", "workflow"),
    ("wagtailadmin_pages:", "writing"),
    ("content:draft", "writing"),
    ("content:new", "writing"),
    ("content:proofs", "review"),
    ("content:board", "review"),
    ("content:", "translation"),
    ("wagtail_localize:", "translation"),
    ("library:", "media"),
    ("wagtailimages", "media"),
    ("wagtailmedia", "media"),
    ("content_requests", "requests"),
    ("approval:delegations", "workflow"),
    ("approval:exception", "workflow"),
    ("approval:", "review"),
    ("programmes:", "programmes"),
    ("wagtailsnippets_programmes_", "programmes"),
    ("wagtailusers_", "people"),
    ("accounts:", "people"),
    ("places:members_of", "people"),
    ("wagtailsnippets_places_organisation", "people"),
)
_ENGINEERS = re.compile(r"^(## For engineers|\*Each page begins).*", re.MULTILINE | re.DOTALL)
_ASIDE = re.compile(r"^\*English below\.\*$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def addresses() -> list[Any]:
    return [
        path("guide/", first, name="guide"),
        path("guide/pictures/<str:name>", picture, name="guide_picture"),
        path("guide/<slug:part>/", page, name="guide_part"),
    ]


def parts() -> list[str]:
    """The names of the guide's pages besides the first."""
    return sorted(one.stem for one in FOLDER.glob("*.md") if one.stem != FIRST)


def part_for(view: str) -> str:
    """The page of the guide that tells of an address by the name of its view; the first one for what has none of its own."""
    return next((part for prefix, part in PARTS if view.startswith(prefix)), FIRST)


def address_of(part: str) -> str:
    return reverse("home:guide") if part == FIRST else reverse("home:guide_part", args=(part,))


@require_GET
def first(request: HttpRequest) -> HttpResponse:
    return _shown(request, FIRST)


@require_GET
def page(request: HttpRequest, part: str) -> HttpResponse:
    if part not in parts():
        raise Http404
    return _shown(request, part)


@require_GET
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One of the guide's own pictures, by its file's name."""
    if name not in {one.name for one in PICTURES.glob("*.webp")}:
        raise Http404
    return FileResponse(
        (PICTURES / name).open("rb"), content_type="image/webp", headers={"Cache-Control": "private, max-age=86400"}
    )


def _shown(request: HttpRequest, part: str) -> HttpResponse:
    file = FOLDER / f"{part}.md"
    if not file.is_file():  # installed without its documents
        raise Http404
    title, body = _read(file, file.stat().st_mtime_ns)
    others = [(address_of(one), _title(one), one == part) for one in (FIRST, *_in_order())]
    return render(request, "home/guide.html", {"title": title, "body": body, "parts": others})


def _in_order() -> list[str]:
    """The pages as the first one names them, then what it does not name."""
    named = re.findall(r"\]\((\w+)\.md\)", (FOLDER / f"{FIRST}.md").read_text("utf-8"))
    there = parts()
    return [*dict.fromkeys(one for one in named if one in there), *(one for one in there if one not in named)]


def _title(part: str) -> str:
    file = FOLDER / f"{part}.md"
    return _read(file, file.stat().st_mtime_ns)[0]


@lru_cache(maxsize=64)
def _read(file: Path, _changed: int) -> tuple[str, SafeString]:
    """Title and HTML of a page's Vietnamese part. Raw HTML is no part of it."""
    text = _ASIDE.sub("", _ENGINEERS.sub("", file.read_text("utf-8")))
    heading, _newline, rest = text.lstrip().partition("\n")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(_LINK.sub(_led, rest))
    return heading.lstrip("# ").strip(), mark_safe(html)  # noqa: S308 - our own documents, without raw HTML


def _led(link: re.Match[str]) -> str:
    """A link of the documents as one of the admin: to another page of the guide, to a picture; of others the words stay."""
    mark, words, target = link.groups()
    file = target.partition("#")[0]
    if mark:
        return f"![{words}]({reverse('home:guide_picture', args=(Path(file).name,))})"
    if file.endswith(".md") and "/" not in file:
        return f"[{words}]({address_of(Path(file).stem)})"
    return words
