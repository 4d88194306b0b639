"""Our translations: compiled when stale, and checked for completeness without GNU gettext.

`python -m cms.runtime.translations check` fails when a string of the user interface lacks its Vietnamese;
`… update` adds what is missing to each part's `.po`, to be filled in; `… compile` makes the `.mo` files."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
FIRST_LANGUAGE = "vi"
FUNCTIONS = {  # name → positions of msgid, plural, context
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
}
_CALL = re.compile(r"\b(?:n?p?gettext|_)\(")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A string to be translated, and where it first occurs."""

    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.context


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to put right: the place, and what is wrong there."""

    place: str
    error: str


def catalogues(root: Path = ROOT) -> Iterator[Path]:
    """Our `.po` files."""
    for top in ("cms", "plugins", "renderers"):
        yield from sorted((root / top).rglob("locale/**/LC_MESSAGES/*.po"))


def compile_stale(root: Path = ROOT) -> int:
    """Make each `.mo` that is missing or older than its `.po`; return how many were made."""
    made = 0
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        temporary = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(temporary))
        temporary.replace(target)
        made += 1
    return made


def messages(folder: Path) -> tuple[dict[Message, str], list[Fault]]:
    """Strings in the Python and template files under a folder, each with its first place, and calls that cannot be read."""
    found: dict[Message, str] = {}
    faults: list[Fault] = []
    for path in sorted(
        [*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]
    ):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        calls = _python(text) if path.suffix == ".py" else _template(text, str(path))
        for line, call in calls:
            place = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}"
            message = _message(call)
            if message is not None:
                found.setdefault(message, place)
            elif any(isinstance(one, (ast.JoinedStr, ast.BinOp)) for one in call.args):
                faults.append(Fault(place, "the string to be translated is put together, so no catalogue can hold it"))
            # A name or a subscript stands for a string that is marked where it is written (gettext_noop).
    return found, faults


def _python(text: str) -> Iterator[tuple[int, ast.Call]]:
    """Calls by whatever name a file imports a function under."""
    nodes = list(ast.walk(ast.parse(text)))
    names = {name: name for name in FUNCTIONS}
    for one in nodes:
        if isinstance(one, ast.ImportFrom) and one.module == "django.utils.translation":
            names |= {alias.asname: alias.name for alias in one.names if alias.asname and alias.name in FUNCTIONS}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args:
            node.func.id = names[node.func.id]
            yield node.lineno, node


def _template(text: str, origin: str) -> Iterator[tuple[int, ast.Call]]:
    from django.utils.translation.template import templatize

    flat = templatize(text, origin=origin)
    for found in _CALL.finditer(flat):
        for end in re.finditer(r"\)", flat[found.start() : found.start() + 4000]):
            try:
                node = ast.parse(flat[found.start() : found.start() + end.end()], mode="eval").body
            except (SyntaxError, ValueError):
                continue
            if isinstance(node, ast.Call) and node.args:
                yield flat.count("\n", 0, found.start()) + 1, node
            break


def _message(call: ast.Call) -> Message | None:
    assert isinstance(call.func, ast.Name)  # noqa: S101
    values: list[str] = []
    for position in FUNCTIONS[call.func.id]:
        if position is None:
            values.append("")
            continue
        argument = call.args[position] if position < len(call.args) else None
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None
        values.append(argument.value)
    return Message(*values)


def parts(root: Path = ROOT) -> list[Path]:
    """Folders that keep their own translations: each app."""
    return sorted(one.parent for one in (root / "cms").glob("*/apps.py"))


def check(root: Path = ROOT, language: str = FIRST_LANGUAGE) -> list[Fault]:
    """Every string without a translation, every translation that is empty, fuzzy or of other placeholders, and what two catalogues
    translate differently: Django shows one of them everywhere."""
    translated: set[tuple[str, str]] = set()
    faults = list(_contradictions(root, language))
    for path, entry in _entries(root, language):
        if path.stem == "django":  # what only scripts say does not reach Python and templates
            translated.add((entry.msgid, entry.msgctxt or ""))
        place = f"{path.relative_to(root)}:{entry.linenum}"
        if "fuzzy" in entry.flags or not _filled(entry):
            faults.append(Fault(place, f"“{entry.msgid}” has no translation"))
        elif not _same_placeholders(entry):
            faults.append(Fault(place, f"“{entry.msgid}”: the placeholders differ"))
    for part in [*parts(root), root / "cms" / "settings"]:
        found, unreadable = messages(part)
        faults += unreadable
        faults += [
            Fault(
                place, f"“{message.id}” is in no {language} catalogue; run: python -m cms.runtime.translations update"
            )
            for message, place in found.items()
            if message.key not in translated
        ]
    return faults


def _entries(root: Path, language: str) -> Iterator[tuple[Path, polib.POEntry]]:
    for path in catalogues(root):
        if path.parts[-3] == language:
            yield from ((path, entry) for entry in polib.pofile(str(path)) if not entry.obsolete)


def _contradictions(root: Path, language: str) -> Iterator[Fault]:
    """Strings of ours that another catalogue translates differently. Packages may differ among themselves."""
    first: dict[tuple[str, str], tuple[Path, polib.POEntry]] = {}
    for path, entry in _entries(root, language):
        if path.stem != "django":
            continue
        where, other = first.setdefault((entry.msgid, entry.msgctxt or ""), (path, entry))
        packages = all(one.is_relative_to(root / "cms" / "locale") for one in (where, path))
        if _said(other) != _said(entry) and not packages:
            yield Fault(
                f"{path.relative_to(root)}:{entry.linenum}",
                f"“{entry.msgid}” is “{_said(entry)}”, but “{_said(other)}” in {where.relative_to(root)}; a page shows one of "
                "them everywhere: let them agree, or give one a context",
            )


def _said(entry: polib.POEntry) -> str:
    return " / ".join(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr


def _filled(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}|%[sd]")


def _same_placeholders(entry: polib.POEntry) -> bool:
    def held(text: str) -> list[str]:
        return sorted(found.group() for found in _PLACEHOLDER.finditer(text))

    if entry.msgid_plural:
        return all(set(held(one)) <= set(held(entry.msgid_plural)) for one in entry.msgstr_plural.values())
    # A translation may leave out a named value that its language does not need, never one that goes by its place.
    wanted, given = held(entry.msgid), held(entry.msgstr)
    named = all(one not in ("%s", "%d", "{}") for one in wanted)
    return set(given) <= set(wanted) if named else given == wanted


def update(root: Path = ROOT, language: str = FIRST_LANGUAGE) -> int:
    """Add each missing string, untranslated, to the catalogue of its part; return how many were added."""
    have = {
        (entry.msgid, entry.msgctxt or "")
        for path in catalogues(root)
        if path.parts[-3] == language and path.stem == "django"
        for entry in polib.pofile(str(path))
    }
    added = 0
    for part in parts(root):
        wanted = [(one, place) for one, place in messages(part)[0].items() if one.key not in have]
        if not wanted:
            continue
        path = part / "locale" / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.pofile(str(path)) if path.exists() else new_catalogue(language)
        for message, _place in wanted:
            entry = polib.POEntry(msgid=message.id, msgctxt=message.context or None)
            if message.plural:
                entry.msgid_plural, entry.msgstr_plural = message.plural, {0: ""}
            catalogue.append(entry)
            have.add(message.key)
            added += 1
        catalogue.save(str(path))
    return added


def new_catalogue(language: str = FIRST_LANGUAGE) -> polib.POFile:
    """An empty catalogue; Vietnamese has one form for any number."""
    made = polib.POFile()
    made.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return made


def main(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else ""
    if verb == "check":
        from cms.runtime import package_catalogues

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
        faults = [*check(), *package_catalogues.check()]
        for fault in faults:
            print(f"{fault.place}: {fault.error}")
        return 1 if faults else 0
    if verb == "update":
        print(f"{update()} added")
        return 0
    if verb == "compile":
        compile_stale()
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
