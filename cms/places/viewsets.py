"""Provinces, clusters, controllers, organisations and holiday decisions in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.utils import unquote
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    InspectView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from cms.accounts.services import provinces_of
from cms.places.confinement import own_clusters, today, valid_on
from cms.places.forms import (
    ClusterForm,
    ClusterTagForm,
    ControllerForm,
    HolidayForm,
    OrganisationForm,
    StreamHostForm,
)
from cms.places.models import (
    Cluster,
    ClusterTag,
    Controller,
    HolidayOverride,
    Membership,
    Organisation,
    Province,
    StreamHost,
)
from cms.places.signals import together


class _OwnInspectView(InspectView):
    """One thing of those that the list shows its reader; any other does not exist for them."""

    readable: Callable[[HttpRequest], QuerySet[Any]] | None = None

    def get_object(self, queryset: Any = None) -> Any:
        assert self.readable is not None  # noqa: S101
        return get_object_or_404(self.readable(self.request), pk=unquote(str(self.pk)))


if TYPE_CHECKING:  # what it is mixed into
    from wagtail.snippets.views.snippets import EditView as _Saving
else:
    _Saving = object


class _AsOne(_Saving):
    """Whatever a form changes is announced as one change."""

    def save_instance(self) -> Any:
        with together():
            return super().save_instance()


class _CreateView(_AsOne, CreateView):
    pass


class _EditView(_AsOne, EditView):
    pass


class _PlacesViewSet(SnippetViewSet):
    """Read by the people of a province (their own only), written by administrators."""

    add_view_class = _CreateView
    edit_view_class = _EditView
    inspect_view_enabled = True
    inspect_view_class = _OwnInspectView
    copy_view_enabled = False
    province_path = "province__code__in"
    cluster_path = ""  # where it belongs to a cluster, to which people may be confined

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = self.model._default_manager.all()
        if self.cluster_path:
            found = own_clusters(found, request.user, self.cluster_path)
        mine = provinces_of(request.user)
        return found if mine is None else found.filter(**{self.province_path: mine})

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_inspect_view_kwargs(readable=self.get_queryset, **kwargs)


class ProvinceViewSet(_PlacesViewSet):
    model = Province
    icon = "globe"
    menu_label = _("Provinces")
    list_display: ClassVar[list[Any]] = ["name", "code", "theme", BooleanColumn("active", label=_("Active"))]
    inspect_view_fields: ClassVar[list[str]] = ["name", "name_en", "code", "languages", "theme", "national", "active"]
    province_path = "code__in"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
            FieldRowPanel([FieldPanel("code"), FieldPanel("theme")]),
            FieldPanel("languages"),
            FieldRowPanel([FieldPanel("national"), FieldPanel("active")]),
        ]
    )


class OrganisationViewSet(_PlacesViewSet):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    list_display: ClassVar[list[Any]] = [
        "name",
        "province",
        Column("level", label=_("Level"), accessor=lambda one: one.get_level_display()),
        Column("people", label=_("People now"), accessor=lambda one: one.people_now),
    ]
    list_filter: ClassVar[list[str]] = ["province", "level"]
    search_fields: ClassVar[list[str]] = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("province"),
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
            FieldRowPanel([FieldPanel("code"), FieldPanel("successor")]),
            FieldPanel("level"),
            FieldPanel("clusters", widget=forms.CheckboxSelectMultiple),
            InlinePanel(
                "roles",
                heading=_("Roles it holds"),
                label=_("Role"),
                panels=[
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("clause")]),
                    FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
                ],
            ),
        ],
        base_form_class=OrganisationForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = Count(
            "memberships", filter=Q(memberships__in=Membership.objects.filter(valid_on(today()))), distinct=True
        )
        return super().get_queryset(request).select_related("province").annotate(people_now=now)


_FACE = [
    FieldRowPanel([FieldPanel("letter"), FieldPanel("width"), FieldPanel("height")]),
    FieldRowPanel(
        [FieldPanel("pitch_mm"), FieldPanel("distance_m"), FieldPanel("bearing_deg"), FieldPanel("max_brightness_nit")]
    ),
    FieldPanel("smooth"),
    FieldPanel("languages"),
]
_HOURS = [
    FieldRowPanel([FieldPanel("valid_from"), FieldPanel("clause")]),
    FieldRowPanel([FieldPanel("holidays_follow_weekday"), FieldPanel("assumed")]),
    FieldPanel("closed_kinds"),
    InlinePanel(
        "windows",
        heading=_("Hours"),
        label=_("Row"),
        panels=[FieldRowPanel([FieldPanel("day"), FieldPanel("start"), FieldPanel("end")])],
    ),
    FieldPanel("note"),
]


class ClusterViewSet(_PlacesViewSet):
    model = Cluster
    icon = "bt-cluster"
    menu_label = _("Clusters and faces")
    list_display: ClassVar[list[Any]] = [
        "name",
        "province",
        Column("faces", label=_("Faces"), accessor=lambda one: one.faces.count()),
        BooleanColumn("active", label=_("Active")),
    ]
    list_filter: ClassVar[list[str]] = ["province", "active"]
    search_fields: ClassVar[list[str]] = ["name", "place"]
    cluster_path = "pk"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
            FieldRowPanel([FieldPanel("slug"), FieldPanel("province")]),
            FieldPanel("place"),
            FieldPanel("tags", widget=forms.CheckboxSelectMultiple),
            FieldRowPanel([FieldPanel("mode"), FieldPanel("clause")]),
            InlinePanel("faces", heading=_("Faces"), label=_("Face"), panels=_FACE, min_num=1, max_num=4),
            MultiFieldPanel(
                [
                    HelpPanel(
                        content=_(
                            "One number per gap, in order, with semicolons between them. A closed ring has one gap per face."
                        )
                    ),
                    FieldRowPanel([FieldPanel("gaps_mm"), FieldPanel("closed_ring")]),
                ],
                heading=_("Arrangement"),
            ),
            InlinePanel(
                "hours", heading=_("Operating hours, one version for each decision"), label=_("Version"), panels=_HOURS
            ),
            FieldRowPanel([FieldPanel("timezone"), FieldPanel("active")]),
        ],
        base_form_class=ClusterForm,
    )


class ControllerViewSet(_PlacesViewSet):
    model = Controller
    icon = "desktop"
    menu_label = _("Controllers")
    list_display: ClassVar[list[Any]] = ["slug", "cluster", "canvas_width", "canvas_height"]
    list_filter: ClassVar[list[str]] = ["cluster"]
    province_path = "cluster__province__code__in"
    cluster_path = "cluster"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("slug"), FieldPanel("cluster")]),
            FieldRowPanel([FieldPanel("canvas_width"), FieldPanel("canvas_height"), FieldPanel("audio_face")]),
            InlinePanel(
                "placements",
                heading=_("Faces on the canvas"),
                label=_("Face"),
                panels=[
                    FieldPanel("face", heading=_("Face")),
                    FieldRowPanel([FieldPanel("x"), FieldPanel("y"), FieldPanel("rotation")]),
                ],
            ),
        ],
        base_form_class=ControllerForm,
    )


class HolidayViewSet(_PlacesViewSet):
    model = HolidayOverride
    icon = "date"
    menu_label = _("Holiday decisions")
    list_display: ClassVar[list[Any]] = [
        DateColumn("day", label=_("Day")),
        "name",
        "province",
        Column("kind", label=_("Kind of holiday"), accessor=lambda one: "" if one.working else one.get_kind_display()),
        BooleanColumn("working", label=_("Working day")),
        "decision",
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("day"), FieldPanel("province")]),
            FieldPanel("name"),
            FieldPanel("kind", widget=forms.RadioSelect),
            FieldRowPanel([FieldPanel("working"), FieldPanel("decision")]),
        ],
        base_form_class=HolidayForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = HolidayOverride.objects.all()
        mine = provinces_of(request.user)
        return found if mine is None else found.filter(province__code__in=mine) | found.filter(province=None)


class ClusterTagViewSet(_PlacesViewSet):
    model = ClusterTag
    icon = "tag"
    menu_label = _("Groups of clusters")
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("province", label=_("Province"), accessor=lambda one: one.province or _now("Every province")),
        Column("clusters", label=_("Clusters"), accessor=lambda one: ", ".join(c.name for c in one.clusters.all())),
    ]
    search_fields: ClassVar[list[str]] = ["name"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "A slot can name a group instead of single clusters. Which clusters belong to it is chosen on their pages."
                )
            ),
            FieldRowPanel([FieldPanel("name"), FieldPanel("province")]),
        ],
        base_form_class=ClusterTagForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        mine = provinces_of(request.user)
        clusters = Cluster.objects.all() if mine is None else Cluster.objects.filter(province__code__in=mine)
        found = ClusterTag.objects.select_related("province").prefetch_related(Prefetch("clusters", clusters))
        return found if mine is None else found.filter(province__code__in=mine) | found.filter(province=None)


class StreamHostViewSet(_PlacesViewSet):
    model = StreamHost
    icon = "view"
    menu_label = _("Servers of live streams")
    list_display: ClassVar[list[Any]] = [
        "origin",
        "responsible",
        Column("province", label=_("Province"), accessor=lambda one: one.province or _now("Every province")),
    ]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "What such a server sends is shown as it comes: nobody approves its pictures beforehand, only its address. "
                    "Allow only servers of units that answer for what they send. When a server is taken off this list, every item "
                    "that shows a stream of it is withdrawn from the screens at once."
                )
            ),
            FieldRowPanel([FieldPanel("origin"), FieldPanel("province")]),
            FieldRowPanel([FieldPanel("responsible"), FieldPanel("document")]),
        ],
        base_form_class=StreamHostForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        mine = provinces_of(request.user)
        found = StreamHost.objects.select_related("province")
        return found if mine is None else found.filter(province__code__in=mine) | found.filter(province=None)


class PlacesGroup(SnippetViewSetGroup):
    """The menu of places."""

    menu_label = _("Places")
    menu_icon = "bt-cluster"
    menu_name = "places"
    menu_order = 500
    items = (
        ClusterViewSet,
        ClusterTagViewSet,
        ControllerViewSet,
        OrganisationViewSet,
        HolidayViewSet,
        ProvinceViewSet,
        StreamHostViewSet,
    )
