"""The Vietnamese of packages: what theirs lacks stands in `cms/locale/<package>/`, which wins over the packages' own.

`python -m cms.runtime.package_catalogues update` adds what a package shows and nobody has translated, to be filled in;
`… upstream FOLDER` writes each package's Vietnamese `.po` made whole, as its maintainers take it. That none is missing is
checked by `python -m cms.runtime.translations check`, so that an upgrade of a package cannot bring English back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib
from django.conf import settings

from cms.runtime.translations import FIRST_LANGUAGE, Fault, new_catalogue

LOCALES = Path(__file__).resolve().parents[1] / "locale"
PACKAGES = ("wagtail", "wagtail_localize", "wagtailmedia", "allauth", "taggit", "django")
"""Whose pages we show. The order says whose file a string goes to that two of them have."""
DJANGO_SAYS = (
    "forms/",
    "core/",
    "utils/",
    "db/models/",
    "contrib/auth/forms.py",
    "contrib/auth/password_",
    "contrib/auth/validators",
)
"""Django's files whose words reach people: what is wrong with a form, how long ago. The rest is for those who develop."""
DOMAINS = ("django", "djangojs")

Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue of a package: its English one names all of its strings."""

    package: str
    domain: str
    folder: Path

    def path(self, language: str) -> Path:
        """Of one language's file, which need not exist."""
        return self.folder / language / "LC_MESSAGES" / f"{self.domain}.po"

    def shown(self) -> Iterator[polib.POEntry]:
        """Strings of what is installed of the package."""
        for entry in polib.pofile(str(self.path("en"))):
            if not entry.obsolete and _installed(self.package, entry):
                yield entry


def _installed(package: str, entry: polib.POEntry) -> bool:
    """allauth has one catalogue for all of its apps, Django one for most of itself; each entry names the files that say it."""
    if package == "django":
        return any(place.startswith(DJANGO_SAYS) for place, _line in entry.occurrences)
    if package != "allauth":
        return True
    folders = {place.partition("/")[0] for place, _line in entry.occurrences}
    parts = {app.partition(".")[2] or "core" for app in settings.INSTALLED_APPS if app.partition(".")[0] == package}
    return bool(folders & (parts | {"templates", "decorators.py", "utils.py"})) or not folders


def key(entry: polib.POEntry) -> Key:
    """What gettext finds it by; what has a plural is another string than what has none."""
    return entry.msgid, entry.msgctxt or "", bool(entry.msgid_plural)


@cache
def _folder(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(module)
    return Path(spec.origin).parent


def sources() -> Iterator[Source]:
    """The English catalogues of all installed apps of the packages, in their order."""
    for package in PACKAGES:
        modules = {app: app for app in settings.INSTALLED_APPS if app.partition(".")[0] == package}
        if package == "wagtail":
            modules["wagtail.users"] = "wagtail.users"  # installed by a configuration of ours
        if package == "django":
            modules["django.conf"] = "django.conf"
        for module in sorted(modules):
            for domain in DOMAINS:
                source = Source(package, domain, _folder(module) / "locale")
                if source.path("en").exists():
                    yield source


def translations(domain: str, language: str = FIRST_LANGUAGE) -> dict[Key, polib.POEntry]:
    """What the catalogues of a domain say in a language: Django's, the packages' own, and ours, which win."""
    django = _folder("django")
    folders = [django / "conf" / "locale", *django.glob("contrib/*/locale"), *(one.folder for one in sources())]
    files = [folder / language / "LC_MESSAGES" / f"{domain}.po" for folder in folders]
    files += LOCALES.parent.glob(f"**/locale/**/{language}/LC_MESSAGES/{domain}.po")
    return {
        key(entry): entry
        for path in files
        if path.exists()
        for entry in polib.pofile(str(path))
        if not entry.obsolete and "fuzzy" not in entry.flags and (entry.msgstr or any(entry.msgstr_plural.values()))
    }


def missing(language: str = FIRST_LANGUAGE) -> Iterator[tuple[Source, polib.POEntry]]:
    """Each string that would be shown in English, once, and where it comes from."""
    have = {domain: set(translations(domain, language)) for domain in DOMAINS}
    for source in sources():
        for entry in source.shown():
            if key(entry) not in have[source.domain]:
                have[source.domain].add(key(entry))
                yield source, entry


def ours(package: str, domain: str, language: str = FIRST_LANGUAGE) -> Path:
    """Where what a package lacks is written down."""
    return LOCALES / package / language / "LC_MESSAGES" / f"{domain}.po"


def check(language: str = FIRST_LANGUAGE) -> list[Fault]:
    """What a package shows that nobody has translated, and what we translate that no package shows any more."""
    faults = [
        Fault(
            f"{source.package}, {source.domain}",
            f"“{entry.msgid}” has no translation; run: python -m cms.runtime.package_catalogues update",
        )
        for source, entry in missing(language)
    ]
    shown: dict[tuple[str, str], set[Key]] = {}
    for source in sources():
        shown.setdefault((source.package, source.domain), set()).update(key(entry) for entry in source.shown())
    for (package, domain), known in shown.items():
        path = ours(package, domain, language)
        if path.exists():
            faults += [
                Fault(
                    f"{path.relative_to(LOCALES.parents[1])}:{entry.linenum}",
                    f"“{entry.msgid}” is shown by {package} no more",
                )
                for entry in polib.pofile(str(path))
                if not entry.obsolete and key(entry) not in known
            ]
    return faults


def update(language: str = FIRST_LANGUAGE) -> int:
    """Add what is missing, untranslated, to our files; return how many were added."""
    added = 0
    for source, entry in list(missing(language)):
        path = ours(source.package, source.domain, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.pofile(str(path)) if path.exists() else new_catalogue(language)
        if any(key(one) == key(entry) for one in catalogue):
            continue
        catalogue.append(_empty(entry))
        catalogue.save(str(path))
        added += 1
    return added


def _empty(entry: polib.POEntry) -> polib.POEntry:
    made = polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, flags=[one for one in entry.flags if one != "fuzzy"])
    if entry.msgid_plural:
        made.msgid_plural, made.msgstr_plural = entry.msgid_plural, {0: ""}
    return made


def upstream(target: Path, language: str = FIRST_LANGUAGE) -> int:
    """Write each package's file made whole: its own translations, then what is said here where it has none; return how many were filled in."""
    filled = 0
    said = {domain: translations(domain, language) for domain in DOMAINS}
    for source in sources():
        own = source.path(language)
        theirs = {key(entry): entry for entry in polib.pofile(str(own))} if own.exists() else {}
        made = polib.pofile(str(source.path("en")))
        made.metadata = {**made.metadata, **new_catalogue(language).metadata}
        for entry in made:
            known = theirs.get(key(entry))
            if known is None or not known.translated():
                known = said[source.domain].get(key(entry), known)
                filled += known is not None and known.translated()
            entry.flags = [one for one in entry.flags if one != "fuzzy"]
            entry.msgstr = known.msgstr if known else ""
            if entry.msgid_plural:
                entry.msgstr_plural = dict(known.msgstr_plural) if known and known.msgstr_plural else {0: ""}
        file = target / source.package / source.path(language).relative_to(_folder(source.package))
        file.parent.mkdir(parents=True, exist_ok=True)
        made.save(str(file))
    return filled


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.development")
    verb = arguments[0] if arguments else ""
    if verb == "update":
        print(f"{update()} added")
        return 0
    if verb == "upstream" and len(arguments) == 2:
        print(f"{upstream(Path(arguments[1]))} filled in")
        return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
