"""The list of the player's own scripts in its page, so that a browser fetches all of them at once.

    python -m cms.runtime.preloads          says whether the list is right
    python -m cms.runtime.preloads write    makes it so

A browser learns what a module imports only when it has read it; with modules that import modules, a start waits eight times in a row
for what lies on its own disk. The page names them all (HTML, `modulepreload`), the nearest to `main.js` first.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PLAYER = Path(__file__).parents[2] / "player_web"
ENTRY = Path("src/main.js")
_IMPORT = re.compile(r"""^(?:(?:import|export)\b[^;"']*?\bfrom\s*|import\s*)["'](\.[^"']+)["']""", re.M)
_LINES = re.compile(r"""(?:[ \t]*<link rel="modulepreload"[^>]*>\n)*(?=[ \t]*</head>)""")


def imported(player: Path = PLAYER) -> list[Path]:
    """All that `main.js` imports, and what that imports, relative to `player`; breadth first, the entry left out."""
    found = [ENTRY]
    for module in found:
        folder = (player / module).parent
        for name in _IMPORT.findall((player / module).read_text(encoding="utf-8")):
            one = (folder / name).resolve().relative_to(player.resolve())
            if one not in found:
                found.append(one)
    return found[1:]


def page(player: Path = PLAYER) -> str:
    """The player's page with the list that is right."""
    lines = "".join(
        f'    <link rel="modulepreload" href="./{{{{version}}}}/{module.as_posix()}">\n' for module in imported(player)
    )
    text = (player / "index.html").read_text(encoding="utf-8")
    return _LINES.sub(lambda _: lines, text, count=1)


def main(task: str = "check") -> int:
    """0: the list is right."""
    right = page()
    path = PLAYER / "index.html"
    if path.read_text(encoding="utf-8") == right:
        return 0
    if task == "write":
        path.write_text(right, encoding="utf-8")
        return 0
    print("player_web/index.html does not name the scripts that it needs: python -m cms.runtime.preloads write")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
