"""`python -m cms.runtime …` is `bangtin …`, for children that must run in this very interpreter."""

from __future__ import annotations

from cms.runtime.cli import main

main()
