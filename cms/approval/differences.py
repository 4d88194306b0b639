"""What an item says otherwise than the version that was approved last: card by card, field by field, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from django.db.models import Model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from icu4py.breakers import WordBreaker
from wagtail import blocks

from cms.approval.models import Approval
from cms.content.blocks import UNKNOWN
from cms.content.card_blocks import as_text
from cms.content.models import ItemPage
from cms.places.models import Province
from cms.plugin_api.types import canonical

Kind = Literal["same", "added", "removed"]
FACTS = (
    "title", "kind", "supplier", "sudden", "valid_from", "valid_until", "grace_days", "tags", "destinations",
)  # fmt: skip
"""Fields of an item beside its cards, in the order of its form."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a field that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that changed: its label and its words, those that went before those that came."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CardChange:
    """A card that changed. Places count from 1; 0 where the card is not in that version."""

    name: str
    before: int
    after: int
    moved: bool
    fields: tuple[FieldChange, ...]

    @property
    def kind(self) -> str:
        return "added" if not self.before else "removed" if not self.after else "changed" if self.fields else "moved"


@dataclass(frozen=True, slots=True)
class TextDifferences:
    """Between two versions of an item: its own fields, its cards, and how many cards stayed as they were."""

    facts: tuple[FieldChange, ...]
    cards: tuple[CardChange, ...]
    unchanged: int

    @property
    def any(self) -> bool:
        return bool(self.facts or self.cards)


def last_approved(page: ItemPage, province: Province | None = None) -> Approval | None:
    """The approval that was given last for this item in this language, whether or not it is still in force."""
    given = Approval.objects.filter(item=page.item_id, province=province or page.province)
    return given.select_related("approved_by", "province").order_by("-approved_at", "-pk").first()


def text_differences(before: ItemPage, after: ItemPage) -> TextDifferences:
    """What `after` says otherwise than `before`; both as `Revision.as_object()` gives them."""
    language = after.locale.language_code
    old, new = _facts(before), _facts(after)
    facts = _changes([(name, label, old[name][1], new[name][1]) for name, (label, _text) in new.items()], language)
    pairs = _paired(list(before.body), list(after.body))
    moved = _moved(pairs)
    cards = [_card(before.body, after.body, pair, pair in moved, language) for pair in pairs]
    changed = tuple(card for card in cards if card.moved or card.fields or not (card.before and card.after))
    return TextDifferences(facts, changed, len(cards) - len(changed))


def words_between(before: str, after: str, language: str) -> tuple[Piece, ...]:
    """Two texts as one row of pieces. Words are ICU's, so that Khmer, Lao and Chinese are parted between words too; spaces go with them."""
    old, new = _words(before, language), _words(after, language)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        found += [Piece("removed", "".join(old[i:j]))] if j > i else []
        found += [Piece("added", "".join(new[k:m]))] if m > k else []
    return tuple(_readable(found))


def _words(text: str, language: str) -> list[str]:
    return [str(one) for one in WordBreaker(text, language)] if text else []


def _readable(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Changes that only a space parts are told as one: “7 giờ → 8 giờ rưỡi” rather than word against word."""
    went, came = "", ""
    for place, piece in enumerate(pieces):
        last = place == len(pieces) - 1
        if piece.kind == "same" and (last or piece.text.strip() or not (went or came)):
            yield from _told(went, came)
            went = came = ""
            yield piece
        else:
            went += piece.text if piece.kind != "added" else ""
            came += piece.text if piece.kind != "removed" else ""
    yield from _told(went, came)


def _told(went: str, came: str) -> Iterator[Piece]:
    if went.strip() or (went and not came):
        yield Piece("removed", went)
    if came.strip() or (came and not went.strip()):
        yield Piece("added", came)


def _changes(fields: Iterable[tuple[str, str, str, str]], language: str) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(label, words_between(before, after, language))
        for _name, label, before, after in fields
        if before != after
    )


def _facts(page: ItemPage) -> dict[str, tuple[str, str]]:
    """Label and words of an item's own fields, by name."""
    found = {}
    for name in FACTS:
        field = ItemPage._meta.get_field(name)
        value = getattr(page, name)
        if name == "kind":
            text = str(page.get_kind_display())
        elif field.many_to_many:
            text = ", ".join(sorted(str(one) for one in value.all()))
        else:
            text = _plain(value)
        found[name] = (capfirst(str(getattr(field, "verbose_name", name))), text)
    return found


def _paired(before: list[Any], after: list[Any]) -> list[tuple[int, int]]:
    """Places (from 1) of the same card in both versions, 0 for none, in the order in which they are read. A card is known by
    its id; where ids were given anew (a copied body), the next card of the same kind is taken."""
    ids = {child.id: place for place, child in enumerate(before, 1) if child.id}
    found = {place: ids.pop(child.id) for place, child in enumerate(after, 1) if child.id in ids}
    left = [place for place in range(1, len(before) + 1) if place not in found.values()]
    for place, child in enumerate(after, 1):
        if place not in found:
            twin = next((one for one in left if before[one - 1].block_type == child.block_type), 0)
            found[place] = twin
            left = [one for one in left if one != twin]
    pairs = [(found[place], place) for place in range(1, len(after) + 1)] + [(place, 0) for place in left]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0], not pair[1]))


def _moved(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those pairs that changed places among the cards which both versions have."""
    kept = [pair for pair in pairs if all(pair)]
    order = [before for before, _after in kept]
    stayed = SequenceMatcher(None, sorted(order), order, autojunk=False).get_matching_blocks()
    still = {place for block in stayed for place in range(block.b, block.b + block.size)}
    return {pair for place, pair in enumerate(kept) if place not in still}


def _card(before: Any, after: Any, places: tuple[int, int], moved: bool, language: str) -> CardChange:
    one, other = (body[place - 1] if place else None for body, place in zip((before, after), places, strict=True))
    old, new = (_fields(child) if child is not None else {} for child in (one, other))
    shown: Any = other or one
    rows = [
        (name, (new.get(name) or old[name])[0], old.get(name, ("", ""))[1], new.get(name, ("", ""))[1])
        for name in dict.fromkeys([*new, *old])
    ]
    return CardChange(str(shown.block.label), *places, moved, _changes(rows, language))


def _fields(child: Any) -> dict[str, tuple[str, str]]:
    """Label and words of a card's fields, by name."""
    if child.block_type == UNKNOWN or not isinstance(child.block, blocks.StructBlock):
        return {"": (_("Content"), canonical(child.value["value"]).decode() if child.value else "")}
    return {
        name: (str(block.label), said(block, child.value.get(name))) for name, block in child.block.child_blocks.items()
    }


def said(block: blocks.Block, value: Any) -> str:
    """The value of a field in words; a row of a list to each line. Empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(block, blocks.ListBlock):
        return "\n".join(said(block.child_block, one) for one in value)
    if isinstance(block, blocks.StructBlock):
        parts = (said(one, value.get(name)) for name, one in block.child_blocks.items())
        return " · ".join(part for part in parts if part)
    if isinstance(block, blocks.ChoiceBlock):
        return str(dict(block.field.choices).get(value, value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Model):  # a picture, a clip, a unit: two may bear the same name
        return f"{value} (#{value.pk})"
    return as_text(value)
