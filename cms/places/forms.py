"""What is checked when somebody changes a cluster or a controller."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm

from cms.places.confinement import LEVELS
from cms.places.geometry import Placed, outside, overlapping
from cms.places.models import ClusterTag, HolidayKind, OperatingWindow, StreamHost
from cms.places.services import face_rule
from cms.plugin_api.types import is_stream_url, origin_of


def _kept(formset: Any) -> list[forms.BaseForm]:
    """The sound forms of an inline list that are not being deleted."""
    found = []
    for form in formset.forms:
        if form.is_valid() and not form.cleaned_data.get("DELETE") and (form.has_changed() or form.instance.pk):
            found.append(form)
    return found


def check_placements(canvas: tuple[int, int], placed: Iterable[Placed]) -> list[str]:
    """What is wrong with faces on a canvas, as sentences that say what to do."""
    faces = list(placed)
    problems = [
        _("Face %(face)s does not fit on the canvas of %(width)s × %(height)s px. Move it or enlarge the canvas.")
        % {"face": one.face.upper(), "width": canvas[0], "height": canvas[1]}
        for one in outside(canvas, faces)
    ]
    problems += [
        _("Faces %(one)s and %(other)s overlap on the canvas. Move one of them.")
        % {"one": one.face.upper(), "other": other.face.upper()}
        for one, other in overlapping(faces)
    ]
    return problems


def _fix(form: forms.BaseForm, *names: str) -> None:
    """Paired players keep these for good; after a change they would obey nobody, not even a withdrawal."""
    for name in names:
        if name in form.fields:
            form.fields[name].disabled = True
            form.fields[name].help_text = _("Cannot be changed: its players know it by this.")


def _with_closed_kinds(formset: Any) -> None:
    """Kinds of holidays to tick, in every version of the hours."""
    original = formset.add_fields

    def add_fields(form: Any, index: int | None) -> None:
        original(form, index)
        if "closed_kinds" in form.fields:
            form.fields["closed_kinds"] = forms.MultipleChoiceField(
                label=_("Closed all day on"),
                choices=[one for one in HolidayKind.choices if one[0] in OperatingWindow.DAY_OF_KIND],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_(
                    "Tết and substitute days off may have hours of their own: choose that day in a row of hours below. "
                    "Without any they have the hours of other holidays."
                ),
            )

    formset.add_fields = add_fields
    formset.__dict__.pop("forms", None)


class ClusterForm(WagtailAdminModelForm):
    """Faces by the national rule, gaps between them, hours that end after they begin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            _fix(self, "slug", "province")
        if "tags" in self.fields and not self.fields["tags"].queryset.exists():
            del self.fields["tags"]
        if "hours" in self.formsets:
            _with_closed_kinds(self.formsets["hours"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if "faces" in self.formsets:
            self._check_faces(data)
        for tag in data.get("tags") or []:
            if tag.province_id is not None and data.get("province") and tag.province_id != data["province"].pk:
                self.add_error(
                    "tags",
                    _("“%(group)s” is a group of %(province)s.") % {"group": tag, "province": tag.province},
                )
        if "hours" in self.formsets:
            for hours in _kept(self.formsets["hours"]):
                self._check_hours(hours)
        return data

    def _check_faces(self, data: dict[str, Any]) -> None:
        faces = _kept(self.formsets["faces"])
        if any(not form.is_valid() for form in self.formsets["faces"].forms if form.has_changed()):
            return
        rule, count = face_rule(), len(faces)
        if not rule.minimum <= count <= rule.maximum:
            self.add_error(
                None,
                ngettext(
                    "A cluster has %(minimum)s to %(maximum)s faces (%(clause)s); this one has %(count)s. Add or remove faces.",
                    "A cluster has %(minimum)s to %(maximum)s faces (%(clause)s); this one has %(count)s. Add or remove faces.",
                    count,
                )
                % {"minimum": rule.minimum, "maximum": rule.maximum, "clause": rule.clause, "count": count},
            )
        letters = sorted(form.cleaned_data.get("letter") or "" for form in faces)
        if letters != list("abcd"[:count]):
            self.add_error(None, _("Name the faces A, B, C, D in order, each letter once."))
        gaps = data.get("gaps_mm") or []
        wanted = count if data.get("closed_ring") else max(0, count - 1)
        if "gaps_mm" in data and len(gaps) != wanted and count:
            self.add_error(
                "gaps_mm",
                _("%(count)s faces have %(wanted)s gaps between neighbours; %(given)s are given.")
                % {"count": count, "wanted": wanted, "given": len(gaps)},
            )
        self._check_canvases(
            {form.cleaned_data["letter"]: form.cleaned_data for form in faces if "letter" in form.cleaned_data}
        )

    def _check_canvases(self, faces: dict[str, dict[str, Any]]) -> None:
        """Larger faces must still fit where the controllers place them."""
        if not self.instance.pk:
            return
        for controller in self.instance.controllers.prefetch_related("placements__face"):
            placed = [
                Placed(
                    p.face.letter, faces[p.face.letter]["width"], faces[p.face.letter]["height"], p.x, p.y, p.rotation
                )
                for p in controller.placements.all()
                if {"width", "height"} <= faces.get(p.face.letter, {}).keys()
            ]
            for problem in check_placements((controller.canvas_width, controller.canvas_height), placed):
                self.add_error(None, f"{controller.slug}: {problem}")

    def _check_hours(self, hours: Any) -> None:
        windows: dict[Any, list[tuple[Any, Any, Any]]] = {}
        for form in _kept(hours.formsets["windows"]):
            data = form.cleaned_data
            start, end = data.get("start"), data.get("end")
            if start is None or end is None:
                continue
            # 00:00 as an end is midnight; anything else must come after the start.
            if end <= start and (end.hour, end.minute) != (0, 0):
                form.add_error("end", _("The hours end before they begin. For hours past midnight, write two rows."))
                self.add_error(None, _("Operating hours: an end must come after its beginning."))
                continue
            windows.setdefault(data.get("day"), []).append((start, end, form))
        for kind in hours.cleaned_data.get("closed_kinds") or []:
            for _start, _end, form in windows.get(OperatingWindow.DAY_OF_KIND[kind], []):
                form.add_error("day", _("This kind of day is marked as closed all day. Remove the row or the mark."))
                self.add_error(None, _("Operating hours: a kind of holiday is closed all day but has hours."))
        for day in windows.values():
            day.sort(key=lambda one: one[0])
            for (_start, end, _form), (start, _end, later) in itertools.pairwise(day):
                if start < end or (end.hour, end.minute) == (0, 0):
                    later.add_error("start", _("These hours overlap those before them."))
                    self.add_error(None, _("Operating hours: two rows of one day overlap."))


class ControllerForm(WagtailAdminModelForm):
    """Every face lies inside the canvas, apart from the others, and is driven by one controller only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            _fix(self, "slug", "cluster")
            for form in [*self.formsets["placements"].forms, self.formsets["placements"].empty_form]:
                form.fields["face"].queryset = form.fields["face"].queryset.filter(cluster_id=self.instance.cluster_id)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        cluster = data.get("cluster")
        if "placements" not in self.formsets or cluster is None:
            return data
        placed = []
        for form in _kept(self.formsets["placements"]):
            face = form.cleaned_data.get("face")
            if face is None:
                continue
            if face.cluster_id != cluster.pk:
                form.add_error("face", _("This face belongs to another cluster."))
                self.add_error(None, _("%(face)s is not a face of %(cluster)s.") % {"face": face, "cluster": cluster})
                continue
            if face.placements.exclude(controller=self.instance.pk).exists():
                self.add_error(
                    None,
                    _("Another controller drives face %(face)s already. Take it off there first.") % {"face": face},
                )
            values = form.cleaned_data
            placed.append(
                Placed(
                    face.letter, face.width, face.height, values.get("x") or 0, values.get("y") or 0, values["rotation"]
                )
            )
        if len({one.face for one in placed}) != len(placed):
            self.add_error(None, _("A face is placed twice. Keep one of the two."))
        elif data.get("canvas_width") and data.get("canvas_height"):
            for problem in check_placements((data["canvas_width"], data["canvas_height"]), placed):
                self.add_error(None, problem)
        if not placed and not self.errors:
            self.add_error(None, _("Place at least one face on the canvas."))
        sound = data.get("audio_face")
        if sound and placed and sound not in {one.face for one in placed}:
            self.add_error(
                "audio_face", ValidationError(_("The sound comes from a face that this controller carries."))
            )
        return data


class OrganisationForm(WagtailAdminModelForm):
    """Clusters of its own province, and only for the levels whose people can be confined to some."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        clusters = data.get("clusters") or []
        for cluster in clusters:
            if data.get("province") and cluster.province_id != data["province"].pk:
                self.add_error("clusters", _("%(cluster)s stands in another province.") % {"cluster": cluster})
        if clusters and data.get("level") not in LEVELS:
            self.add_error("clusters", _("Only a district or commune is confined to clusters. Choose its level."))
        return data


class HolidayForm(WagtailAdminModelForm):
    """One decision for a day and a province."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or HolidayKind.PUBLIC

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("day"):
            others = type(self.instance).objects.filter(day=data["day"], province=data.get("province"))
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("day", _("There is a decision for this day already. Change that one."))
        return data


class ClusterTagForm(WagtailAdminModelForm):
    """One group of a name in a province."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        others = ClusterTag.objects.filter(province=data.get("province")).exclude(pk=self.instance.pk)
        # In Python, since SQLite knows capitals of ASCII only.
        if data.get("name", "").casefold() in {one.casefold() for one in others.values_list("name", flat=True)}:
            self.add_error("name", _("There is a group of this name already."))
        return data


class StreamHostForm(WagtailAdminModelForm):
    """A server by its address alone, over HTTPS, once for a province."""

    def clean_origin(self) -> str:
        typed: str = self.cleaned_data["origin"].strip().lower()
        url = typed.rstrip("/") + "/-"
        if not typed.startswith("https://") or not is_stream_url(url) or typed.rstrip("/").count("/") > 2:
            raise ValidationError(_("Write the server alone, for example https://live.example.vn."))
        return origin_of(url)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        same = StreamHost.objects.filter(origin=data.get("origin"), province=data.get("province"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("origin", _("This server is on the list already."))
        return data
