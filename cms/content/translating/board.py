"""The board of translations: a province's items against its languages, what waits for whom, and many at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from wagtail.models import Locale

from cms.accounts.services import has_role, provinces_of
from cms.content import listing
from cms.content.listing_rows import Row, Wanted, leads, rows
from cms.content.listing_shelves import may_translate, own_ids, provinces_seen, shelves_of
from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating import services
from cms.content.translating.finding import having
from cms.content.translating.progress import CODES, SHAPES, TO_TRANSLATE, Cell, cells, word
from cms.content.views import visible_item
from cms.places.confinement import own_items
from cms.places.models import Province

PER_PAGE = 25
# What a role has to do, by the code of a cell.
WORK = {
    "translator": TO_TRANSLATE,
    "contributor": (*TO_TRANSLATE, "ready"),
    "editor": (*TO_TRANSLATE, "ready"),
    "appraiser": ("appraisal",),
    "approver": ("approval",),
}


@dataclass(slots=True)
class Line:
    """An item with a cell for each language, and the address that each leads to; empty: nothing to open yet."""

    row: Row
    cells: list[tuple[Locale, Cell, str]] = field(default_factory=list)


def province_of(request: HttpRequest) -> tuple[list[Province], Province | None]:
    """The provinces to choose from, and the one chosen: what the address says, else the reader's own first one."""
    seen = list(provinces_seen(request.user))
    mine = provinces_of(request.user)
    own = [one for one in seen if mine is None or one.code in mine]
    wanted = request.GET.get("province") or request.POST.get("province") or ""
    found = next((one for one in seen if one.code == wanted), None)
    return seen, found or next(iter(own or seen), None)


def locales_of(province: Province) -> list[Locale]:
    """The languages that a province requires, the original's first."""
    codes = [SOURCE_LANGUAGE, *(one for one in province.languages if one != SOURCE_LANGUAGE)]
    found = {one.language_code: one for one in Locale.objects.filter(language_code__in=codes)}
    return [found[code] for code in codes if code in found]


def work_of(user: Any, province: Province) -> tuple[str, ...]:
    """The codes of cells that wait for this person in a province."""
    found = [code for role, codes in WORK.items() if has_role(user, province.code, role) for code in codes]
    return tuple(dict.fromkeys(found))


@require_GET
def translations(request: HttpRequest) -> HttpResponse:
    """The board of one province."""
    seen, province = province_of(request)
    if province is None:
        raise PermissionDenied
    locales, shelves = locales_of(province), shelves_of(request.user, province.code)
    wanted = Wanted.read(request.GET)
    state, language = request.GET.get("cell", ""), request.GET.get("in", "")
    asked = [one for one in locales if one.language_code == language] or locales
    work = work_of(request.user, province)
    fits = Wanted(q=wanted.q, tag=wanted.tag, kind=wanted.kind, sort=wanted.sort)
    found = own_items(leads(shelves, fits, originals=True), request.user)
    codes = work if state == "mine" else (state,) if state in CODES else None
    ids = list(found.values_list("pk", flat=True)) if codes is None else having(found, codes, asked)
    shown = Paginator(ids, PER_PAGE).get_page(request.GET.get("p"))
    shown.object_list = _lines(rows(list(shown.object_list), shelves), locales, request.user)
    context = {
        "rows": shown,
        "province": province,
        "provinces": seen,
        "locales": locales,
        "targets": [one for one in locales if one.language_code != SOURCE_LANGUAGE],
        "codes": [(code, SHAPES[code], word(code)) for code in CODES],
        "wanted": wanted,
        "cell": state,
        "language": language,
        "filtered": bool(state or language or wanted.q),
        "work": bool(work),
        "may": may_translate(request.user, province),
        "machine": services.machine_name(),
    }
    return render(request, "content/translating/board.html", context)


def _lines(found: list[Row], locales: list[Locale], user: Any) -> list[Line]:
    by_place = cells([row.page for row in found], locales)
    lines = []
    for row in found:
        line = Line(row)
        for locale in locales:
            cell = by_place[row.page.translation_key, locale.pk]
            line.cells.append((locale, cell, _address(row, cell, user)))
        lines.append(line)
    return lines


def _address(row: Row, cell: Cell, user: Any) -> str:
    """Where the work on a cell is done: the review page for decisions, the translation or the form for words."""
    if cell.page is None or cell.state is None:
        return ""
    cell.page.province = row.province
    if cell.code in ("appraisal", "approval"):
        offered = listing.actions_of(cell.page, cell.state, user)
        if offered:
            return offered[0].url
    return reverse("wagtailadmin_pages:edit", args=(cell.page.pk,))


@require_POST
def begin_one(request: HttpRequest, page_id: int, language: str) -> HttpResponse:
    """Begin one translation and open it."""
    page = visible_item(request, page_id)
    locale = get_object_or_404(Locale, language_code=language)
    try:
        return redirect("wagtailadmin_pages:edit", services.begin(page, locale, by=request.user).pk)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("content:translations")


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Begin, update or machine-draft the ticked items in the ticked languages, one by one; what fails says why."""
    _seen, province = province_of(request)
    ids = [int(one) for one in request.POST.getlist("item") if one.isdigit()][:100]
    shelves = shelves_of(request.user, province.code) if province else []
    pages = [row.page for row in rows(own_ids(ids, request.user), shelves)]
    wanted = request.POST.getlist("language")
    locales = [one for one in locales_of(province) if one.language_code in wanted] if province else []
    verb = request.POST.get("act", "")
    if not pages or (verb != "update" and not locales):
        messages.error(request, _("Tick at least one item and one language."))
    else:
        _do(request, verb, pages, locales)
    return redirect(f"{reverse('content:translations')}?province={province.code if province else ''}")


def _do(request: HttpRequest, verb: str, pages: list[ItemPage], locales: list[Locale]) -> None:
    done = 0
    for page in pages:
        for locale in locales if verb != "update" else [page.locale]:
            try:
                if verb == "begin":
                    services.begin(page, locale, by=request.user)
                elif verb == "machine":
                    services.draft_by_machine(page, locale, by=request.user)
                else:
                    services.update(page, by=request.user)
                done += 1
            except ValidationError as refused:
                messages.error(request, f"{page.draft_title or page.title}: {' '.join(refused.messages)}")
            except PermissionDenied as refused:
                messages.error(request, f"{page.draft_title or page.title}: {refused}")
    if done:
        said = {
            "begin": ngettext("%(count)d translation is begun.", "%(count)d translations are begun.", done),
            "machine": ngettext(
                "The machine drafted %(count)d translation. Read each passage and save it.",
                "The machine drafted %(count)d translations. Read each passage and save it.",
                done,
            ),
        }.get(verb) or ngettext(
            "%(count)d item is brought up to date.", "%(count)d items are brought up to date.", done
        )
        messages.success(request, said % {"count": done})


@require_POST
def take_over(request: HttpRequest, page_id: int) -> HttpResponse:
    """“I have read what the machine drafted”."""
    page = visible_item(request, page_id)
    count = services.take_over(page, by=request.user)
    said = ngettext("You answer for %(count)d passage.", "You answer for %(count)d passages.", count)
    messages.success(request, said % {"count": count})
    return redirect("wagtailadmin_pages:edit", page.pk)


@require_POST
def update_one(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask the original's changes of all its translations, from the page of one of them."""
    page = visible_item(request, page_id)
    original = get_object_or_404(
        ItemPage, translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE, alias_of=None
    )
    services.update(original, by=request.user)
    messages.success(request, _("The original's changes are here. Translate what is new, then save."))
    return redirect("wagtailadmin_pages:edit", page.pk)
