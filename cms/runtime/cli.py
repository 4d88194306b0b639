"""`bangtin`: the project's `manage.py`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command; without one, show what there is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
