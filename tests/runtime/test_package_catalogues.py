"""What the packages say is Vietnamese, and an upgrade that brings new English is noticed."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from cms.runtime import package_catalogues as packages


def test_every_string_that_the_packages_show_is_translated() -> None:
    counted = {one.package: 0 for one in packages.sources()}
    for source in packages.sources():
        counted[source.package] += sum(1 for _ in source.shown())
    assert set(counted) == set(packages.PACKAGES)
    assert counted["wagtail"] > 1200  # the check reads what it should
    assert counted["allauth"] > 200
    assert packages.check() == []


def test_a_string_that_an_upgrade_brings_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = next(packages.sources())
    grown = polib.pofile(str(source.path("en")))
    grown.append(polib.POEntry(msgid="Teleport this page"))
    copy = packages.Source(source.package, source.domain, tmp_path)
    copy.path("en").parent.mkdir(parents=True)
    grown.save(str(copy.path("en")))
    monkeypatch.setattr(packages, "sources", lambda real=packages.sources: iter([*real(), copy]))
    assert [one.error for one in packages.check() if "Teleport this page" in one.error]


def test_what_a_package_shows_no_more_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = packages.ours("taggit", "django")
    grown = polib.pofile(str(kept))
    grown.append(polib.POEntry(msgid="Gone with the last version", msgstr="Đã bỏ"))
    real = packages.ours

    def ours(package: str, domain: str, language: str = "vi") -> Path:
        return tmp_path / "x.po" if package == "taggit" else real(package, domain, language)

    grown.save(str(tmp_path / "x.po"))
    monkeypatch.setattr(packages, "ours", ours)
    monkeypatch.setattr(packages, "LOCALES", tmp_path / "a" / "b")
    (tmp_path / "a").mkdir()
    assert [one.error for one in packages.check() if "Gone with the last version" in one.error]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [("Publish", "Xuất bản"), ("Sign Out", "Đăng xuất"), ("Translate this page", "Dịch")],
)
def test_ours_wins_over_the_packages_own(english: str, vietnamese: str) -> None:
    with translation.override("vi"):
        assert gettext(english).startswith(vietnamese)
        assert ngettext("There is %(counter)s match", "There are %(counter)s matches", 3).startswith("Có")


def test_the_maintainers_get_whole_files(tmp_path: Path) -> None:
    assert packages.upstream(tmp_path) > 1000
    written = sorted(tmp_path.rglob("*.po"))
    assert len(written) == len(list(packages.sources()))
    for path in written:
        made = polib.pofile(str(path))
        assert made.metadata["Language"] == "vi"
        shown = {packages.key(one) for source in packages.sources() for one in source.shown()}
        missing = [one.msgid for one in made if packages.key(one) in shown and not one.translated()]
        assert missing == [], path
