"""Does an instance run on a data folder? `bangtin up` holds a record lock on `run/lock` while it does."""

from __future__ import annotations

import fcntl
from pathlib import Path


def is_running(data: Path) -> bool:
    path = data / "run" / "lock"
    try:
        with path.open("a+") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
