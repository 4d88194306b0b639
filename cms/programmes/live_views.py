"""Live values in the admin: one page on which an editor brings all of a province up to date, and forms that say what a value is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from cms import clock
from cms.accounts.services import provinces_of
from cms.places.confinement import bounds_of
from cms.programmes import feed_words
from cms.programmes.feed_values import FeedSubscription
from cms.programmes.live_forms import LiveValueForm, read_number, write_number
from cms.programmes.live_values import LiveValue, LiveValueRefused, may_change, set_value, tell, visible
from cms.programmes.services import editable_provinces
from cms.programmes.viewsets import OwnProvince


@dataclass(slots=True)
class Row:
    """A value as the page shows it: `text` is what its field holds, `said` the value, `error` what is wrong with the text."""

    live: LiveValue
    may: bool
    text: str
    error: str = ""

    @property
    def said(self) -> str:
        return said(self.live)

    @property
    def age(self) -> str:
        """How long ago it was set, in the largest unit that says enough."""
        minutes = max(0, int((clock.now() - self.live.at).total_seconds() // 60))
        if minutes < 60:
            return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
        hours = minutes // 60
        if hours < 48:
            return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
        return ngettext("%(count)s day ago", "%(count)s days ago", hours // 24) % {"count": hours // 24}

    @property
    def feed(self) -> FeedSubscription | None:
        """The feed that sets it, switched on."""
        found: FeedSubscription | None = getattr(self.live, "feed", None)
        return found if found and found.active else None

    @property
    def feed_reason(self) -> str:
        """Why its feed was refused last; empty without a feed, and when it was not."""
        return feed_words.said(self.feed.refused) if self.feed and self.feed.refused else ""

    @property
    def field(self) -> str:
        return f"value-{self.live.pk}"


def said(live: LiveValue) -> str:
    value = live.value
    return "" if value is None else value if isinstance(value, str) else write_number(value)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All values of the person's provinces. Posted, what differs is set, true from now on; `still` names one that has not changed
    but is true again. Nothing is set while anything is wrong."""
    if provinces_of(request.user) == set():
        raise PermissionDenied
    rows = [Row(one, may_change(request.user, one.province.code), said(one)) for one in visible(request.user)]
    if request.method == "POST":
        try:
            changed = _save(request, [row for row in rows if row.may])
        except LiveValueRefused as refused:
            messages.error(request, str(refused))
        else:
            if changed is not None:
                _report(request, changed)
                return redirect("programmes:live_values")
    codes = editable_provinces(request.user)
    may_add = bounds_of(request.user) is None and (codes is None or bool(codes))
    context = {"rows": rows, "may_add": may_add, "may_any": any(row.may for row in rows)}
    return render(request, "programmes/live_values.html", context)


def _report(request: HttpRequest, changed: int) -> None:
    if changed:
        words = ngettext(
            "%(count)s value set. The screens show it within seconds.",
            "%(count)s values set. The screens show them within seconds.",
            changed,
        )
        messages.success(request, words % {"count": changed})
    else:
        messages.info(request, _("Nothing has changed. To say that a value is still true, press its button."))


def _save(request: HttpRequest, rows: list[Row]) -> int | None:
    """How many were set; None when something is wrong, which its row then says."""
    wanted: list[tuple[Row, float | str]] = []
    for row in rows:
        row.text = request.POST.get(row.field, row.text).strip()
        value = _read(row)
        if value is not None and (value != row.live.value or request.POST.get("still") == str(row.live.pk)):
            wanted.append((row, value))
    if any(row.error for row in rows):
        messages.error(request, _("Nothing was saved. Correct what is marked."))
        return None
    with transaction.atomic():
        for row, value in wanted:
            set_value(row.live, value, by=request.user)
    return len(wanted)


def _read(row: Row) -> float | str | None:
    """What a row's field says; None for nothing, or for what is wrong."""
    if not row.text:
        row.error = "" if row.live.value is None else _("Write the value.")
        return None
    if row.live.kind == LiveValue.Kind.WORD:
        if row.text not in row.live.words:
            row.error = _("Choose one of the fixed words.")
            return None
        return row.text
    try:
        return read_number(row.text)
    except ValueError:
        row.error = _("Write a number, e.g. 25.480 or 31,5.")
        return None


class _Back:
    """Back to the page of live values."""

    def get_success_url(self) -> str:
        return reverse("programmes:live_values")


class CreateView(_Back, generic.CreateView):
    def save_instance(self) -> Any:
        with transaction.atomic():
            made = super().save_instance()
            tell("values.define", made, self.request.user)
        return made


class EditView(_Back, OwnProvince, generic.EditView):
    needed = "change"

    def save_instance(self) -> Any:
        with transaction.atomic():
            saved = super().save_instance()
            tell("values.change", saved, self.request.user)
        return saved


class DeleteView(_Back, OwnProvince, generic.DeleteView):
    needed = "delete"

    def delete_action(self) -> None:
        with transaction.atomic():
            tell("values.delete", self.object, self.request.user)
            super().delete_action()


class HistoryView(OwnProvince, generic.HistoryView):
    pass


class UsageView(OwnProvince, generic.UsageView):
    pass


class LiveValueViewSet(ModelViewSet):
    model = LiveValue
    name = "live_values"
    icon = "calendar-check"
    menu_label = gettext_lazy("Live values")
    add_to_admin_menu = False
    copy_view_enabled = False
    inspect_view_enabled = False
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    history_view_class = HistoryView
    usage_view_class = UsageView
    list_display: ClassVar[list[Any]] = [
        "label",
        "name",
        Column("said", label=gettext_lazy("Value"), accessor=said),
        "unit",
        "at",
        "province",
    ]
    search_fields: ClassVar[list[str]] = ["label", "name"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("label"), FieldPanel("province", widget=forms.Select)]),
            FieldRowPanel([FieldPanel("name"), FieldPanel("unit")]),
            FieldPanel("kind", widget=forms.RadioSelect),
            FieldPanel("words"),
            FieldPanel("max_age_min"),
        ],
        base_form_class=LiveValueForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(request.user)
