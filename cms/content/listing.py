"""The list of items: what each shows, in which languages, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET
from wagtail.models import Locale

from cms.accounts.services import has_role, provinces_of
from cms.content.board import FacePicture, scenes_of
from cms.content.models import ItemPage, ProofJob, ProvincePage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.states import STATES, State, states_of
from cms.places.models import Province

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    url: str
    danger: bool = False


ActionProvider = Callable[[ItemPage, State, Any], list[Action]]
_actions: list[ActionProvider] = []


def register_actions(provider: ActionProvider) -> None:
    """Let a higher app put buttons on a row: `provider(page, state, user)`."""
    if provider not in _actions:
        _actions.append(provider)


@dataclass(slots=True)
class Row:
    """An item by its source page, with all its language versions in order."""

    page: ItemPage
    province: Province
    versions: list[tuple[ItemPage, State]] = field(default_factory=list)
    face: FacePicture | None = None
    actions: list[Action] = field(default_factory=list)


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Items of the reader's provinces, titles in Vietnamese first; filters: province, language, state, words."""
    codes = provinces_of(request.user)
    provinces = Province.objects.filter(active=True)
    if codes is not None:
        provinces = provinces.filter(Q(code__in=codes) | Q(national=True))
    wanted = {name: request.GET.get(name, "") for name in ("province", "language", "state", "q")}
    shelves = ProvincePage.objects.filter(province__in=provinces).select_related("province", "locale")
    if wanted["province"]:
        shelves = shelves.filter(province__code=wanted["province"])
    by_path = {shelf.path: shelf for shelf in shelves}
    pages = ItemPage.objects.filter(alias_of=None, path__regex=_under(by_path)) if by_path else ItemPage.objects.none()
    pages = pages.select_related("locale").order_by("-latest_revision_created_at")
    if wanted["language"]:
        keys = pages.filter(locale__language_code=wanted["language"]).values("translation_key")
        pages = pages.filter(translation_key__in=keys)
    if wanted["q"]:
        keys = pages.filter(Q(title__icontains=wanted["q"]) | Q(draft_title__icontains=wanted["q"])).values(
            "translation_key"
        )
        pages = pages.filter(translation_key__in=keys)
    rows = _rows(list(pages), by_path)
    if wanted["state"]:
        rows = [row for row in rows if any(state.code == wanted["state"] for _page, state in row.versions)]
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    _picture(shown.object_list)
    for row in shown.object_list:
        source_state = row.versions[0][1]
        row.actions = [one for provider in _actions for one in provider(row.page, source_state, request.user)]
    return render(
        request,
        "content/items.html",
        {
            "rows": shown,
            "wanted": wanted,
            "filtered": any(wanted.values()),
            "provinces": provinces,
            "locales": Locale.objects.all(),
            "states": [State(code, _word(code)) for code in STATES],
            "adding": [
                (shelf, reverse("wagtailadmin_pages:add", args=("content", "itempage", shelf.pk)))
                for shelf in by_path.values()
                if shelf.locale.language_code == SOURCE_LANGUAGE
                and has_role(request.user, shelf.province.code, "contributor", "editor")
            ],
        },
    )


def _under(paths: dict[str, ProvincePage]) -> str:
    return "^(" + "|".join(paths) + ")[0-9A-Z]{4}$"


def _word(code: str) -> str:
    from django.utils.translation import gettext as _

    return {
        "draft": _("Draft"),
        "appraisal": _("In appraisal"),
        "approval": _("In approval"),
        "approved": _("Approved"),
        "withdrawn": _("Withdrawn"),
    }[code]


def _rows(pages: list[ItemPage], shelves: dict[str, ProvincePage]) -> list[Row]:
    states = states_of(pages)
    rows: dict[Any, Row] = {}
    for page in pages:
        shelf = shelves[page.path[: -ItemPage.steplen]]
        row = rows.setdefault(page.translation_key, Row(page, shelf.province))
        row.versions.append((page, states[page.pk]))
    for row in rows.values():
        order = [SOURCE_LANGUAGE, *row.province.languages]
        row.versions.sort(key=lambda one: (_place(order, one[0].locale.language_code), one[0].pk))
        row.page = row.versions[0][0]
    return list(rows.values())


def _place(order: list[str], code: str) -> int:
    return order.index(code) if code in order else len(order)


def _picture(rows: Any) -> None:
    """The first face of the newest proof of each row's first version, in one query."""
    newest: dict[int, ProofJob] = {}
    jobs = ProofJob.objects.filter(page__in=[row.page for row in rows], status=ProofJob.Status.DONE, span=False)
    for job in jobs.select_related("proof").order_by("revision_id", "-pk"):
        newest[job.page_id] = job
    for row in rows:
        found = newest.get(row.page.pk)
        if found and found.proof:
            scenes = scenes_of(found.proof, found.pk)
            row.face = scenes[0].faces[0] if scenes and scenes[0].faces else None
