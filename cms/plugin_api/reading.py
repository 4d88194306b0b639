"""For `Feed.parse`: documents of others, read without doing what they ask for."""

from __future__ import annotations

import json as stdlib_json
import re
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

DEEPEST = 64
_PLAIN = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_COMMAS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def xml(data: bytes) -> Element:
    """The root of an XML document. A document type, and with it every entity of its own, is refused: it could make
    a page of a line, or ask for files. Raises ValueError."""
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError("The document is nested too deeply.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> None:
        raise ValueError("The document declares a type or entities of its own, which is refused.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"It is no XML: {error}.") from error
    root: Element = builder.close()
    return root


def json(data: bytes) -> Any:
    """A JSON document; numbers that JSON does not know (NaN, Infinity) are refused. Raises ValueError."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no number.")

    try:
        return stdlib_json.loads(data, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("The document is nested too deeply.") from error


def number(text: str) -> float:
    """A number as programs write it, with a point and maybe commas between thousands: 25450, 25,450.00, -3.5. Raises
    ValueError: "-" or "" is no number."""
    plain = text.strip()
    if _COMMAS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN.fullmatch(plain):
        raise ValueError(f"“{text[:40]}” is no number.")
    return float(plain)
