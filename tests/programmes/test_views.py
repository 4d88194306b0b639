"""A face at any moment, in the admin."""

from __future__ import annotations

import io

from django.urls import reverse
from PIL import Image

AT = "2027-01-04T08:00:03+07:00"


def face(letter: str = "a", slug: str = "tinh-bien") -> str:
    return reverse("programmes:face", args=(slug, letter))


def test_the_picture_of_a_face_is_exact_and_not_sent_twice(client_for, editor, slot, theme_approval):
    client = client_for(editor)
    response = client.get(face(), {"at": AT})
    assert response["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(response.content)).size == (256, 192)
    again = client.get(face(), {"at": AT}, headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    small = client.get(face(), {"at": AT, "width": "64"})
    assert Image.open(io.BytesIO(small.content)).size == (64, 48)


def test_only_the_people_of_the_province_see_its_faces(client_for, client, outsider, slot, theme_approval):
    assert client_for(outsider).get(face(), {"at": AT}).status_code == 302
    assert client.get(face(), {"at": AT}).status_code == 302


def test_what_is_not_there_is_said(client_for, editor, slot, theme_approval):
    client = client_for(editor)
    assert client.get(face("d")).status_code == 404
    assert client.get(face(slug="nowhere")).status_code == 404
    assert client.get(face(), {"at": "noon"}).status_code == 400
