"""Releases in the admin: what was published, what was refused and why. To look at; a release is never edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.reports.base import ReportView

from cms.accounts.services import provinces_of
from cms.places.confinement import own_clusters
from cms.places.models import Cluster
from cms.programmes.diagnostics import Said, say
from cms.release.models import Release, ReleaseRequest
from cms.release.reasons import WORDS, words


def sees_any(user: Any) -> bool:
    """Everybody with a role in some province, and administrators."""
    mine = provinces_of(user)
    return mine is None or bool(mine)


def seen_clusters(user: Any) -> QuerySet[Cluster]:
    """Clusters of the person's provinces."""
    mine = provinces_of(user)
    found = own_clusters(Cluster.objects.filter(active=True).order_by("name"), user)
    return found if mine is None else found.filter(province__code__in=mine)


def seen_releases(user: Any) -> QuerySet[Release]:
    """Releases of the person's provinces."""
    mine = provinces_of(user)
    found = own_clusters(Release.objects.select_related("cluster__province"), user, "cluster")
    return found if mine is None else found.filter(cluster__province__code__in=mine)


def remarks(release: Release) -> list[Said]:
    """What compiler and signer said about a release, in the reader's language; the gravest first."""
    said = [
        Said(one["level"], _("Refused"), one["subject"], words(one)) if one["code"] in WORDS else say(one)
        for one in release.diagnostics
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(said, key=lambda one: order.get(one.level, 3))


class Cell(Column):
    """A column with a template of its own; the row is `value`."""

    def __init__(self, name: str, label: str, template: str, **kwargs: Any) -> None:
        super().__init__(name, label=label, accessor=lambda row: row, **kwargs)
        self.cell_template_name = template


class ReleaseFilterSet(WagtailFilterSet):
    cluster = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Cluster"), queryset=lambda request: seen_clusters(request.user)
    )
    target = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a release", "Document"), choices=Release.Target.choices
    )
    status = django_filters.ChoiceFilter(label=gettext_lazy("Status"), choices=Release.Status.choices)

    class Meta:
        model = Release
        fields: list[str] = []


class ReleasesView(ReportView):
    """Every release of one's provinces, newest first; what keeps a cluster from a release stands above."""

    model = Release
    page_title = gettext_lazy("Releases")
    header_icon = "upload"
    filterset_class = ReleaseFilterSet
    index_url_name = "releases:index"
    index_results_url_name = "releases:index_results"
    template_name = "releases/index.html"
    results_template_name = "releases/index_results.html"
    list_export: list[str] = []
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_any(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            Cell("made_at", _("Made"), "releases/cells/made.html"),
            Column("cluster", label=_("Cluster"), accessor="cluster.name"),
            Column("target", label=pgettext("of a release", "Document"), accessor="get_target_display"),
            Column("version", label=_("Version"), accessor=lambda one: one.version or "–"),
            Cell("status", _("Status"), "releases/cells/status.html", width="40%"),
            Cell("valid_from", _("In force from"), "releases/cells/valid_from.html"),
        ]

    def get_base_queryset(self) -> QuerySet[Release]:
        return seen_releases(self.request.user).order_by("-pk")

    def get_queryset(self) -> QuerySet[Release]:
        return self.get_base_queryset()

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["waiting"] = waiting(seen_clusters(self.request.user))
        return context


def waiting(clusters: Iterable[Cluster]) -> list[ReleaseRequest]:
    """What keeps these clusters from a new release at present; `error` says it in words."""
    return list(
        ReleaseRequest.objects.filter(cluster__in=clusters)
        .exclude(error="")
        .select_related("cluster")
        .order_by("cluster__name", "target")
    )


def detail(request: HttpRequest, release_id: int) -> HttpResponse:
    """One release: when, what, and everything that compiler and signer said about it."""
    release = get_object_or_404(seen_releases(request.user), pk=release_id)
    context = {
        "release": release,
        "remarks": remarks(release),
        "page_title": _("Release"),
        "breadcrumbs_items": [],
    }
    return render(request, "releases/detail.html", context)
