"""What an editor should know about programmes and their items, as diagnostics. Pure; levels as in `checks`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from cms.schedule.calendar import Calendar, days_between, merged
from cms.schedule.inputs import Diagnostic, Missing, ProgrammeInput, ScheduleInputs, SlotInput
from cms.schedule.programmes import Rounds
from cms.schedule.scenes import Playable
from cms.schedule.steps import VIETNAMESE

MINUTE_MS = 60_000
Translations = Mapping[str, Sequence[Playable]]


def items(inputs: ScheduleInputs, playable: Translations, found: list[Diagnostic]) -> None:
    """Programmes that are not in order or have nothing to show, items left out, languages that faces or slots ask for and items
    lack, items that do not fit a slot."""
    rounds = Rounds(inputs.programmes)
    named = dict.fromkeys(slot.programme for slot in inputs.slots if slot.programme in inputs.programmes)
    rules: dict[str, set[Missing]] = {}
    for top in named:
        for name in rounds.programmes_of(top):
            rules.setdefault(name, set()).add(inputs.programmes[top].missing)
    for name, missing in rules.items():
        programme = inputs.programmes[name]
        _programme(rounds, programme, playable, found)
        for key in dict.fromkeys(key for one in programme.entries for key in ((one.item,) if one.item else one.feed)):
            _item(inputs, playable, key, programme.title, missing, found)
    _languages(inputs, rounds, playable, found)
    _longer_than_window(inputs, rounds, playable, found)
    _span(inputs, rounds, playable, found)


def _programme(rounds: Rounds, programme: ProgrammeInput, playable: Translations, found: list[Diagnostic]) -> None:
    subject, title = f"programme:{programme.id}", {"title": programme.title}
    if rounds.contains_itself(programme.id):
        found.append(Diagnostic("programme-contains-itself", "error", subject, title, "entries"))
    if rounds.missing(programme.id):
        found.append(Diagnostic("programme-nested-missing", "error", subject, title, "entries"))
    keys = rounds.members(programme.id)
    if not keys:
        found.append(Diagnostic("programme-empty", "error", subject, title, "entries"))
    elif not any(playable.get(key) for key in keys):
        found.append(Diagnostic("programme-without-approved-items", "error", subject, title, "entries"))
    if left_out := rounds.left_out(programme.id):
        params = {**title, "count": str(len(left_out))}
        found.append(Diagnostic("programme-longer-than-a-day", "warning", subject, params, "entries"))


def _item(inputs: ScheduleInputs, playable: Translations, key: str, programme: str, rules: Collection[Missing],
          found: list[Diagnostic]) -> None:  # fmt: skip
    faces, item, subject = inputs.cluster.geometry.faces, inputs.items.get(key), f"item:{key}"
    title = {"title": item.title if item else key, "programme": programme}
    if item is None or not playable.get(key):
        found.append(Diagnostic("item-not-approved", "warning", subject, title))
        return
    asked = dict.fromkeys(language for face in faces for language in face.languages)
    has = [one.language for one in playable[key]]
    if missing := [language for language in asked if language not in has]:
        params = {**title, "languages": ", ".join(missing)}
        found.append(Diagnostic("item-lacks-language", "warning", subject, params))
    if blind := [face.id for face in faces if face.languages and not set(face.languages) & set(has)]:
        _blind(subject, {**title, "faces": ", ".join(blind)}, has, rules, found)
    _validity(inputs, key, title, found)


def _blind(subject: str, params: dict[str, str], has: Sequence[str], rules: Collection[Missing],
           found: list[Diagnostic]) -> None:  # fmt: skip
    """What the rules of the programmes that slots play do on faces of which an item has no language."""
    if "leave" in rules:
        found.append(Diagnostic("item-left-out-on-face", "warning", subject, params))
    if "theme" in rules:
        found.append(Diagnostic("item-held-on-face", "warning", subject, params))
    in_turn = {"next": has, "vietnamese": [one for one in has if one == VIETNAMESE] or has}
    for rule, shown in in_turn.items():
        if rule in rules:
            more = {**params, "languages": ", ".join(shown)}
            found.append(Diagnostic("item-in-no-language-of-face", "warning", subject, more))


def _validity(inputs: ScheduleInputs, key: str, title: dict[str, str], found: list[Diagnostic]) -> None:
    item = inputs.items[key]
    last, until = inputs.first_day + timedelta(days=inputs.days - 1), item.valid_until
    if until is None:
        return
    grace_until = until + timedelta(days=max(0, item.grace_days))
    params = {**title, "until": str(until)}
    code, level = "", "warning"
    if item.valid_from and until < item.valid_from:
        code, level = "item-ends-before-it-begins", "error"
        params["from"] = str(item.valid_from)
    elif grace_until < inputs.first_day:
        code = "item-expired"
    elif until < inputs.first_day:
        code = "item-in-grace"
        params["grace_until"] = str(grace_until)
    elif until < last:
        code, level = "item-expires", "info"
    if code:
        found.append(Diagnostic(code, level, f"item:{key}", params, "valid_until"))


def _languages(inputs: ScheduleInputs, rounds: Rounds, playable: Translations, found: list[Diagnostic]) -> None:
    """Languages that a slot is for and that none of its items has."""
    has: dict[str, set[str]] = {}
    for slot in inputs.slots:
        if not slot.languages or slot.programme not in inputs.programmes:
            continue
        if slot.programme not in has:
            keys = rounds.members(slot.programme)
            has[slot.programme] = {one.language for key in keys for one in playable.get(key, ())}
        if missing := [language for language in slot.languages if language not in has[slot.programme]]:
            params = {"title": slot.title, "languages": ", ".join(missing)}
            found.append(Diagnostic("slot-languages-missing", "warning", f"slot:{slot.id}", params, "languages"))


def _longer_than_window(
    inputs: ScheduleInputs, rounds: Rounds, playable: Translations, found: list[Diagnostic]
) -> None:
    """Items that begin anew before they end, whenever the slot has its shortest hours."""
    days = days_between(inputs.first_day, inputs.first_day + timedelta(days=inputs.days - 1))
    calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
    open_min = min((one.end_min - one.start_min for day in days for one in calendar.windows(day)), default=0)
    longest: dict[tuple[str, bool], dict[str, int]] = {}
    for slot in inputs.slots:
        minutes = min((one.end_min - one.start_min for one in merged(slot.windows)), default=open_min)
        if slot.programme not in inputs.programmes or not minutes:
            continue
        span = (slot.mode or inputs.cluster.mode) == "span"
        if (slot.programme, span) not in longest:
            keys = rounds.members(slot.programme)
            longest[slot.programme, span] = {key: _length_ms(playable[key], span) for key in keys if playable.get(key)}
        for key, length in longest[slot.programme, span].items():
            if length > minutes * MINUTE_MS:
                found.append(_too_long(inputs, slot, key, length, minutes))


def _length_ms(translations: Sequence[Playable], span: bool) -> int:
    return max(sum(ms for _, ms, _ in (one.span if span and one.span else one.flat)) for one in translations)


def _too_long(inputs: ScheduleInputs, slot: SlotInput, key: str, length: int, minutes: int) -> Diagnostic:
    params = {
        "title": slot.title,
        "item": inputs.items[key].title,
        "seconds": str(-(-length // 1000)),
        "minutes": str(minutes),
    }
    return Diagnostic("item-longer-than-window", "warning", f"slot:{slot.id}", params, "windows")


def _span(inputs: ScheduleInputs, rounds: Rounds, playable: Translations, found: list[Diagnostic]) -> None:
    count = len(inputs.cluster.geometry.faces)
    for one in inputs.slots:
        if (one.mode or inputs.cluster.mode) != "span" or one.programme not in inputs.programmes or count < 2:
            continue
        for key in rounds.members(one.programme):
            for translation in playable.get(key, ()):
                if not translation.span:
                    params = {"title": inputs.items[key].title, "slot": one.title, "language": translation.language}
                    found.append(Diagnostic("item-not-drawn-for-span", "warning", f"item:{key}", params))
        if one.faces and len(set(one.faces)) < count:
            found.append(Diagnostic("span-on-some-faces", "warning", f"slot:{one.id}", {"title": one.title}, "faces"))
