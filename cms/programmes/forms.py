"""What is checked when somebody changes a slot. Nothing is saved while something is wrong."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from cms.places.models import OperatingWindow
from cms.plugin_api.types import Window
from cms.programmes import choices
from cms.programmes.fields import CountField, MinutesField
from cms.programmes.inputs import slot_windows
from cms.programmes.models import DAY_S, MAX_PER_HOUR, Slot, all_week
from cms.programmes.words import language_name
from cms.schedule.recurrence import Recurrence, first_day, problem_of

WEEKDAYS = OperatingWindow.DAYS[:7]
FACES = [(letter, letter.upper()) for letter in "abcd"]
LANGUAGES = [(code, lazy(language_name, str)(code)) for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
MAX_WEIGHT = 100
TOO_MUCH = gettext_lazy("A day has only 1,440 minutes.")
RULE_EXAMPLES = (
    ("FREQ=MONTHLY;BYMONTHDAY=1", gettext_lazy("the first day of every month")),
    ("FREQ=MONTHLY;BYDAY=-1FR", gettext_lazy("the last Friday of every month")),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", gettext_lazy("Monday and Thursday of every second week")),
    ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", gettext_lazy("3 March of every year")),
)
RULE_PROBLEMS = {
    "rrule-malformed": gettext_lazy("This rule cannot be read. Write it like one of the examples, or leave it empty."),
    "rrule-too-often": gettext_lazy(
        "A rule chooses days, so it cannot repeat within a day. Use FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; hours stand above."
    ),
    "rrule-has-times": gettext_lazy("A rule chooses days, not hours. Take the times out; hours stand above."),
    "rrule-never": gettext_lazy(
        "By this rule the slot is never due between its first and its last day. Correct the rule or the days."
    ),
}


def _rule_help() -> SafeString:
    lines = [format_html("<br><code>{}</code> – {}", rule, said) for rule, said in RULE_EXAMPLES]
    intro = gettext_lazy(
        "For days that weekdays cannot say. The slot is due only on days that this rule names (counted from its first day) and that "
        "all else here allows. Empty: no rule. Examples:"
    )
    return format_html("{}" + "{}" * len(lines), intro, *lines)


class SlotForm(WagtailAdminModelForm):
    """Days, hours, clusters and faces that fit together."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=WEEKDAYS,
        initial=all_week,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one weekday.")},
    )
    faces = forms.MultipleChoiceField(
        label=gettext_lazy("Faces"),
        choices=FACES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all faces."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "The slot is shown in these languages only; an item that has none of them is left out. None chosen: all languages."
        ),
    )
    max_per_hour = CountField(
        label=gettext_lazy("Most times an hour"),
        most=MAX_PER_HOUR,
        help_text=gettext_lazy(
            "The slot begins so many times within an hour at most; other slots take the rest. Empty or 0: as often as its weight gives."
        ),
    )
    spacing_s = MinutesField(
        label=gettext_lazy("Minutes between two times"),
        most=DAY_S,
        too_much=TOO_MUCH,
        help_text=gettext_lazy(
            "After the slot was shown, the screens show others for so many minutes before it comes again. Empty or 0: no such limit."
        ),
    )
    required_s = MinutesField(
        label=gettext_lazy("Minutes that are due each day"),
        most=DAY_S,
        too_much=TOO_MUCH,
        help_text=gettext_lazy(
            "Each face shows the slot for at least so many minutes on every day on which it is due, before the weights count. "
            "Where they do not fit, you are told. Empty or 0: as its weight gives."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clusters = self.fields["clusters"]
        clusters.queryset = choices.clusters(self.for_user)
        self._groups()
        self.fields["programme"].queryset = choices.programmes(self.for_user)
        self.fields["mode"].choices = [("", _("As the cluster")), *list(self.fields["mode"].choices)[1:]]
        self.fields["date_until"].help_text = _("Empty: until further notice.")
        self.fields["holidays"].required = False
        self.fields["holidays"].help_text = _("Which days are holidays stands under Places.")
        self.fields["rrule"].help_text = _rule_help()

    def _groups(self) -> None:
        """Groups of clusters, where there are any."""
        groups = choices.cluster_tags(self.for_user)
        if not groups.exists():
            del self.fields["cluster_tags"]
            return
        self.fields["cluster_tags"].queryset = groups
        self.fields["cluster_tags"].help_text = _(
            "The slot plays on every cluster in operation of these groups, also on those that join later."
        )

    def clean_holidays(self) -> str:
        return self.cleaned_data["holidays"] or Slot.Holidays.ANY

    def clean_rrule(self) -> str:
        return self.cleaned_data["rrule"].strip().upper().removeprefix("RRULE:")

    def clean_weight(self) -> int:
        weight: int = self.cleaned_data["weight"]
        if not 1 <= weight <= MAX_WEIGHT:
            raise forms.ValidationError(_("The weight is a number from 1 to %(most)s.") % {"most": MAX_WEIGHT})
        return weight

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        since, until = data.get("date_from"), data.get("date_until")
        if since and until and until < since:
            self.add_error(
                "date_until",
                _("The slot ends before it begins. Choose a day from %(day)s on.") % {"day": f"{since:%d/%m/%Y}"},
            )
        elif since and until and data.get("weekdays") and (until - since).days < 6:
            days = {(since.weekday() + number) % 7 for number in range((until - since).days + 1)}
            if not days & set(data["weekdays"]):
                self.add_error("weekdays", _("None of these weekdays lies between the first and the last day."))
        if "clusters" in data and not data["clusters"] and not data.get("cluster_tags"):
            self.add_error("clusters", _("Choose at least one cluster."))
        self._check_places(data)
        self._check_groups(data)
        minutes = self._check_windows() if "windows" in self.formsets else None
        exceptions = self._check_exceptions() if "exceptions" in self.formsets else frozenset()
        if since and not {"date_until", "weekdays"} & self.errors.keys():
            self._check_days(data, exceptions)
        if minutes and data.get("required_s", 0) > minutes * 60:
            self.add_error(
                "required_s",
                _("The hours of this slot have only %(minutes)s minutes a day. Ask for less, or add hours.")
                % {"minutes": minutes},
            )
        return data

    def _check_days(self, data: dict[str, Any], exceptions: frozenset[date]) -> None:
        """A rule that can be followed, and a day that is left by it, the weekdays and the exceptions."""
        since, until, rule = data["date_from"], data.get("date_until"), data.get("rrule") or ""
        problem = problem_of(rule, since, until) if rule else None
        if problem:
            self.add_error("rrule", RULE_PROBLEMS.get(problem, RULE_PROBLEMS["rrule-malformed"]))
            return
        days = Recurrence(since, until, frozenset(data.get("weekdays") or ()), exceptions, "any", rule)
        if days.weekdays and first_day(days) is None:
            words = _(
                "No day is left on which the slot is due: these weekdays, exceptions and the rule rule each other out."
            )
            self.add_error("rrule" if rule else None, words)

    def _check_exceptions(self) -> frozenset[date]:
        days: set[date] = set()
        for form in self.formsets["exceptions"].forms:
            day = form.cleaned_data.get("day") if form.is_valid() and not form.cleaned_data.get("DELETE") else None
            if day in days:
                form.add_error("day", _("This day is left out already. Remove one of the two rows."))
                self.add_error(None, _("Exceptions: a day stands there twice."))
            elif day:
                days.add(day)
        return frozenset(days)

    def _check_groups(self, data: dict[str, Any]) -> None:
        programme = data.get("programme")
        if programme is None or programme.province.national:
            return
        for tag in data.get("cluster_tags") or []:
            if tag.province_id not in (None, programme.province_id):
                self.add_error(
                    "cluster_tags",
                    _("“%(group)s” is a group of %(province)s, not of the programme's province.")
                    % {"group": tag, "province": tag.province},
                )

    def _check_places(self, data: dict[str, Any]) -> None:
        programme, chosen = data.get("programme"), data.get("faces") or []
        for cluster in data.get("clusters") or []:
            name = {"cluster": cluster}
            letters = {face.letter for face in cluster.faces.all()}
            if programme and programme.province != cluster.province and not programme.province.national:
                self.add_error("clusters", _("%(cluster)s is not a cluster of the programme's province.") % name)
            if not letters:
                self.add_error(
                    "clusters",
                    _(
                        "%(cluster)s has no faces yet, so nothing can be shown there. Leave it out, or have its faces entered."
                    )
                    % name,
                )
            elif chosen and not letters & set(chosen):
                known = ", ".join(sorted(letters)).upper()
                self.add_error(
                    "faces", _("%(cluster)s has only faces %(faces)s. Choose one of them.") % {**name, "faces": known}
                )

    def _check_windows(self) -> int | None:
        """Minutes of a day that the hours have; None where there are none: the whole day."""
        rows = []
        for form in self.formsets["windows"].forms:
            if form.is_valid() and not form.cleaned_data.get("DELETE") and form.cleaned_data.get("start") is not None:
                start, end = form.cleaned_data["start"], form.cleaned_data.get("end")
                if end is None:
                    continue
                if start == end:
                    form.add_error("end", _("The hours end when they begin. For the whole day, remove this row."))
                    self.add_error(None, _("Hours: an end must differ from its beginning."))
                    continue
                rows.append((slot_windows([(start, end)])[0], form))
        rows.sort(key=lambda row: row[0].start_min)
        for (before, _form), (after, form) in pairwise(rows):
            if after.start_min < before.end_min:
                self._overlap(form)
        if len(rows) > 1 and rows[-1][0].end_min - 1440 > rows[0][0].start_min:
            self._overlap(rows[-1][1])
        return sum(window.end_min - window.start_min for window, _form in rows) or None

    def _overlap(self, form: Any) -> None:
        form.add_error("start", _("These hours overlap others of the slot."))
        self.add_error(None, _("Hours: two rows overlap. Join them."))


def said_window(window: Window) -> str:
    """Hours as people write them; those of the next morning with a plus."""
    later = "+1" if window.end_min > 1440 else ""
    return f"{window.start_min // 60:02}:{window.start_min % 60:02}–{window.end_min % 1440 // 60:02}:{window.end_min % 60:02}{later}"
