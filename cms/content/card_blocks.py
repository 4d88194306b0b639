"""A card's form, made from the fields of its template: one block for each kind of field, whoever brings the template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import VideoChooserBlock

from cms.content import live
from cms.content.tables import RowsBlock
from cms.places import streams
from cms.plugin_api.types import CardField, CardTemplate, Text

MAX_PICTURES, MAX_LIVE = 8, 8
LEAST_SECONDS, MOST_SECONDS = 3, 600
MEDIA_NAMES = {"picture": "picture", "clip": "clip"}
"""What an item stores a card's `media` under, by the kind of field."""
TRANSITIONS = (
    ("", _("Cross-fade")),
    ("slide", _("Slide in from the right")),
    ("wipe", _("Wipe from the left")),
    ("cut", _("Cut, without a transition")),
)
LIVE_KINDS = (
    ("clock", _("Clock")),
    ("date", _("Date")),
    ("lunar", _("Vietnamese lunar date")),
    ("countdown", _("Countdown to a moment")),
    ("value", _("Live value (rate, temperature …)")),
)


class Said:
    """A text of a plugin in the reader's language, looked up when it is shown."""

    def __init__(self, text: Text, *, capital: bool = False) -> None:
        self.text, self.capital = text, capital

    def __str__(self) -> str:
        said = self.text.vi if (get_language() or "vi").startswith("vi") else self.text.en
        return capfirst(said) if self.capital else said


def in_reader_language(text: Text, *, capital: bool = False) -> Any:
    """A lazy string, as Django's own translations are."""
    return lazystr(Said(text, capital=capital))


class AllowedServers:
    """Which servers may send live streams, asked when a form is shown."""

    def __str__(self) -> str:
        return streams.allowed_in_words()


class Untranslated:
    """A block that is the same in every language, so that wagtail-localize asks for nothing and copies it."""

    def get_translatable_segments(self, value: Any) -> list[Any]:
        return []


class WordsLine(blocks.CharBlock):
    """One line of words; never None."""

    def to_python(self, value: Any) -> str:
        return str(value or "")

    class Meta:
        default = ""


class WordsText(blocks.TextBlock):
    """Running text; never None."""

    def to_python(self, value: Any) -> str:
        return str(value or "")

    class Meta:
        default = ""


class FixedLine(Untranslated, WordsLine):
    pass


class FixedText(Untranslated, WordsText):
    pass


class Address(Untranslated, blocks.URLBlock):
    def to_python(self, value: Any) -> str:
        return str(value or "")

    class Meta:
        default = ""


class StreamAddress(Untranslated, blocks.URLBlock):
    """The address of a live stream, on a server that administrators allow."""

    def to_python(self, value: Any) -> str:
        return str(value or "")

    def clean(self, value: Any) -> Any:
        """Raises a ValidationError that says what to do."""
        cleaned = super().clean(value)
        if cleaned and (said := streams.problem_with(cleaned)):
            raise ValidationError(said)
        return cleaned

    class Meta:
        default = ""


class CaptionedPicture(blocks.StructBlock):
    """A picture of a gallery."""

    picture = ImageChooserBlock(label=_("Picture"))
    caption = WordsLine(required=False, max_length=120, label=capfirst(_("caption")))

    class Meta:
        icon = "image"
        label = _("Picture")


class LiveValue(blocks.StructBlock):
    """A row of live values."""

    of = blocks.ChoiceBlock(choices=LIVE_KINDS, default="clock", label=_("What it shows"))
    label = WordsLine(required=False, max_length=40, label=_("Words before it"))
    until = blocks.DateTimeBlock(
        required=False, label=_("Count down to"), help_text=_("Only for a countdown. Vietnamese time.")
    )
    name = blocks.ChoiceBlock(
        required=False, choices=live.names, label=_("Live value"), help_text=_("Only for a live value.")
    )
    unit = WordsLine(required=False, max_length=12, label=_("Unit"), help_text=_("For example °C or đ."))
    decimals = blocks.IntegerBlock(required=False, min_value=0, max_value=4, default=0, label=_("Decimals"))
    minutes = blocks.IntegerBlock(
        required=False,
        min_value=1,
        max_value=1440,
        label=_("Minutes it counts"),
        help_text=_("A value older than this is no longer shown; a dash takes its place. Empty: as its source says."),
    )

    class Meta:
        icon = "time"
        label = _("Live value")
        form_layout = blocks.BlockGroup(
            children=["of", "label", "until", "name"], settings=["unit", "decimals", "minutes"]
        )

    def clean(self, value: Any) -> Any:
        """Raises the error of a row whose source is missing, at its field."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            if cleaned["of"] == "countdown" and not cleaned["until"]:
                raise blocks.StructBlockValidationError(
                    {"until": ValidationError(_("Say which moment is counted down to."))}
                )
            if cleaned["of"] == "value" and not cleaned["name"]:
                raise blocks.StructBlockValidationError({"name": ValidationError(_("Choose the live value to show."))})
        return cleaned


class CardBlock(blocks.StructBlock):
    """A card of one kind; knows its template's fields by the names under which an item stores them."""

    def __init__(self, template: CardTemplate, **kwargs: Any) -> None:
        self.fields = {stored_name(one): one for one in template.fields}
        children = [(name, block_of(one)) for name, one in self.fields.items()]
        super().__init__([*children, *_common(template)], **kwargs)


