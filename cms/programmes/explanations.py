"""An explanation in sentences that an editor understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.approval.models import ApprovedProof, ThemeApproval
from cms.programmes.models import Slot
from cms.programmes.previews import Answer
from cms.programmes.rules import joined, said_limits, said_slot_rule, said_span, said_windows, weekday_name
from cms.programmes.words import language_name
from cms.schedule.explain import Explanation, Following, Rival, explain
from cms.schedule.format import Notices
from cms.schedule.inputs import ScheduleInputs, SlotInput
from cms.schedule.scenes import THEME_PROOF

DISPLAY_MODES = {
    "mirror": gettext_lazy("all faces show the same, the languages take turns"),
    "rotate": gettext_lazy("all faces show the same item, each in another language, in turn"),
    "independent": gettext_lazy("each face goes its own way"),
    "span": gettext_lazy("one wide picture across the faces"),
}
HOLIDAYS = {
    "tet": gettext_lazy("That day is a holiday (Lunar New Year)."),
    "substitute": gettext_lazy("That day is a day off in place of another."),
}
OPEN_ENDED_MS = 32_503_680_000_000
"""The year 3000: a notice that lasts as long is one that somebody has to lift."""
MOST_RIVALS = 8
"""So many are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Approved:
    """Who approved what is on screen, when, and with which document (may be empty)."""

    by: str
    at: datetime
    document: str = ""


Approvals = Mapping[tuple[str, str], Approved]
"""By item translation and proof, as scenes name them; themes by `theme:<code>` and `theme`."""


def moment(instant_ms: int, zone: str) -> str:
    """An instant as local text, dd/mm/yyyy HH:MM."""
    return f"{_local(instant_ms, zone):%d/%m/%Y %H:%M}"


def clock_time(instant_ms: int, zone: str) -> str:
    return f"{_local(instant_ms, zone):%H:%M:%S}"


def _local(instant_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone))


def approvals_of(inputs: ScheduleInputs, found: Iterable[Explanation]) -> Approvals:
    """The approvals behind what these explanations show, in force in the cluster's province. One query for items and one for
    themes, however many faces; none where nothing of the kind is shown."""
    shown = {(one.translation, one.proof) for one in found if one.translation}
    themes = {item.removeprefix("theme:") for item, proof in shown if proof == THEME_PROOF}
    proofs = {proof for _item, proof in shown if proof != THEME_PROOF}
    known: dict[tuple[str, str], Approved] = {}
    if proofs:
        rows = ApprovedProof.objects.filter(
            proof__in=proofs,
            approval__item__in={item for item, _proof in shown},
            approval__province__clusters__slug=inputs.cluster.id,
            approval__revoked_at__isnull=True,
        )
        for row in rows.select_related("approval__approved_by").order_by("approval__approved_at", "pk"):
            one = row.approval
            known[one.item, row.proof_id] = Approved(str(one.approved_by), one.approved_at, one.document)
    if themes:
        geometry = inputs.cluster.geometry.id
        approved = ThemeApproval.objects.filter(theme__in=themes, geometry=geometry).select_related("approved_by")
        for theme in approved.order_by("approved_at", "pk"):
            known[f"theme:{theme.theme}", THEME_PROOF] = Approved(str(theme.approved_by), theme.approved_at)
    return known


def explained(
    answer: Answer, instant_ms: int, letters: Iterable[str], cluster: str = "", notices: Notices | None = None
) -> dict[str, tuple[Explanation, list[str]]]:
    """Explanation and sentences of each face, with at most two queries. Raises as `explain` does."""
    found = {one: explain(answer.inputs, answer.compiled, one, instant_ms, notices) for one in letters}
    approvals = approvals_of(answer.inputs, found.values())
    return {one: (why, sentences(answer.inputs, why, cluster, approvals)) for one, why in found.items()}


def sentences(
    inputs: ScheduleInputs, found: Explanation, cluster: str = "", approvals: Approvals | None = None
) -> list[str]:
    """What is on screen, why, until when, and who else wanted the place. `cluster`: its name (default: its code); `approvals`:
    those of several faces, fetched at once with `approvals_of` (default: fetched here)."""
    known = approvals_of(inputs, [found]) if approvals is None else approvals
    return _Speaker(inputs, found, cluster or inputs.cluster.id, known).lines()


