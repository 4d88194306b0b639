"""Pages of the glossary: look up, enter, change, take in and hand out whole lists."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cms.accounts.audit import record
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating import glossary, sheets
from cms.content.translating.board import province_of
from cms.content.translating.glossary import Term
from cms.content.translating.models import GlossaryEntry, folded
from cms.content.views import visible_item
from cms.places.models import Province

PER_PAGE = 50
NOTE = "note"
AT_MOST_TOLD = 20


def languages_of(province: Province) -> list[tuple[str, str]]:
    """Codes and names of the languages of a province, the source language first; the national level has all."""
    codes = [SOURCE_LANGUAGE, *(one for one in province.languages if one != SOURCE_LANGUAGE)]
    return [(code, str(get_language_info(code)["name_local"])) for code in codes]


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """The terms that hold in a province, and who says them."""
    seen, province = province_of(request)
    if province is None:
        raise PermissionDenied
    q = request.GET.get("q", "").strip()
    found = [one for one in glossary.terms(province) if not q or _holds(one, q)]
    languages = languages_of(province)
    rows: Any = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    rows.object_list = [(one, [(code, one.words.get(code, "")) for code, _name in languages]) for one in rows]
    context = {
        "rows": rows,
        "province": province,
        "provinces": seen,
        "languages": languages,
        "q": q,
        "may": glossary.may_write(request.user, province),
    }
    return render(request, "content/translating/glossary.html", context)


def _holds(term: Term, q: str) -> bool:
    return folded(q) in folded(" ".join([*term.words.values(), term.note]))


def term(request: HttpRequest, entry_id: int | None = None) -> HttpResponse:
    """One term: a new one, or a change; `?word=` begins with a plugin's word, which the entry then replaces."""
    entry = None
    if entry_id is not None:
        entry = get_object_or_404(glossary.entries_seen(request.user), pk=entry_id)
        province = entry.province
    else:
        _seen, chosen = province_of(request)
        if chosen is None:
            raise Http404
        province = chosen
    if not glossary.may_write(request.user, province):
        raise PermissionDenied
    languages = languages_of(province)
    words = dict(entry.words) if entry else _from_plugin(province, request.GET.get("word", ""))
    note, problem = entry.note if entry else "", ""
    if request.method == "POST":
        # Languages that the province has no more keep their words.
        words = {**words, **{code: request.POST.get(f"word-{code}", "") for code, _name in languages}}
        note = request.POST.get("note", "")
        try:
            if entry and "remove" in request.POST:
                glossary.remove(entry, by=request.user)
                messages.success(request, _("“%(word)s” is removed from the glossary.") % {"word": entry})
            else:
                kept = glossary.keep(province, words, note, by=request.user, entry=entry)
                messages.success(request, _("“%(word)s” is in the glossary.") % {"word": kept})
            return redirect(f"{reverse('content:glossary')}?province={province.code}")
        except ValidationError as refused:
            problem = " ".join(refused.messages)
    fields = [(code, name, words.get(code, "")) for code, name in languages]
    context = {"entry": entry, "province": province, "fields": fields, "note": note, "problem": problem}
    return render(request, "content/translating/term.html", context)


def _from_plugin(province: Province, word: str) -> dict[str, str]:
    return next((dict(one.words) for one in glossary.terms(province) if one.words[SOURCE_LANGUAGE] == word), {})


@require_GET
def hand_out(request: HttpRequest, kind: str) -> HttpResponse:
    """The glossary of a province as a file that `take_in` reads again."""
    _seen, province = province_of(request)
    if province is None:
        raise Http404
    languages = languages_of(province)
    rows = [[*(code for code, _name in languages), NOTE]]
    for one in glossary.terms(province):
        rows.append([*(one.words.get(code, "") for code, _name in languages), one.note])
    record("glossary.export", province, user=request.user, province=province.code, terms=len(rows) - 1)
    if kind == "csv":
        data, type_ = sheets.write_csv(rows), "text/csv; charset=utf-8"
    else:
        data, type_ = sheets.write_xlsx(_("Glossary"), rows, [30] * len(languages) + [40]), sheets.XLSX_TYPE
    name = f"thuat-ngu-{province.code}.{kind}"
    return HttpResponse(data, content_type=type_, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def take_in(request: HttpRequest) -> HttpResponse:
    """A list of terms from a file, row by row: what is new is added, what differs replaces, what cannot stand is told."""
    _seen, province = province_of(request)
    if province is None or not glossary.may_write(request.user, province):
        raise PermissionDenied
    context: dict[str, Any] = {"province": province, "languages": languages_of(province)}
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            rows = sheets.read(sheets.contents(file), (file.name or "") if file else "")
            context |= _taken(province, rows, request.user)
            return render(request, "content/translating/glossary_taken.html", context)
        except ValidationError as refused:
            context["problem"] = " ".join(refused.messages)
    return render(request, "content/translating/glossary_file.html", context)


def _taken(province: Province, rows: list[list[str]], by: Any) -> dict[str, Any]:
    codes = {code for code, _name in languages_of(province)}
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    if SOURCE_LANGUAGE not in heads:
        raise ValidationError(
            _("The first row must name the columns: %(codes)s.") % {"codes": ", ".join([*sorted(codes), NOTE])}
        )
    known = {one.key: one for one in GlossaryEntry.objects.filter(province=province)}
    said: list[str] = []
    added = changed = same = 0
    for number, row in enumerate(rows[1:], start=2):
        cells = {head: row[place].strip() for place, head in enumerate(heads) if place < len(row) and head}
        words = {code: cells[code] for code in codes & set(cells) if cells[code]}
        if not any(cells.values()):
            continue
        entry = known.get(folded(words.get(SOURCE_LANGUAGE, "")))
        note = cells.get(NOTE, entry.note if entry else "")
        merged = {**(entry.words if entry else {}), **words}
        if entry and merged == entry.words and note == entry.note:
            same += 1
            continue
        try:
            kept = glossary.keep(province, merged, note, by=by, entry=entry)
            known[kept.key] = kept
            added, changed = added + (entry is None), changed + (entry is not None)
        except ValidationError as refused:
            said.append(_("Row %(row)d: %(why)s") % {"row": number, "why": " ".join(refused.messages)})
    record(
        "glossary.import", province, user=by, province=province.code, added=added, changed=changed, refused=len(said)
    )
    total = ngettext("%(count)d term added.", "%(count)d terms added.", added) % {"count": added}
    return {
        "said": [
            total,
            _("%(count)d changed, %(same)d as they were.") % {"count": changed, "same": same},
            *said[:AT_MOST_TOLD],
        ],
        "more": max(0, len(said) - AT_MOST_TOLD),
    }


@require_GET
def hints(request: HttpRequest, page_id: int) -> HttpResponse:
    """The hints of a translation alone, fetched again after a passage was saved."""
    page = visible_item(request, page_id)
    response = render(request, "content/translating/_hints.html", {"hints": glossary.hints(page), "page": page})
    response["Cache-Control"] = "no-store"
    return response
