"""Programmes and slots in the admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.snippets.views import snippets

from cms.content.models import ItemPage, ProofJob
from cms.programmes import advice, contents
from cms.programmes.beginnings import slot_at
from cms.programmes.forms import SlotForm
from cms.programmes.inputs import slot_input
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.panels import FiguresPanel, ImpactPanel, RarelyInRowPanel, RarelyPanel, RowFiguresPanel, UsesPanel
from cms.programmes.programme_forms import ProgrammeForm
from cms.programmes.rules import said_limits, said_slot_rule, said_span
from cms.programmes.services import visible
from cms.programmes.signals import together

SHORT_DAYS = [
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
]  # fmt: skip


if TYPE_CHECKING:  # what both are mixed into
    from wagtail.snippets.views.snippets import EditView as _EditView
else:
    _EditView = object


class OwnProvince(_EditView):
    """A view of one programme or slot: refused to whoever may not see or change that one."""

    needed = "view"

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)
        if not self.permission_policy.user_has_permission_for_instance(self.request.user, self.needed, found):
            raise PermissionDenied
        return found


class Advised(_EditView):
    """Says after saving what is probably not as meant. The saving itself stands, and is announced as one change."""

    def save_instance(self) -> Any:
        with together():
            return super().save_instance()

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        saved = form.instance
        for line in advice.for_slot(saved) if isinstance(saved, Slot) else advice.for_programme(saved):
            messages.warning(self.request, line)
        return response


class CreateView(Advised, snippets.CreateView):
    def get_initial_form_instance(self) -> Any:
        """For a slot the place in the week calendar that was clicked, if any."""
        begun = slot_at(self.request.GET) if self.model is Slot and self.request.method == "GET" else None
        return begun or super().get_initial_form_instance()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if back := get_valid_next_url_from_request(self.request):
            context["action_url"] = f"{context['action_url']}?{urlencode({'next': back})}"
        return context

    def get_success_url(self) -> str:
        """Back to the calendar for whoever came from there."""
        return get_valid_next_url_from_request(self.request) or str(super().get_success_url())


class EditView(Advised, OwnProvince, snippets.EditView):
    needed = "change"


class CopyView(Advised, OwnProvince, snippets.CopyView):
    pass


class DeleteView(OwnProvince, snippets.DeleteView):
    needed = "delete"


class HistoryView(OwnProvince, snippets.HistoryView):
    pass


class InspectView(OwnProvince, snippets.InspectView):
    pass


class UsageView(OwnProvince, snippets.UsageView):
    pass


class IndexView(snippets.IndexView):
    def get_table(self, object_list: Any) -> Any:
        """Of this page's rows, with their pictures."""
        add_found_pictures(object_list)
        return super().get_table(object_list)


class _ViewSet(snippets.SnippetViewSet):
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    copy_view_class = CopyView
    delete_view_class = DeleteView
    history_view_class = HistoryView
    inspect_view_class = InspectView
    usage_view_class = UsageView
    inspect_view_enabled = True


def _newest(page: OuterRef) -> QuerySet[Any, Any]:
    """The newest proof of an item, its primary key."""
    drawn = ProofJob.objects.filter(page=page, status=ProofJob.Status.DONE, span=False)
    return drawn.order_by("-revision", "-pk").values("pk")[:1]


def with_picture(found: QuerySet[Any], programme: str) -> QuerySet[Any]:
    """Adds `picture_job`: the newest proof of the first item of the programme that the field `programme` names."""
    first = (
        ProgrammeEntry.objects.filter(programme=OuterRef(programme), item__isnull=False)
        .order_by("sort_order", "pk")
        .values("item")[:1]
    )
    return found.annotate(first_item=Subquery(first)).annotate(picture_job=Subquery(_newest(OuterRef("first_item"))))


def add_found_pictures(rows: Iterable[Programme | Slot]) -> None:
    """Sets `picture_job` where the first item is one that another programme or a filter brings, for all rows together."""
    lacking: list[Any] = [one for one in rows if not one.first_item]
    programmes = {one.pk: one if isinstance(one, Programme) else one.programme for one in lacking}
    firsts = contents.first_of({one.pk: one for one in programmes.values()}.values()) if programmes else {}
    pages = ItemPage.objects.filter(pk__in=[one.pk for one in firsts.values()])
    jobs = dict(pages.annotate(picture_job=Subquery(_newest(OuterRef("pk")))).values_list("pk", "picture_job"))
    for one in lacking:
        page = firsts.get(programmes[one.pk].pk)
        one.picture_job = jobs.get(page.pk) if page else None


def picture(one: Any) -> SafeString | str:
    """What the first item looks like on a face."""
    if one.picture_job is None:
        return _("Not drawn yet")
    url = reverse("content:face", args=(one.picture_job, 0, "a"))
    return format_html('<img class="bt-thumb" loading="lazy" alt="" src="{}?w=320">', url)


