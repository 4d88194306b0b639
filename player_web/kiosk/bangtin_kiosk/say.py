"""Lines for people on a terminal and in the journal: Vietnamese first, then English."""

from __future__ import annotations

import sys
from typing import TextIO


class Stop(Exception):
    """Something the person at the terminal must put right; the command ends with this exit code."""

    def __init__(self, vi: str, en: str, code: int = 1) -> None:
        super().__init__(en)
        self.vi, self.en, self.code = vi, en, code


def say(vi: str, en: str, file: TextIO | None = None) -> None:
    """One line in each language."""
    print(vi, en, sep="\n", file=file or sys.stdout, flush=True)


def note(vi: str, en: str) -> None:
    """One line for the journal."""
    print(f"{vi} / {en}", file=sys.stderr, flush=True)
