"""The guide: read inside the instance, whole, and one step from every page."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse

from cms.home import guide

pytestmark = pytest.mark.django_db
PAGES = {
    "wagtailadmin_home": "README",
    "content:items": "translation",
    "content:translations": "translation",
    "content:glossary": "translation",
    "content:new": "writing",
    "content:working": "translation",
    "library:list": "media",
    "library:upload": "media",
    "wagtailimages:add_multiple": "media",
    "content_requests:index": "requests",
    "approval:delegations": "workflow",
    "programmes:balance": "programmes",
    "programmes:calendar": "programmes",
    "wagtailsnippets_programmes_programme:list": "programmes",
    "wagtailsnippets_programmes_programme:add": "programmes",
    "wagtailusers_users:index": "people",
    "accounts:audit": "people",
    "players:index": "README",
    "releases:index": "README",
    "alerts:index": "README",
    "reports:obligations": "README",
}


def links_in(page: str) -> list[str]:
    return re.findall(r'class="bh-guide-link" href="([^"]+)"', page)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_the_part_that_tells_of_it(client_for, administrator, shelves, name):
    answer = client_for(administrator).get(reverse(name))
    assert answer.status_code == 200
    assert links_in(answer.content.decode()) == [guide.address_of(PAGES[name])]


def test_so_does_the_form_of_an_item(client_for, contributor, make_item):
    page = make_item("Chợ", by=contributor)
    answer = client_for(contributor).get(reverse("wagtailadmin_pages:edit", args=(page.pk,)))
    assert links_in(answer.content.decode()) == ["/admin/guide/writing/"]


@pytest.mark.parametrize("part", ["README", *guide.parts()])
def test_each_part_is_whole_and_in_vietnamese_alone(client_for, contributor, part):
    client = client_for(contributor)
    answer = client.get(guide.address_of(part))
    assert answer.status_code == 200
    text = answer.content.decode().split('<article class="bh-guide__text"', 1)[1].split("</article>")[0]
    assert "For engineers" not in text
    assert "English" not in text
    assert ".md" not in text
    for address in re.findall(r'(?:href|src)="(/[^"]+)"', text):
        assert client.get(address).status_code == 200, address


def test_every_part_is_named_on_the_first_page():
    assert set(re.findall(r"\((\w+)\.md\)", (guide.FOLDER / "README.md").read_text("utf-8"))) >= set(guide.parts())
    assert {part for _prefix, part in guide.PARTS} <= set(guide.parts())


def test_pictures_are_small_and_each_is_shown_somewhere():
    shown = set(
        re.findall(
            r"pictures/editing/([\w-]+\.webp)", "".join(one.read_text("utf-8") for one in guide.FOLDER.glob("*.md"))
        )
    )
    kept = {one.name: one.stat().st_size for one in guide.PICTURES.glob("*")}
    assert shown == set(kept)
    assert {name: size for name, size in kept.items() if size >= 150_000} == {}


def test_nothing_but_its_pictures_is_served_and_only_to_people_of_the_house(client, client_for, contributor):
    for name in ("make.py", "none.webp"):
        assert client_for(contributor).get(f"/admin/guide/pictures/{name}").status_code == 404
    assert client_for(contributor).get("/admin/guide/secrets/").status_code == 404
    assert client.get("/admin/guide/").status_code == 302
    assert settings.ROOT in guide.FOLDER.parents
