"""The cards an item is made of: one block for every kind that a plugin brings, and one that keeps what no plugin brings
any more. Which kinds there are is asked when a form or a value needs it, never at import and never in a migration."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.fields import StreamField

from cms.content.card_blocks import card_block
from cms.plugin_host.host import Host, Problem, get_host

log = logging.getLogger("bangtin.content")
UNKNOWN = "_unknown"  # no kind of a plugin starts so
MAX_CARDS = 20


class KeptInput(forms.HiddenInput):
    """Carries a card of an unknown kind through a form, and says what it is."""

    input_type = "hidden"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        said = _(
            "No plugin that is switched on brings this kind of card. It is kept as it was; it cannot be edited or drawn. "
            "Switch the plugin on again, or remove the card."
        )
        return format_html(
            '{}<p class="bt-note bt-note--warning">{}</p>', super().render(name, value, attrs, renderer), said
        )


class UnknownCard(blocks.FieldBlock):
    """A card of a kind that nobody brings: `{"kind": …, "value": …}`, kept as it was stored."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.CharField(widget=KeptInput(), required=False)
        super().__init__(**kwargs)

    def value_for_form(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def value_from_form(self, value: Any) -> Any:
        try:
            found = json.loads(value or "")
        except ValueError:
            found = None
        return found if isinstance(found, dict) and isinstance(found.get("kind"), str) else {"kind": "", "value": None}

    class Meta:
        icon = "warning"
        label = gettext_lazy("Card of an unknown kind")


class CardStreamBlock(blocks.StreamBlock):
    """All kinds of cards of this process's plugins."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        self._lock = threading.Lock()
        self._made: tuple[Host, dict[str, blocks.Block]] | None = None
        super().__init__(local_blocks, **kwargs)

    @property
    def child_blocks(self) -> dict[str, blocks.Block]:
        """Blocks by kind, made when first asked for and again when plugins were loaded anew."""
        host = get_host()
        with self._lock:
            if self._made is None or self._made[0] is not host:
                self._made = host, _kinds(host)
            return self._made[1]

    @child_blocks.setter
    def child_blocks(self, value: Any) -> None:
        """Wagtail hands over the blocks written into the class: none."""

    def ordered_child_blocks(self) -> Iterable[blocks.Block]:
        """Those an editor may add."""
        return [one for one in self.child_blocks.values() if one.name != UNKNOWN]

    def to_python(self, value: Any) -> Any:
        """Wagtail drops what it does not know; here it becomes a card of an unknown kind."""
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except ValueError:
                return self.empty_value(raw_text=value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            known = self.child_blocks
            value = [one if one["type"] in known else _kept(one) for one in value]
        return super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        """As it is stored: a card of an unknown kind under its own name."""
        return [_released(one) for one in super().get_prep_value(value)]

    class Meta:
        max_num = MAX_CARDS


def _kinds(host: Host) -> dict[str, blocks.Block]:
    found: dict[str, blocks.Block] = {}
    for kind, template in host.card_templates().items():
        try:
            found[kind] = card_block(template)
        except Exception as error:  # a plugin's form must not close everyone's editor
            host.keep(Problem(kind, "bangtin_card_templates", f"The form of “{kind}” cannot be made: {error}"), error)
            continue
        found[kind].set_name(kind)
    found[UNKNOWN] = UnknownCard()
    found[UNKNOWN].set_name(UNKNOWN)
    return found


def _kept(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "type": UNKNOWN, "value": {"kind": stored["type"], "value": stored.get("value")}}


def _released(stored: dict[str, Any]) -> dict[str, Any]:
    if stored["type"] != UNKNOWN:
        return stored
    return {**stored, "type": stored["value"]["kind"] or UNKNOWN, "value": stored["value"]["value"]}


class CardsField(StreamField):
    """The cards of an item. Its migrations name no block, so that a plugin with a new kind needs none."""

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        super().__init__(CardStreamBlock() if block_types is None else block_types, **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super(StreamField, self).deconstruct()
        return name, path, [], kwargs
