"""The library: pictures and clips in one list, with the right to show them and the items that use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, CharField, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.content import media_uses, uploads
from cms.content.media_bulk import ACTS
from cms.content.media_models import SOON_DAYS, ending
from cms.content.media_shelves import seen_by
from cms.content.media_uses import MODELS, Medium, Use
from cms.content.models import Clip, Picture

PER_PAGE = 24
SORTS = {
    "-created_at": ("-created", "-pk"),
    "created_at": ("created", "pk"),
    "title": ("name", "pk"),
    "rights_until": ("endless", "until", "pk"),
}
SHOWN_USES = 3
THUMB = "max-240x160"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the library; empty: everything."""

    q: str = ""
    kind: str = ""
    collection: str = ""
    right: str = ""
    use: str = ""
    sort: str = "-created_at"

    @classmethod
    def read(cls, query: QueryDict) -> Wanted:
        """What an address says; a word that it does not know counts as not said."""
        known = {
            "kind": tuple(MODELS),
            "right": ("soon", "over", "unstated"),
            "use": ("used", "unused"),
            "sort": tuple(SORTS),
        }
        said = {name: query.get(name, "").strip()[:200] for name in cls.__slots__}
        for name, allowed in known.items():
            if said[name] not in allowed:
                said[name] = "-created_at" if name == "sort" else ""
        if not said["collection"].isdecimal():
            said["collection"] = ""
        return cls(**said)

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__ if name != "sort")


@dataclass(slots=True)
class Row:
    """A file of the library as the list shows it."""

    kind: str
    medium: Medium
    thumb: str = ""
    edit: str = ""
    tags: list[str] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    more: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.medium.pk}"


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """The files of the reader's provinces, a page at a time; what is asked for stands in the address (`Wanted`)."""
    user: Any = request.user
    wanted = Wanted.read(request.GET)
    shelves = list(seen_by(user).filter(depth__gt=1).order_by("path"))
    page = Paginator(found(shelves, wanted), PER_PAGE).get_page(request.GET.get("p"))
    page.object_list = rows([(one["kind"], one["pk"]) for one in page.object_list], user)
    return render(
        request,
        "content/library.html",
        {
            "rows": page,
            "wanted": wanted,
            "filtered": wanted.filtered,
            "shelves": shelves,
            "rights": [
                ("soon", _("ends within %(days)d days") % {"days": SOON_DAYS}),
                ("over", _("has ended")),
                ("unstated", _("not stated")),
            ],
            "sorts": [
                ("-created_at", _("Newest first")),
                ("created_at", _("Oldest first")),
                ("title", _("Title, A to Z")),
                ("rights_until", _("End of the right, nearest first")),
            ],
            "acts": list(ACTS.values()),
            "may_add": uploads.collections_for(user).exists(),
        },
    )


def found(shelves: list[Collection], wanted: Wanted) -> Any:
    """Kinds and ids of the files that fit, in order; the database pages through both kinds at once."""
    lists = []
    for kind, model in MODELS.items():
        if wanted.kind in ("", kind):
            fits = _fitting(model._default_manager.filter(collection__in=shelves), wanted, kind)
            lists.append(_columns(fits, kind))
    whole = lists[0] if len(lists) == 1 else lists[0].union(*lists[1:], all=True)
    return whole.order_by(*SORTS[wanted.sort])


def _columns(fits: Any, kind: str) -> Any:
    endless = Case(When(rights_until=None, then=Value(True)), default=Value(False), output_field=BooleanField())
    return (
        fits.order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            created=F("created_at"),
            name=F("title"),
            until=F("rights_until"),
            endless=endless,
        )
        .values("kind", "pk", "created", "name", "until", "endless")
    )


def _fitting(media: QuerySet[Any], wanted: Wanted, kind: str) -> QuerySet[Any]:
    model = MODELS[kind]
    for word in wanted.q.split()[:8]:
        tagged = model._default_manager.filter(tags__name__icontains=word).values("pk")
        media = media.filter(
            Q(title__icontains=word)
            | Q(source__icontains=word)
            | Q(credit__icontains=word)
            | Q(licence__icontains=word)
            | Q(pk__in=tagged)
        )
    if wanted.collection:
        media = media.filter(collection=int(wanted.collection))
    if wanted.right == "unstated":
        media = media.filter(rights="", rights_until=None)
    elif wanted.right:
        media = media.filter(ending(SOON_DAYS if wanted.right == "soon" else -1))
    if wanted.use:
        used = media_uses.used(model)
        media = media.filter(used if wanted.use == "used" else ~used)
    return media


def rows(keys: list[tuple[str, int]], user: Any) -> list[Row]:
    """Rows of these files, in this order, with their first uses; as many queries for one as for a page."""
    media: dict[tuple[str, int], Medium] = {}
    for kind, model in MODELS.items():
        some: Any = model._default_manager.filter(pk__in=[pk for one, pk in keys if one == kind])
        some = some.select_related("collection").prefetch_related("tags")
        if model is Picture:
            some = some.prefetch_renditions(THUMB)
        media |= {(kind, one.pk): one for one in some}
    using = media_uses.pages_using(media.values())
    pages = {page.pk: page for page in media_uses.items((pk for ids in using.values() for pk in ids), user)}
    uses = {use.page.pk: use for use in media_uses.uses_of(list(pages.values()))}
    editable = _editable(user)
    made = []
    for key in keys:
        if key in media:
            mine = sorted((uses[pk] for pk in using.get(key, ()) if pk in uses), key=lambda one: one.page.pk)
            made.append(_row(key[0], media[key], mine, editable, user))
    return made


def _row(kind: str, medium: Medium, uses: list[Use], editable: set[int], user: Any) -> Row:
    name = "wagtailimages:edit" if kind == "picture" else "wagtailmedia:edit"
    may = medium.collection_id in editable or medium.uploaded_by_user_id == user.pk
    return Row(
        kind,
        medium,
        thumb=thumb_of(medium),
        edit=reverse(name, args=(medium.pk,)) if may else "",
        tags=[tag.name for tag in medium.tags.all()],
        uses=uses[:SHOWN_USES],
        more=max(0, len(uses) - SHOWN_USES),
    )


def _editable(user: Any) -> set[int]:
    policy = policy_registry.get_by_type(Picture)
    return set(policy.collections_user_has_permission_for(user, "change").values_list("pk", flat=True))


def thumb_of(medium: Medium) -> str:
    """The address of a small picture; "" when the file is gone."""
    if isinstance(medium, Clip):
        return str(medium.thumbnail.url) if medium.thumbnail else ""
    try:
        return str(medium.get_rendition(THUMB).url)
    except (OSError, ValueError):
        return ""
