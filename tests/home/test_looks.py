"""The emblem and the colours of one's own province."""

from __future__ import annotations

import re

import pytest

from cms.home import looks
from renderers.colour import contrast

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{}</svg>'


@pytest.mark.django_db
def test_people_of_a_province_see_its_emblem_and_colours(client_for, editor):
    client = client_for(editor)
    answer = client.get("/admin/")
    assert answer.status_code == 200, answer.get("Location")
    page = answer.content.decode()
    assert 'src="/admin/look/an_giang.svg"' in page
    assert 'href="/admin/look/an_giang.css"' in page
    emblem, colours = client.get("/admin/look/an_giang.svg"), client.get("/admin/look/an_giang.css")
    assert (emblem["Content-Type"], colours["Content-Type"]) == ("image/svg+xml", "text/css")
    assert "sandbox" in emblem["Content-Security-Policy"]
    assert re.search(r"--w-color-primary-hue: \d+;", colours.content.decode())


@pytest.mark.django_db
def test_whoever_looks_after_all_provinces_sees_the_houses_own(client_for, administrator):
    assert "/admin/look/" not in client_for(administrator).get("/admin/").content.decode()


@pytest.mark.django_db
def test_an_unknown_province_has_no_look(client_for, editor):
    for kind in ("css", "svg"):
        assert client_for(editor).get(f"/admin/look/atlantis.{kind}").status_code == 404


@pytest.mark.parametrize("code", ["an_giang", "cao_bang", "lang_son"])
@pytest.mark.django_db
def test_white_text_is_read_on_every_provinces_colours(code):
    look = looks.look_of(code)
    assert look is not None
    assert look.emblem
    assert contrast(looks._rgb(look.ground), looks.WHITE) >= 7
    assert contrast(looks._rgb(look.accent), looks.WHITE) >= 4.5


@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 255, 0), (0, 255, 255), (200, 200, 200), (0, 0, 0)])
def test_however_light_a_colour_is_it_is_darkened_until_it_serves(colour):
    assert contrast(looks._rgb(looks.legible(colour, 4.5)), looks.WHITE) >= 4.5


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path d="M0 0" onload="alert(1)"/>',
        '<rect style="fill:url(https://x.example/)"/>',
        '<rect fill="url(https://x.example/)"/>',
        "<foreignObject/>",
        '<image href="https://x.example/x.png"/>',
        '<use href="#x"/>',
        '<animate attributeName="x"/>',
    ],
)
def test_an_emblem_is_shapes_and_colours_and_nothing_else(inside):
    assert looks.sound(SVG.format('<circle cx="1" cy="1" r="1" fill="#fff"/>').encode())
    assert not looks.sound(SVG.format(inside).encode())


def test_neither_entities_nor_size_nor_other_documents_come_in():
    assert not looks.sound(b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<title>&a;</title>").encode())
    assert not looks.sound(SVG.format("<title>" + "x" * 20_000 + "</title>").encode())
    assert not looks.sound(b"<html/>")
    assert not looks.sound(b"no picture")