class _Speaker:
    def __init__(self, inputs: ScheduleInputs, found: Explanation, cluster: str, approvals: Approvals) -> None:
        self.inputs, self.found, self.approvals = inputs, found, approvals
        self.zone = inputs.cluster.timezone
        self.place = {"face": found.face.upper(), "cluster": cluster, "at": self._exact(found.instant)}

    def lines(self) -> list[str]:
        found = self.found
        lines = [*self._notice(), self._shown(), self._approval(), *self._slot(), self._hours()]
        lines += self._rivals()
        lines.append(self._black_until() if found.closed_reason else self._changes())
        return [line for line in lines if line]

    # --- what is on screen ----------------------------------------------------------------------------------------------

    def _notice(self) -> list[str]:
        """What covers the schedule: a blackout, an alert, a withdrawal."""
        found, shown = self.found, self.found.frame
        if shown.kind not in ("blackout", "alert"):
            return []
        since = self._when(found.instant if found.notice_since is None else found.notice_since)
        until = shown.until if found.notice_until is None else found.notice_until
        params = {**self.place, "since": since}
        if shown.kind == "blackout":
            said = _("Face %(face)s of %(cluster)s is blacked out at %(at)s, since %(since)s.") % params
        else:
            said = _("Face %(face)s of %(cluster)s shows an alert at %(at)s, since %(since)s.") % params
        if until >= OPEN_ENDED_MS:
            end = _("It lasts until somebody lifts it.")
        else:
            end = _("This changes at %(until)s.") % {"until": self._when(until)}
        return [f"{said} {end}", _("Without it, the schedule would have its way, as follows.")]

    def _shown(self) -> str:
        found = self.found
        if found.closed_reason:
            return _("Face %(face)s of %(cluster)s is black at %(at)s.") % self.place
        if found.item is not None:
            params = {**self.place, "item": found.item.title, "language": language_name(found.language)}
            if found.frame.withdrawn:
                return (
                    _(
                        "Face %(face)s of %(cluster)s shows the neutral picture at %(at)s: it is the turn of “%(item)s” in"
                        " %(language)s, but that was withdrawn."
                    )
                    % params
                )
            return _("Face %(face)s of %(cluster)s shows “%(item)s” in %(language)s at %(at)s.") % params
        if found.held:
            why = _("“%(slot)s” holds it in the turn of a language in which its item is not approved.") % {
                "slot": found.held.title
            }
        elif found.paused:
            why = _("the slots that are due have used up their turns for now.")
        elif found.rivals:
            why = _("no slot that is due has anything to show.")
        else:
            why = _("no slot is due.")
        return _("Face %(face)s of %(cluster)s shows the neutral picture at %(at)s: %(why)s") % {
            **self.place,
            "why": why,
        }

    def _approval(self) -> str:
        """Who answers for the pictures."""
        found = self.found
        if not found.translation:
            return ""
        approved = self.approvals.get((found.translation, found.proof))
        if found.proof == THEME_PROOF:
            if approved is None:
                return _("That picture has not been approved yet.")
            return _("That picture was approved by %(by)s on %(at)s.") % {
                "by": approved.by,
                "at": self._stamp(approved.at),
            }
        proof = found.proof[:12]
        if approved is None:
            return _("It is shown as approved (proof %(proof)s).") % {"proof": proof}
        params = {"by": approved.by, "at": self._stamp(approved.at), "document": approved.document, "proof": proof}
        if approved.document:
            return _("Approved by %(by)s on %(at)s, document %(document)s (proof %(proof)s).") % params
        return _("Approved by %(by)s on %(at)s, without a document number (proof %(proof)s).") % params

    # --- slot, programme, rule ------------------------------------------------------------------------------------------

    def _slot(self) -> list[str]:
        found = self.found
        slot = found.slot
        if slot is None or found.programme is None:
            return []
        params = {
            "slot": slot.title,
            "priority": _priority(slot),
            "weight": slot.weight,
            "programme": found.programme.title,
            "mode": DISPLAY_MODES[slot.mode or self.inputs.cluster.mode],
        }
        said = _("Slot “%(slot)s” (%(priority)s, weight %(weight)s) plays the programme “%(programme)s”; %(mode)s.")
        return [said % params, self._way(), self._due(slot), self._share(slot), self._graced()]

    def _way(self) -> str:
        """How the item came into the programme, where it does not simply stand in it."""
        found = self.found
        inner = [f"“{one.title}”" for one in found.way[1:]]
        said = ""
        if inner:
            said = _("The item comes from the programme %(way)s within it.") % {"way": " › ".join(inner)}
        if found.found:
            said = f"{said} " + _("A filter of the programme found it.")
        if found.way and found.way[-1].order == "shuffle":
            said = f"{said} " + _("The order is shuffled anew at each pass.")
        return said.strip()

    def _due(self, slot: SlotInput) -> str:
        due = self.found.due
        rule = said_slot_rule(slot)
        if due is None or due.day == _local(self.found.instant, self.zone).date():
            return _("It is due by its rule: %(rule)s.") % {"rule": rule}
        return _("It is due by its rule, from %(day)s into the night: %(rule)s.") % {
            "rule": rule,
            "day": date_format(due.day, "l d/m/Y"),
        }

    def _share(self, slot: SlotInput) -> str:
        found = self.found
        said = ""
        if found.share < 1:
            said = _("It has %(percent)s of the time.") % {"percent": _percent(found.share)}
        if found.limited:
            said = f"{said} " + _("It may not play more often: %(limits)s.") % {"limits": said_limits(slot)}
        if slot.required_s:
            said = f"{said} " + _("Each face must show it for at least %(span)s a day.") % {
                "span": said_span(slot.required_s)
            }
        return said.strip()

    def _graced(self) -> str:
        item = self.found.item
        if not self.found.graced or item is None or item.valid_until is None:
            return ""
        return _("The item was to be shown until %(day)s; it is still shown for the days of grace.") % {
            "day": f"{item.valid_until:%d/%m/%Y}"
        }

    # --- operating hours ------------------------------------------------------------------------------------------------

    def _hours(self) -> str:
        found = self.found
        day = date_format(found.day, "l d/m/Y")
        if found.hours is None:
            return _("No operating hours are decided for %(day)s.") % {"day": day}
        params = {
            "day": day,
            "clause": found.hours.clause or _("no clause given"),
            "windows": said_windows(found.windows),
        }
        if found.closed_reason == "no-window-today":
            text = _("There are no operating hours on %(day)s (%(clause)s).") % params
        elif found.closed_reason:
            text = _("It is outside the operating hours of %(day)s: %(windows)s (%(clause)s).") % params
        else:
            text = _("It is within the operating hours of %(day)s: %(windows)s (%(clause)s).") % params
        if found.holiday:
            text += " " + str(HOLIDAYS.get(found.holiday) or _("That day is a holiday."))
        if found.hours.assumed:
            text += " " + _("These hours are assumed; no source gives them.")
        return text

    # --- rivals ---------------------------------------------------------------------------------------------------------

    def _rivals(self) -> list[str]:
        rivals = self.found.rivals
        lines = [_rival(one) for one in rivals[:MOST_RIVALS]]
        more = max(0, len(rivals) - MOST_RIVALS)
        if more:
            said = ngettext("%(count)s other slot is due too.", "%(count)s other slots are due too.", more)
            lines.append(said % {"count": more})
        return lines

    # --- what comes next ------------------------------------------------------------------------------------------------

    def _changes(self) -> str:
        found = self.found
        parts = []
        if found.turn is not None:
            parts.append(self._turn(found.turn))
        ends = found.lit_until is not None and found.lit_until <= found.until
        if not ends:
            parts.append(self._arrangement())
        if found.lit_until is not None:
            parts.append(_("at %(at)s the face goes black") % {"at": self._when(found.lit_until)})
        since = _("This arrangement has been so since %(since)s.") % {"since": self._when(found.since)}
        return since + " " + _("Next: %(changes)s.") % {"changes": "; ".join(parts)}

    def _turn(self, turn: Following) -> str:
        at = clock_time(turn.at, self.zone)
        if turn.item is None:
            return _("at %(at)s the neutral picture") % {"at": at}
        if self.found.item is not None and (turn.item.key, turn.language) == (self.found.item.key, self.found.language):
            return _("at %(at)s the next page of the item") % {"at": at}
        return _("at %(at)s “%(item)s” in %(language)s") % {
            "at": at,
            "item": turn.item.title,
            "language": language_name(turn.language),
        }

    def _arrangement(self) -> str:
        after = self.found.after
        params = {"at": self._when(self.found.until)}
        if after is None or after.kind == "closed":
            return _("at %(at)s another arrangement") % params
        if not after.slots:
            return _("at %(at)s the neutral picture, as nothing is due that can be shown") % params
        named = joined(f"“{one.title}”" for one in after.slots[:MOST_RIVALS])
        return _("at %(at)s another arrangement, with %(slots)s") % {**params, "slots": named}

    def _black_until(self) -> str:
        found = self.found
        if found.lit_from is not None:
            return _("It has been black since %(since)s and is lit again at %(at)s.") % {
                "since": self._when(found.since),
                "at": self._when(found.lit_from),
            }
        return _("It has been black since %(since)s and is not lit again before %(at)s.") % {
            "since": self._when(found.since),
            "at": self._when(found.known_until),
        }

    # --- times ----------------------------------------------------------------------------------------------------------

    def _exact(self, instant: int) -> str:
        at = _local(instant, self.zone)
        return _("%(time)s on %(day)s") % {"time": f"{at:%H:%M:%S}", "day": f"{at:%d/%m/%Y}"}

    def _stamp(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.zone)):%d/%m/%Y}"

    def _when(self, instant: int) -> str:
        """HH:MM (with seconds where there are some), and the day where it is another than that of the instant explained."""
        at = _local(instant, self.zone)
        text = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
        if at.date() == _local(self.found.instant, self.zone).date():
            return text
        return _("%(time)s on %(weekday)s %(day)s") % {
            "time": text,
            "weekday": weekday_name(at.weekday()),
            "day": f"{at:%d/%m/%Y}",
        }


