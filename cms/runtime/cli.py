"""`bangtin`: the project's `manage.py`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command; without one, show what there is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
    from django.core.management import execute_from_command_line

    name = sys.argv[1:2]
    if name and not name[0].startswith("-"):
        name = [name[0].replace("-", "_")]  # a module's name has no hyphen: `contact-sheet` is `contact_sheet`
    execute_from_command_line([*sys.argv[:1], *name, *sys.argv[2:]])
