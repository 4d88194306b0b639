"""One thing of every kind in An Giang, for people who must not reach it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Locale

from cms.places.confinement import today
from cms.places.models import Cluster, Membership, Organisation
from tests.conftest import make_user
from tests.content.makers import *  # noqa: F403
from tests.programmes.conftest import approved as approved


@pytest.fixture
def translator(province):
    return make_user("translator", "an_giang", "translator", first_name="Thia", last_name="Châu Sóc")


@pytest.fixture
def manager(province):
    """The administrator of An Giang."""
    return make_user("manager", "an_giang", "administrator", first_name="Bưởi", last_name="Huỳnh")


@pytest.fixture
def elsewhere(province) -> Cluster:
    """A cluster of the province that the commune does not have."""
    return Cluster.objects.create(slug="vinh-xuong", province=province, name="Vĩnh Xương")


@pytest.fixture
def commune(province, cluster) -> Organisation:
    made = Organisation.objects.create(province=province, code="phuong", name="UBND phường Tịnh Biên", level="commune")
    made.clusters.set([cluster])
    made.save()
    return made


@pytest.fixture
def villager(province, commune) -> Any:
    """An editor and operator who belongs to the commune alone."""
    person = make_user("villager", "an_giang", "editor", "operator")
    Membership.objects.create(user=person, organisation=commune, valid_from=today() - timedelta(days=9))
    return person


@pytest.fixture
def stranger(other_province):
    """Has every role there is, in another province, with shelves and a way of approval there."""
    from cms.accounts.models import Role
    from cms.approval.services import ensure_workflow
    from cms.content.services import ensure_tree

    ensure_tree(other_province)
    ensure_workflow(other_province)
    return make_user("stranger", "cao_bang", *Role.values, first_name="Bình", last_name="Hoàng")


@pytest.fixture
def things(cluster, make_item, contributor, editor, client_for, picture_record, draw_waiting) -> dict[str, Any]:
    """By the name of an argument in an address: its value. A name that means several things has `name@prefix of addresses`."""
    found = _content(make_item("Chợ Tịnh Biên", by=contributor), editor, contributor, client_for, draw_waiting)
    found |= _media(picture_record, editor)
    found |= _screens(cluster, contributor)
    return found


def _content(page: Any, editor: Any, contributor: Any, client_for: Any, draw_waiting: Any) -> dict[str, Any]:
    from wagtail_localize.models import OverridableSegment, StringSegment, Translation

    client_for(editor).post(f"/admin/localize/submit/page/{page.pk}/", {"locales": [_locale("km").pk]})
    draw_waiting(page)
    client_for(contributor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    page = type(page).objects.get(pk=page.pk)
    following = Translation.objects.get(source__object_id=page.translation_key)
    state = page.current_workflow_state
    overridable = OverridableSegment.objects.filter(source=following.source).first()
    return (
        _decisions(page, editor)
        | _beside_proofs(page, editor)
        | _words(page, editor)
        | {
            "page_id": page.pk,
            "page": page.pk,
            "shelf_id": page.get_parent().pk,
            "layer": 0,
            "page_pk": page.pk,
            "page_to_move_id": page.pk,
            "parent_page_id": page.get_parent().pk,
            "destination_id": page.get_parent().pk,
            "revision_id": page.latest_revision_id,
            "revision_id_a": "earliest",
            "revision_id_b": "latest",
            "task_state_id": state.current_task_state_id,
            "workflow_state_id": state.pk,
            "task_id": state.current_task_state.task_id,
            "workflow_pk": state.workflow_id,
            "pk@wagtailadmin_workflows:": state.workflow_id,
            "pk@wagtailadmin_workflows:edit_task": state.current_task_state.task_id,
            "pk@wagtailadmin_api:pages": page.pk,
            "pk@wagtailadmin_pages:": page.pk,
            "translation_id": following.pk,
            "translation_source_id": following.source_id,
            "string_segment_id": StringSegment.objects.filter(source=following.source).first().pk,
            "overridable_segment_id": overridable.pk if overridable else 1,
            "job_id": page.proof_jobs.first().pk,
            "pk@wagtaillocales": _locale("vi").pk,
        }
    )


def _decisions(page: Any, user: Any) -> dict[str, Any]:
    from cms.approval.decisions import Decision, Delegation

    now = timezone.now()
    decision = Decision.objects.create(
        kind="appraised", page=page, item=page.item_id, title="x", province=page.province, by=user, at=now
    )
    delegation = Delegation.objects.create(
        province=page.province, role="appraiser", delegator=user, delegate=user,
        valid_from=now, valid_until=now, reason="x", made_at=now,
    )  # fmt: skip
    return {"decision_id": decision.pk, "delegation_id": delegation.pk, "which": "document"}


def _beside_proofs(page: Any, user: Any) -> dict[str, Any]:
    from cms.approval.models import Approval, ApprovedProof
    from cms.approval.remarks import Remark

    now, job = timezone.now(), page.proof_jobs.exclude(proof=None).first()
    said = Remark.objects.create(
        page=page, revision=page.latest_revision, proof=job.proof, clusters="x", scene=1, face="a",
        width=8, height=8, rect=[0, 0, 4, 4], text="x", author=user, at=now,
    )  # fmt: skip
    approval = Approval.objects.create(
        page=page, province=page.province, item=page.item_id, item_key=page.translation_key, language="vi", title="x",
        revision=page.latest_revision_id, approved_at=now, approved_by=user, revoked_at=now,
    )  # fmt: skip
    approved = ApprovedProof.objects.create(approval=approval, proof=job.proof, geometry=job.geometry)
    return {"remark_id": said.pk, "approved_id": approved.pk}


def _words(page: Any, user: Any) -> dict[str, Any]:
    from cms.content.models import GlossaryEntry, ReceivedFile

    entry = GlossaryEntry.objects.create(province=page.province, words={"vi": "Tịnh Biên", "en": "Tinh Bien"})
    received = ReceivedFile.objects.create(by=user, name="x.po", sha256="d" * 64)
    return {"entry_id": entry.pk, "file_id": received.pk, "language": "km"}


def _locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)


def _media(picture: Any, editor: Any) -> dict[str, Any]:
    from wagtail.models import UploadedFile

    from cms.accounts.services import collection_of
    from cms.content.media_models import Upload
    from cms.content.models import Clip

    shelf = collection_of("an_giang")
    picture.collection = shelf
    picture.save()
    clip = Clip.objects.create(
        title="Thuyền", type="video", file=ContentFile(b"x", "boats.mp4"), duration=1, collection=shelf
    )
    kind = ContentType.objects.get_for_model(type(picture))
    upload = Upload.objects.create(owner=editor, collection=shelf, name="x.jpg", size=9, fingerprint="e" * 64)
    kept = UploadedFile.objects.create(file=ContentFile(b"x", "x.jpg"), uploaded_by_user=editor, for_content_type=kind)
    return {
        "image_id": picture.pk,
        "pk@wagtailadmin_api:images": picture.pk,
        "pk@wagtailimages": picture.pk,
        "filter_spec": "width-100",
        "media_id": clip.pk,
        "pk@library:used": picture.pk,
        "upload_id": upload.pk,
        "uploaded_file_id": kept.pk,
        "collection_id": shelf.pk,
        "pk@wagtailadmin_collections": shelf.pk,
    }


def _requests(organisation: Any, editor: Any) -> dict[str, Any]:
    from cms.requests.models import ContentRequest, RequestFile, SenderLink

    now = timezone.now()
    asked = ContentRequest.objects.create(
        draft=uuid4(), province=organisation.province, organisation=organisation, year=2026, serial=1, number="AG-2026-0001",
        sender_name="x", email="x@example.vn", title="x", text="x", declared_at=now, sent_at=now, changed_at=now,
    )  # fmt: skip
    link = SenderLink.objects.create(
        organisation=organisation, name="x", email="x@example.vn", nonce="f" * 32, made_at=now, expires_at=now
    )
    handed_in = RequestFile.objects.create(
        request=asked, draft=uuid4(), kind="picture", name="x.jpg", bytes=1, at=now, file=ContentFile(b"x", "x.jpg")
    )
    return {
        "pk@content_requests:": asked.pk,
        "action@content_requests:": "take",
        "pk@content_requests:link": link.pk,
        "pk@content_requests:preview": handed_in.pk,
        "pk@content_requests:original": handed_in.pk,
    }


def _screens(cluster: Any, operator: Any) -> dict[str, Any]:
    from cms.alerts.models import Blackout, PatternRun
    from cms.places.models import ClusterTag, HolidayOverride, Organisation, StreamHost
    from cms.players.models import Player, Screenshot
    from cms.programmes.live_values import LiveValue
    from cms.programmes.models import Programme, Slot
    from cms.release.models import Release

    now, province = timezone.now(), cluster.province
    controller = cluster.controllers.get()
    player = Player.objects.create(controller=controller, key_id="a" * 64, public_key={}, paired_at=now)
    shot = Screenshot.objects.create(player=player, request="b" * 32, asked_at=now)
    programme = Programme.objects.create(province=province, title="Buổi sáng")
    slot = Slot.objects.create(programme=programme, title="Mỗi sáng", date_from=now.date())
    slot.clusters.add(cluster)
    slot.save()
    organisation = Organisation.objects.create(province=province, code="phuong", name="UBND phường Tịnh Biên")
    return _requests(organisation, operator) | {
        "slug": cluster.slug,
        "controller_id": controller.pk,
        "player_id": player.pk,
        "shot_id": shot.pk,
        "release_id": Release.objects.create(
            cluster=cluster, target="schedule", version=1, sha256="c" * 64, bytes=1, made_at=now
        ).pk,
        "pk@alerts:": Blackout.objects.create(cluster=cluster, since=now, reason="x").pk,
        "pk@patterns:": PatternRun.objects.create(cluster=cluster, pattern="bars", since=now, until=now).pk,
        "pk@wagtailsnippets_programmes_slot": slot.pk,
        "pk@wagtailsnippets_programmes_programme": programme.pk,
        "pk@live_values": LiveValue.objects.create(province=province, name="usd", label="USD", at=now).pk,
        "pk@wagtailsnippets_places_cluster:": cluster.pk,
        "pk@wagtailsnippets_places_controller": controller.pk,
        "pk@wagtailsnippets_places_organisation": organisation.pk,
        "pk@wagtailsnippets_places_province": province.pk,
        "pk@wagtailsnippets_places_clustertag": ClusterTag.objects.create(province=province, name="Đường bộ").pk,
        "pk@wagtailsnippets_places_holidayoverride": HolidayOverride.objects.create(
            province=province, day=now.date(), name="x"
        ).pk,
        "pk@wagtailsnippets_places_streamhost": StreamHost.objects.create(
            province=province, origin="https://live.example.vn", responsible="Đài"
        ).pk,
        "organisation_id": organisation.pk,
        "user_id": operator.pk,
        "pk@wagtailusers_users": operator.pk,
        "pk@wagtailusers_groups": operator.groups.first().pk,
        "code": "an_giang",
        "letter": "a",
        "face": "a",
        "scene": 0,
        "name": "bars",
        "source": "now",
        "sha256": "d" * 64,
        "token": "e" * 24,
        "kind": "zip",
    }