def card_block(template: CardTemplate) -> CardBlock:
    """The form of a kind of card. Raises whatever a template's own values raise."""
    names = [stored_name(one) for one in template.fields]
    return CardBlock(
        template,
        icon=template.icon or "placeholder",
        label=in_reader_language(template.name, capital=True),
        group=group_of(template),
        form_layout=blocks.BlockGroup(children=names, settings=[name for name, _block in _common(template)]),
    )


def stored_name(field: CardField) -> str:
    """The name under which an item stores a field."""
    return MEDIA_NAMES[field.kind] if field.name == "media" else field.name


def group_of(template: CardTemplate) -> Any:
    """The heading under which editors find a kind of card."""
    kinds = {field.kind for field in template.fields if field.required or field.kind in ("live", "table", "pictures")}
    if kinds & {"live", "table", "url"}:
        return gettext_lazy("Tables, QR codes, live values")
    if kinds & {"picture", "pictures", "clip", "stream"}:
        return gettext_lazy("Pictures and clips")
    return gettext_lazy("Words")


def _common(template: CardTemplate) -> list[tuple[str, blocks.Block]]:
    """What every card has besides its own fields; how long a live stream is shown, its own field says in minutes."""
    streams_live = any(field.kind == "stream" for field in template.fields)
    common: list[tuple[str, blocks.Block]] = [
        (
            "seconds",
            blocks.IntegerBlock(
                required=False,
                min_value=LEAST_SECONDS,
                max_value=MOST_SECONDS,
                label=_("Time on the screen (seconds)"),
                help_text=_("Empty: as long as a passing reader needs. Clips last as long as they are."),
            ),
        ),
        (
            "transition",
            blocks.ChoiceBlock(
                required=False, choices=TRANSITIONS, default="", label=_("Transition"), help_text=_("How it comes in.")
            ),
        ),
    ]
    return common[1:] if streams_live else common


def block_of(field: CardField) -> blocks.Block:
    """The block of a field, labelled in the reader's language."""
    return _MAKERS[field.kind](field, _options(field))


def _options(field: CardField) -> dict[str, Any]:
    options: dict[str, Any] = {
        "required": field.required,
        "label": in_reader_language(field.label, capital=True),
    }
    if field.help is not None:
        options["help_text"] = in_reader_language(field.help)
    return options


Maker = Callable[[CardField, dict[str, Any]], blocks.Block]


def _line(field: CardField, options: dict[str, Any]) -> blocks.Block:
    kind = WordsLine if field.translated else FixedLine
    return kind(max_length=field.max_length or 200, default=field.default, **options)


def _text(field: CardField, options: dict[str, Any]) -> blocks.Block:
    kind = WordsText if field.translated else FixedText
    return kind(max_length=field.max_length or 1200, default=field.default, rows=3, **options)


def _stream(field: CardField, options: dict[str, Any]) -> blocks.Block:
    options.setdefault("help_text", lazystr(AllowedServers()))
    return StreamAddress(max_length=field.max_length or 450, default=field.default, **options)


def _choice(field: CardField, options: dict[str, Any]) -> blocks.Block:
    choices = [(value, in_reader_language(label)) for value, label in field.choices]
    return blocks.ChoiceBlock(choices=choices, default=field.default, **options)


def _pictures(field: CardField, options: dict[str, Any]) -> blocks.Block:
    least = 2 if options.pop("required") else 0
    return blocks.ListBlock(
        CaptionedPicture(), min_num=least, max_num=MAX_PICTURES, default=[{}] * least, collapsed=False, **options
    )


def _live(field: CardField, options: dict[str, Any]) -> blocks.Block:
    least = 1 if options.pop("required") else 0
    return blocks.ListBlock(LiveValue(), min_num=least, max_num=MAX_LIVE, **options)


def _table(field: CardField, options: dict[str, Any]) -> blocks.Block:
    how = _("Type into the cells, or copy cells in a spreadsheet and paste them into the first cell.")
    own = options.pop("help_text", None) or _("The first row is the head.")
    return RowsBlock(help_text=format_lazy("{} {}", how, own), **options)


_MAKERS: dict[str, Maker] = {
    "line": _line,
    "text": _text,
    "picture": lambda field, options: ImageChooserBlock(**options),
    "clip": lambda field, options: VideoChooserBlock(**options),
    "pictures": _pictures,
    "table": _table,
    "url": lambda field, options: Address(default=field.default, **options),
    "number": lambda field, options: blocks.DecimalBlock(
        default=Decimal(field.default) if field.default else None, **options
    ),
    "date": lambda field, options: blocks.DateBlock(format="%d/%m/%Y", **options),
    "moment": lambda field, options: blocks.DateTimeBlock(format="%d/%m/%Y %H:%M", **options),
    "choice": _choice,
    "live": _live,
    "stream": _stream,
}


def as_text(value: Any) -> str:
    """A field's value as cards carry it: numbers without trailing zeros, days and moments in ISO form."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
