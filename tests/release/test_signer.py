"""The signer signs what was approved, and nothing else."""

from __future__ import annotations

import json

import pytest

from cms import clock
from cms.accounts.models import AuditEntry
from cms.plugin_api.types import canonical
from cms.release.documents import read_document
from cms.release.models import Release
from cms.release.reasons import WORDS, words
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.store import ContentStore, asset_path

from .made import approve, put_asset, scene_of

LONG = b"\x00\x01\x02\x03" * 700_000


def offered(cluster) -> str | None:
    return ClusterRepository(cluster.slug, cluster.province.code).current("schedule")


def refused(desk, release) -> list[str]:
    """The codes the signer refuses with; checks that nothing was published and that it is on record."""
    before = offered(desk.cluster)
    assert sign_release(release) == "refused"
    release.refresh_from_db()
    assert release.status == Release.Status.REFUSED
    assert release.error
    assert release.version is None
    assert offered(desk.cluster) == before
    entry = AuditEntry.objects.get(action="release.refused")
    assert entry.province == "an_giang"
    assert entry.data["release"] == release.pk
    return [one["code"].removeprefix("signer.") for one in release.diagnostics]


def test_an_approved_schedule_is_published_with_all_its_chunks(desk, cluster):
    release = desk.release()
    assert sign_release(release) == "published"
    release.refresh_from_db()
    assert release.status == Release.Status.PUBLISHED
    assert release.version == 1
    assert release.published_at
    assert offered(cluster) == release.sha256
    schedule = json.loads(ClusterRepository("tinh-bien", "an_giang").read_target("schedule"))
    assert len(schedule["assets"]) == 2
    assert all(ContentStore().has(one) for one in schedule["assets"])


def test_signing_twice_does_nothing_the_second_time(desk):
    release = desk.release()
    assert sign_release(release) == "published"
    assert sign_release(release) == "nothing"


def test_a_film_is_published_in_chunks_and_read_once(desk, province, cluster, administrator):
    film = put_asset(LONG, "video/mp4")
    desk.shown.append(approve(province, cluster, administrator, scene_of(film, kind="video")))
    assert sign_release(desk.release()) == "published"
    manifest = json.loads(ClusterRepository("tinh-bien", "an_giang").read_target("schedule"))["assets"][film][
        "manifest"
    ]
    chunks = json.loads(ContentStore().path(manifest).read_bytes())["chunks"]
    assert b"".join(ContentStore().path(one).read_bytes() for one in chunks) == LONG
    later = desk.release(timezone="UTC")
    asset_path(film).write_bytes(b"not read again, so not noticed")
    assert sign_release(later) == "published"


def test_an_item_without_an_approval_is_refused(desk):
    desk.shown[0][0].delete()
    assert refused(desk, desk.release()) == ["not_approved", "asset_not_approved"]


def test_a_revoked_approval_no_longer_counts(desk, administrator):
    approval, _proof = desk.shown[0]
    approval.revoked_at = clock.now()
    approval.save()
    assert "not_approved" in refused(desk, desk.release())


def test_an_approval_of_another_province_does_not_count(desk, other_province):
    approval, _proof = desk.shown[0]
    approval.province = other_province
    approval.save()
    assert "not_approved" in refused(desk, desk.release())


def test_an_approval_for_other_clusters_does_not_count(desk):
    approval, _proof = desk.shown[0]
    approval.clusters = ["vinh-xuong"]
    approval.save()
    assert "not_approved" in refused(desk, desk.release())


def test_an_approval_for_another_geometry_does_not_count(desk, cluster):
    cluster.faces.filter(letter="a").update(width=128)
    assert "not_approved" in refused(desk, desk.release())


def test_a_withdrawn_item_is_refused(desk, province, administrator):
    from cms.approval.models import Withdrawal

    Withdrawal.objects.create(
        item=desk.shown[0][0].item, title="", province=province, at=clock.now(), by=administrator, reason="Sai giờ"
    )
    assert "withdrawn" in refused(desk, desk.release())


def altered(desk, change) -> Release:
    document = desk.document(clock.now_ms() + 60_000)
    name = next(one for one in document["scenes"] if not one.startswith("theme:"))
    change(document, document["scenes"][name], name)
    return desk.release(scenes=document["scenes"], assets=document["assets"], turns=document["turns"])


def longer(document, scene, name):
    scene["duration"] += 1


def moved(document, scene, name):
    scene["faces"]["a"][0]["rect"][0] = 1


def of_another_language(document, scene, name):
    scene["language"] = "en"


def missing_a_face(document, scene, name):
    del scene["faces"]["b"]


def overlaid(document, scene, name):
    scene["faces"]["a"].append(document["scenes"]["theme:national#0@theme"]["faces"]["a"][0])


def renamed(document, scene, name):
    document["scenes"][name.replace("#0@", "#1@")] = document["scenes"].pop(name)
    document["turns"][0] = [name.replace("#0@", "#1@"), scene["duration"]]


@pytest.mark.parametrize("change", [longer, moved, of_another_language, missing_a_face, overlaid, renamed])
def test_a_scene_that_is_not_what_was_approved_is_refused(desk, change):
    assert {"altered", "not_approved"} & set(refused(desk, altered(desk, change)))


