"""Themes: an administrator sees the neutral pictures as they would stand on the faces, and approves exactly those."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from cms.approval.models import ThemeApproval
from cms.approval.services import approve_theme
from cms.content.assets import AssetStore
from cms.content.models import ProofAsset
from cms.places.services import geometry_of
from cms.plugin_api.types import Scene

pytestmark = pytest.mark.django_db
PAGE = "/admin/themes/national/"


def test_an_administrator_approves_a_theme_for_each_geometry(cluster, administrator):
    approve_theme("national", by=administrator)
    kept = ThemeApproval.objects.get()
    assert kept.geometry == geometry_of(cluster).id
    scene = Scene.from_json(kept.scene)
    assert sorted(scene.assets()) == kept.assets
    assert AssetStore().has(kept.assets)


def test_nobody_else_approves_a_theme_or_sees_its_pictures(cluster, administrator, approver, client_for):
    with pytest.raises(PermissionDenied):
        approve_theme("national", by=approver)
    shown = client_for(administrator).get(PAGE).context["shown"]
    other = client_for(approver)
    assert other.post(PAGE, {"shown": shown, "confirmed": "on"}).status_code == 302
    assert not ThemeApproval.objects.exists()
    asset = ProofAsset.objects.first()
    assert other.get(f"/admin/themes/pictures/{asset.sha256}/").status_code == 302


def test_the_pictures_that_were_shown_are_the_ones_approved(cluster, administrator, client_for, monkeypatch):
    browser = client_for(administrator)
    assert "▲" in browser.get("/admin/themes/").content.decode()
    page = browser.get(PAGE)
    (place,) = page.context["places"]
    pictures = sorted({face["layer"].asset for face in place["faces"]})
    assert not ThemeApproval.objects.exists()  # looking decides nothing
    for asset in pictures:
        address = f"/admin/themes/pictures/{asset}/"
        assert address in page.content.decode()
        assert b"".join(browser.get(address).streaming_content) == AssetStore().path(asset).read_bytes()

    def drawn_anew(*_args, **_more):
        raise AssertionError("what is approved must not be drawn again")

    with monkeypatch.context() as patch:
        patch.setattr("cms.approval.theme_views.draw_theme", drawn_anew)
        browser.post(PAGE, {"shown": page.context["shown"], "confirmed": "on"})
    assert ThemeApproval.objects.get().assets == pictures
    assert "●" in browser.get("/admin/themes/").content.decode()
    again = browser.get(PAGE)
    assert not again.context["fresh"]  # nothing is left to decide


def test_what_was_shown_cannot_be_made_up_or_carried_over(cluster, administrator, client_for):
    browser = client_for(administrator)
    shown = browser.get(PAGE).context["shown"]
    for wrong in ({"shown": shown}, {"shown": f"{shown}x", "confirmed": "on"}, {"confirmed": "on"}):
        browser.post(PAGE, wrong)
    assert not ThemeApproval.objects.exists()
