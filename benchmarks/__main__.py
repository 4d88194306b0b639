"""`make bench [NAME=x]`: runs `benchmarks/<name>.py`, each of which prints JSON lines `{name, value, unit, goal, holds}`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NEEDED = {"name", "value", "unit", "goal", "holds"}


def names() -> list[str]:
    """Every benchmark there is."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(name: str) -> bool:
    """Run one in a process of its own, pass its lines on; False when it failed or a goal is missed."""
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    well = done.returncode == 0
    for line in done.stdout.splitlines():
        print(line, flush=True)
        try:
            result = json.loads(line)
        except ValueError:
            result = None
        if not isinstance(result, dict) or not result.keys() >= NEEDED:
            print(f"{name}: this line is not a result with {', '.join(sorted(NEEDED))}", file=sys.stderr)
            well = False
        elif not result["holds"]:
            well = False
    return well


def main(wanted: list[str]) -> int:
    for name in wanted:
        if name not in names():
            print(f"No benchmark {name!r}. There are: {', '.join(names())}", file=sys.stderr)
            return 2
    return 0 if not [name for name in wanted or names() if not run(name)] else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