def test_a_foreign_picture_in_an_approved_scene_is_refused(desk):
    evil = put_asset(b"hijacked")

    def swap(document, scene, name):
        scene["faces"]["a"][0]["asset"] = evil
        document["assets"][evil] = {"bytes": 8, "type": "image/png"}

    assert set(refused(desk, altered(desk, swap))) >= {"altered", "asset_not_approved"}


def test_an_asset_of_nobody_is_refused_even_when_no_scene_shows_it(desk):
    stray = put_asset(b"stray")
    document = desk.document(clock.now_ms() + 60_000)
    document["assets"][stray] = {"bytes": 5, "type": "image/png"}
    assert refused(desk, desk.release(assets=document["assets"], standby=[stray])) == ["asset_not_approved"]


def test_a_proof_changed_in_the_database_is_refused(desk):
    from cms.content.models import Proof

    proof = Proof.objects.get(pk=desk.shown[0][1].id)
    evil = put_asset(b"hijacked")
    proof.document["scenes"][0]["faces"]["a"][0]["asset"] = evil
    proof.save()

    def swap(document, scene, name):
        scene["faces"]["a"][0]["asset"] = evil
        document["assets"][evil] = {"bytes": 8, "type": "image/png"}

    assert "proof_damaged" in refused(desk, altered(desk, swap))


def test_a_theme_nobody_approved_is_refused(desk):
    from cms.approval.models import ThemeApproval

    ThemeApproval.objects.all().delete()
    assert "theme_not_approved" in refused(desk, desk.release())


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"other bytes"), lambda path: path.unlink()])
def test_an_asset_file_that_changed_after_its_proof_is_refused(desk, damage):
    (asset,) = desk.shown[0][1].assets()
    damage(asset_path(asset))
    assert refused(desk, desk.release()) == ["asset_damaged"]
    assert not ContentStore().has(asset)


def test_a_document_changed_on_disk_is_refused(desk):
    from cms.release.documents import document_path

    release = desk.release()
    document_path("tinh-bien", "schedule", release.sha256).write_bytes(b"{}")
    assert refused(desk, release) == ["changed"]


@pytest.mark.parametrize(("change", "code"), [({"cluster": "vinh-xuong"}, "other_cluster"), ({"format": 2}, "format")])
def test_a_document_of_another_cluster_or_format_is_refused(desk, change, code):
    assert refused(desk, desk.release(**change)) == [code]


def test_names_that_lead_nowhere_are_refused(desk):
    codes = refused(desk, desk.release(turns=[["nowhere", 1000]], loops={"all": [1], "empty": []}, fallback="none"))
    assert codes == ["unknown_scene", "unknown_scene", "unknown_turn", "unknown_turn"]


def test_a_refusal_leaves_the_last_good_release(desk, cluster):
    good = desk.release()
    sign_release(good)
    desk.shown[0][0].delete()
    refused(desk, desk.release(timezone="UTC"))
    assert offered(cluster) == good.sha256


def test_an_older_release_does_not_overtake_a_newer_one(desk, cluster):
    old, new = desk.release(), desk.release(timezone="UTC")
    assert sign_release(new) == "published"
    assert sign_release(old) == "superseded"
    assert offered(cluster) == new.sha256


def test_a_release_that_would_take_effect_too_soon_is_postponed_and_otherwise_the_same(desk, cluster, settings):
    settings.BANGTIN_POLL_MS = 3000
    release = desk.release(valid_from=clock.now_ms() + 6_000)
    before = json.loads(read_document("tinh-bien", "schedule", release.sha256))
    assert sign_release(release) == "published"
    release.refresh_from_db()
    after = json.loads(ClusterRepository("tinh-bien", "an_giang").read_target("schedule"))
    assert offered(cluster) == release.sha256
    assert release.valid_from.timestamp() * 1000 == pytest.approx(after["valid_from"], abs=1)
    assert after["valid_from"] - release.published_at.timestamp() * 1000 >= 2 * 3000
    assert {**after, "valid_from": 0} == {**before, "valid_from": 0}
    assert canonical(after) == read_document("tinh-bien", "schedule", release.sha256)


def test_notices_that_only_take_away_are_always_signed(desk, cluster):
    from cms.release.documents import keep_document

    face = {"faces": ["a"], "from": 0, "until": 4_000_000_000_000}
    data = canonical({"format": 1, "cluster": "tinh-bien", "withdrawn": ["x:vi"], "blackout": [face]})
    release = Release.objects.create(
        cluster=cluster,
        target="now",
        sha256=keep_document("tinh-bien", "now", data),
        bytes=len(data),
        made_at=clock.now(),
    )
    assert sign_release(release) == "published"
    assert ClusterRepository("tinh-bien", "an_giang").read_target("now") == data


def test_the_signer_asks_as_many_questions_for_many_items_as_for_one(
    desk, province, cluster, administrator, django_assert_max_num_queries
):
    sign_release(desk.release())
    for number in range(30):
        desk.shown.append(approve(province, cluster, administrator, scene_of(put_asset(f"picture {number}".encode()))))
    release = desk.release()
    with django_assert_max_num_queries(20):
        assert sign_release(release) == "published"


@pytest.mark.parametrize("code", WORDS)
def test_every_reason_has_words(code):
    text = words({"code": code, "subject": "ab" * 32, "params": {}})
    assert "%" not in text
    assert len(text) > 30
