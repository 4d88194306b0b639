"""Programmes to item keys: nesting, feeds and shuffles unrolled. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cms.schedule.inputs import ProgrammeInput


def members(programmes: Mapping[str, ProgrammeInput], programme: str) -> tuple[str, ...]:
    """Every item that a programme can show, each once, in the order in which they first come up."""
    found: dict[str, None] = {}
    for entry in programmes[programme].entries:
        for key in (entry.item,) if entry.item else entry.feed:
            found.setdefault(key)
    return tuple(found)


def round_of(programmes: Mapping[str, ProgrammeInput], programme: str) -> tuple[str, ...]:
    """One round of a programme: the items in the order of their turns."""
    return tuple(
        key for entry in programmes[programme].entries for key in ((entry.item,) if entry.item else entry.feed)
    )