class ProgrammeViewSet(_ViewSet):
    model = Programme
    icon = "list-ul"
    menu_label = gettext_lazy("Programmes")
    list_display: ClassVar[list[Any]] = [
        "title",
        Column("picture", label=gettext_lazy("On the screen"), accessor=picture),
        "province",
        Column("items", label=gettext_lazy("Entries"), accessor=lambda one: one.count),
        Column("slots", label=gettext_lazy("Slots"), accessor=lambda one: one.slot_count),
    ]
    list_filter: ClassVar[list[str]] = ["province"]
    search_fields: ClassVar[list[str]] = ["title"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title"), FieldPanel("province", widget=forms.Select)]),
            FiguresPanel(heading=gettext_lazy("What it comes to")),
            InlinePanel(
                "entries",
                heading=gettext_lazy("What it shows, in order"),
                label=gettext_lazy("Row"),
                panels=[
                    FieldPanel("item"),
                    RowFiguresPanel(),
                    RarelyInRowPanel(
                        [
                            HelpPanel(
                                content=gettext_lazy(
                                    "Instead of one item, a row can show another programme, or by itself all that is approved of a "
                                    "kind or with all the tags that you tick, the newest first."
                                )
                            ),
                            FieldPanel("nested", widget=forms.Select),
                            FieldPanel("kind"),
                            FieldPanel("tags"),
                            FieldRowPanel([FieldPanel("most"), FieldPanel("take")]),
                        ],
                        heading=gettext_lazy("Or another programme, or all of a kind"),
                        opens=("nested_id", "kind", "tags"),
                    ),
                ],
            ),
            FieldPanel("missing", widget=forms.RadioSelect),
            RarelyPanel(
                [FieldPanel("order", widget=forms.RadioSelect), FieldPanel("seed")],
                heading=gettext_lazy("Order"),
                opens=("order",),
            ),
            UsesPanel(heading=gettext_lazy("Where it plays")),
            ImpactPanel("programme"),
        ],
        base_form_class=ProgrammeForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = visible(Programme, request.user).select_related("province")
        counted = found.annotate(count=Count("entries", distinct=True), slot_count=Count("slots", distinct=True))
        return with_picture(counted, "pk")


def said_clusters(slot: Slot) -> SafeString:
    faces = f" ({', '.join(slot.faces).upper()})" if slot.faces else ""
    groups = [_("group “%(group)s”") % {"group": one.name} for one in slot.cluster_tags.all()]
    return format_html_join(", ", "{}{}", ((one, faces) for one in [*(c.name for c in slot.clusters.all()), *groups]))


def said_when(slot: Slot) -> str:
    """All that decides when a slot is due, and its limits, in a line."""
    one = slot_input(slot)
    said = [said_slot_rule(one), said_limits(one)]
    if one.required_s:
        said.append(_("at least %(span)s a day") % {"span": said_span(one.required_s)})
    return " · ".join(part for part in said if part)


class SlotViewSet(_ViewSet):
    model = Slot
    icon = "time"
    menu_label = gettext_lazy("Slots")
    list_display: ClassVar[list[Any]] = [
        "title",
        Column("picture", label=gettext_lazy("On the screen"), accessor=picture),
        "programme",
        Column("clusters", label=gettext_lazy("Clusters"), accessor=said_clusters),
        Column("when", label=gettext_lazy("When"), accessor=said_when),
        Column("priority", label=gettext_lazy("Priority level"), accessor=lambda one: one.get_priority_display()),
        Column("weight", label=gettext_lazy("Weight")),
        BooleanColumn("active", label=gettext_lazy("Active")),
    ]
    list_filter: ClassVar[list[str]] = ["clusters", "priority", "active"]
    search_fields: ClassVar[list[str]] = ["title"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title"), FieldPanel("programme", widget=forms.Select)]),
            MultiFieldPanel(
                [
                    FieldPanel("clusters", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("cluster_tags", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("faces"),
                    FieldPanel("mode"),
                ],
                heading=gettext_lazy("Where"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("date_from"), FieldPanel("date_until")]),
                    FieldPanel("weekdays"),
                    HelpPanel(
                        content=gettext_lazy(
                            "Without hours the slot is due during all operating hours. An end before the beginning means the next morning."
                        )
                    ),
                    InlinePanel(
                        "windows",
                        heading=gettext_lazy("Hours"),
                        label=gettext_lazy("Row"),
                        panels=[FieldRowPanel([FieldPanel("start"), FieldPanel("end")])],
                    ),
                    FieldPanel("holidays", widget=forms.RadioSelect),
                    InlinePanel(
                        "exceptions",
                        heading=gettext_lazy("Exceptions: days on which it is left out"),
                        label=gettext_lazy("Exception"),
                        panels=[FieldRowPanel([FieldPanel("day"), FieldPanel("note")])],
                    ),
                ],
                heading=gettext_lazy("When"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("priority"), FieldPanel("weight")]),
                    HelpPanel(
                        content=gettext_lazy(
                            "Urgent goes before priority, priority before normal. Slots of equal priority share the time by their weights."
                        )
                    ),
                    FieldPanel("active"),
                ],
                heading=gettext_lazy("How much"),
            ),
            RarelyPanel(
                [
                    FieldPanel("required_s"),
                    FieldRowPanel([FieldPanel("max_per_hour"), FieldPanel("spacing_s")]),
                    FieldPanel("languages"),
                    FieldPanel("rrule"),
                ],
                heading=gettext_lazy("More: limits, languages, a rule for the days"),
                opens=("required_s", "max_per_hour", "spacing_s", "languages", "rrule"),
            ),
            ImpactPanel("slot"),
        ],
        base_form_class=SlotForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = visible(Slot, request.user).select_related("programme")
        found = found.prefetch_related("clusters", "cluster_tags", "windows", "exceptions")
        return with_picture(found, "programme")


def slot_form_class() -> Any:
    """The form of a slot as its page has it."""
    return SlotViewSet.edit_handler.bind_to_model(Slot).get_form_class()


class ProgrammesGroup(snippets.SnippetViewSetGroup):
    """The menu of what plays when."""

    menu_label = gettext_lazy("Programmes and slots")
    menu_icon = "time"
    menu_name = "programmes"
    menu_order = 200
    items = (SlotViewSet, ProgrammeViewSet)