def _priority(slot: SlotInput) -> str:
    return str(Slot.Priority(slot.priority).label).lower()


def _percent(share: float) -> str:
    """A share as people read it: never 0 %, never 100 % of what is shared."""
    return f"{min(99, max(1, round(share * 100)))} %"


def _rival(one: Rival) -> str:
    words = {
        "shares": _("Slot “%(slot)s” takes turns with it (weight %(weight)s, %(percent)s of the time)."),
        "priority": _("Slot “%(slot)s” is due too, but its priority is lower (%(priority)s)."),
        "limited": _("Slot “%(slot)s” is due too, but may not play so soon again: %(limits)s."),
        "empty": _("Slot “%(slot)s” is due too, but its programme has no items."),
        "unapproved": _("Slot “%(slot)s” is due too, but nothing of its programme is approved for this cluster."),
        "language": _("Slot “%(slot)s” is due too, but nothing of its programme is approved in its languages."),
        "missing": _(
            "Slot “%(slot)s” is due too, but its programme leaves out what is not approved in the languages of the faces."
        ),
        "outdated": _("Slot “%(slot)s” is due too, but none of its items is to be shown on this day."),
        "unfit": _("Slot “%(slot)s” is due too, but the approved pictures of its items do not fit the faces."),
    }
    said = words[one.reason] % {
        "slot": one.slot.title,
        "weight": one.slot.weight,
        "percent": _percent(one.share),
        "priority": _priority(one.slot),
        "limits": said_limits(one.slot),
    }
    if one.reason == "shares" and one.limited:
        said = f"{said} " + _("It may not play more often: %(limits)s.") % {"limits": said_limits(one.slot)}
    return said
