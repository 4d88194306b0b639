"""Shelves, real pictures and clips, and items to draw."""

from __future__ import annotations

from tests.content.makers import *  # noqa: F403
