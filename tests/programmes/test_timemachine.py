"""The time machine: a cluster at any moment, for the people of its province."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.player_web.content import clip
from tests.programmes.conftest import make_programme

DAY = "2027-01-04"
AT = "2027-01-04T10:00:00+07:00"


@pytest.fixture(autouse=True)
def _forget() -> None:
    from cms.programmes import timemachine

    timemachine._known.clear()


def url(name: str, *more: str) -> str:
    return reverse(f"programmes:{name}", args=("tinh-bien", *more))


def compiled(cluster: Any, at: str = AT) -> Any:
    from cms.programmes.previews import compile_at

    return compile_at(cluster, datetime.fromisoformat(at))


def release(cluster: Any, at: str = AT) -> None:
    """Publishes what present records make, as the signer's job leaves it."""
    from cms.release.documents import keep_document
    from cms.release.models import Release, Target

    data = compiled(cluster, at).compiled.document
    Release.objects.create(
        cluster=cluster, target=Target.SCHEDULE, status=Release.Status.PUBLISHED, made_at=timezone.now(),
        valid_from=timezone.now(), bytes=len(data), sha256=keep_document(cluster.slug, "schedule", data),
    )  # fmt: skip


def forget_compiled() -> None:
    """As if some seconds had passed."""
    from cms.programmes import views

    views._compiled.clear()


def slot_for(cluster: Any, programme: Any, title: str, *hours: tuple[int, int], **more: Any) -> Any:
    from cms.programmes.models import Slot, SlotWindow

    made = Slot(programme=programme, title=title, date_from=date(2026, 1, 1), **more)
    made.clusters = [cluster]
    made.windows = [SlotWindow(start=time(first), end=time(last)) for first, last in hours]
    made.save()
    return made


def test_without_scripts_the_page_shows_every_face_with_its_reasons(client_for, editor, slot, theme_approval):
    text = client_for(editor).get(url("preview_cluster"), {"at": "2027-01-04T08:00:03"}).content.decode()
    for letter in "ab":
        assert f"{reverse('programmes:face', args=('tinh-bien', letter))}?at=2027-01-04T08%3A00%3A03" in text
        assert f'data-tm-why="{letter}"' in text
    assert "Chợ nổi" in text
    assert "AG 7.1" in text
    assert 'value="2027-01-04T08:00:03"' in text


def test_what_is_no_time_is_said_at_the_field(client_for, editor, slot, theme_approval):
    client = client_for(editor)
    for wrong in ("noon", "9999-12-31T23:00", "1066-10-14T09:00"):
        text = client.get(url("preview_cluster"), {"at": wrong}).content.decode()
        assert 'aria-invalid="true"' in text
        assert "Đây không phải là thời điểm" in text


def test_without_a_cluster_it_says_what_belongs_there(client_for, outsider):
    text = client_for(outsider).get(reverse("programmes:preview")).content.decode()
    assert "chưa có cụm thông tin" in text


def test_a_cluster_without_faces_says_what_to_do(client_for, administrator, cluster):
    cluster.faces.all().delete()
    text = client_for(administrator).get(url("preview_cluster")).content.decode()
    assert "Khai báo các mặt màn hình" in text
    assert reverse("wagtailsnippets_places_cluster:edit", args=(cluster.pk,)) in text


def test_a_cluster_without_an_approved_theme_says_so(client_for, editor, slot):
    assert "Chưa có bộ giao diện nào được phê duyệt" in client_for(editor).get(url("preview_cluster")).content.decode()


def test_only_the_people_of_the_province_are_let_in(
    client_for, outsider, client, editor, cluster, slot, theme_approval
):
    asset = next(iter(compiled(cluster).compiled.schedule.assets))
    places = [
        url("preview_cluster"), f"{url('day_schedule')}?day={DAY}", f"{url('day_explain')}?at=2027-01-04T10:00",
        url("in_force"), f"{url('day_differences')}?day={DAY}", f"{url('attention')}?day={DAY}",
        url("asset", DAY, asset), url("poster", DAY, asset),
    ]  # fmt: skip
    theirs, ours = client_for(outsider), client_for(editor)
    for place in places:
        assert theirs.get(place).status_code == 302, place
        assert theirs.get(place, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403, place
        assert client.get(place).status_code == 302, place
        assert ours.get(place).status_code == (404 if "/posters/" in place else 200), place


def test_the_schedule_of_a_day_is_the_compilers_and_not_sent_twice(client_for, editor, cluster, slot, theme_approval):
    client = client_for(editor)
    answer = client.get(url("day_schedule"), {"day": DAY})
    document = answer.json()
    assert document["schedule"] == json.loads(compiled(cluster).compiled.document)
    assert document["ruler"]["until"] - document["ruler"]["from"] == 86_400_000
    again = client.get(url("day_schedule"), {"day": DAY}, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    for wrong in ("", "monday", "9999-12-31", "0001-01-01"):
        assert client.get(url("day_schedule"), {"day": wrong}).status_code == 400


def test_the_ruler_tells_who_has_the_time_and_which_share(
    client_for, editor, province, cluster, write, approved, theme_approval
):
    for title, weight in (("Bản tin", 3), ("Quê hương", 1)):
        one = make_programme(province, [write(f"Tin {title}")], approved, title)
        slot_for(cluster, one, title, weight=weight)
    slot_for(
        cluster, make_programme(province, [write("Lễ")], approved, "Ngày lễ"), "Lễ", (10, 11), priority=1, faces=["a"]
    )
    ruler = client_for(editor).get(url("day_schedule"), {"day": DAY}).json()["ruler"]
    names = {one["id"]: one["title"] for one in ruler["programmes"]}
    said = {
        face: [
            (one["kind"], [(names[part["programme"]], round(part["share"], 1)) for part in one["parts"]])
            for one in spans
        ]
        for face, spans in ruler["faces"].items()
    }
    both = ("programme", [("Bản tin", 0.8), ("Quê hương", 0.2)])
    closed = ("closed", [])
    assert said["b"] == [closed, both, closed, both, closed]
    assert said["a"] == [closed, both, ("programme", [("Ngày lễ", 1.0)]), closed, both, closed]
    assert len({one["hue"] for one in ruler["programmes"]}) == 3


def test_programmes_made_one_after_the_other_never_look_alike():
    from cms.programmes.rulers import hue

    hues = sorted(hue(str(number)) for number in range(1, 13))
    assert min((second - first) for first, second in zip(hues, [*hues[1:], hues[0] + 360], strict=True)) > 10
    assert hue("7") == hue("7")
    assert 0 <= hue("nested-a") < 360


def test_faces_stand_to_scale_in_their_order_whatever_carries_them(cluster):
    from cms.programmes.rulers import arrangement

    cluster.gaps_mm = [640.0, 90_000.0]
    cluster.closed_ring = True
    row = arrangement(cluster)
    assert [(one.letter, one.width_mm) for one in row.faces] == [("a", 1280.0), ("b", 1280.0)]
    assert (row.faces[0].gap_drawn_mm, row.faces[0].broken, row.ring_gap_mm) == (640.0, False, 90_000.0)
    cluster.gaps_mm = [20_000.0]
    far = arrangement(cluster)
    assert far.faces[0].broken
    assert far.faces[0].gap_drawn_mm < far.faces[0].width_mm
    assert far.ring_gap_mm == 0.0


def test_reasons_are_the_sentences_of_the_explanation(client_for, editor, cluster, slot, theme_approval):
    from cms.programmes.explanations import sentences
    from cms.schedule.explain import explain

    client = client_for(editor)
    found = client.get(url("day_explain"), {"at": AT, "face": "b"}).json()
    answer = compiled(cluster)
    why = explain(answer.inputs, answer.compiled, "b", found["at"])
    assert found["faces"] == [{"letter": "b", "kind": "programme", "lines": sentences(answer.inputs, why, "Tịnh Biên")}]
    everything = client.get(url("day_explain"), {"at": AT}).json()
    assert [one["letter"] for one in everything["faces"]] == ["a", "b"]
    assert everything["faces"][1]["lines"][0] == found["faces"][0]["lines"][0]
    assert everything["common"]
    assert client.get(url("day_explain"), {"at": AT, "face": "d"}).status_code == 404
    assert "Đây không phải" in client.get(url("day_explain"), {"at": "noon"}).json()["error"]


def test_only_assets_that_the_schedule_names_are_served(client_for, editor, cluster, slot, theme_approval):
    from cms.content.assets import AssetStore

    client = client_for(editor)
    named = compiled(cluster).compiled.schedule.assets
    secret = AssetStore().put(b"a draft that nobody approved", "image/png")
    for asset in named:
        got = client.get(url("asset", DAY, asset))
        assert b"".join(got.streaming_content) == AssetStore().path(asset).read_bytes()
        assert "immutable" in got["Cache-Control"]
    for place in (
        url("asset", DAY, secret),
        url("asset", "in-force", next(iter(named))),
        url("asset", "monday", secret),
    ):
        assert client.get(place).status_code == 404
    release(cluster)
    assert client.get(url("asset", "in-force", next(iter(named)))).status_code == 200
    AssetStore().path(next(iter(named))).unlink()
    assert client.get(url("asset", DAY, next(iter(named)))).status_code == 404


def test_a_clip_has_its_first_picture_as_a_poster(
    client_for, editor, cluster, province, write, approver, theme_approval, tmp_path
):
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.assets import AssetStore
    from cms.content.models import Proof
    from cms.places.services import geometry_of
    from cms.plugin_api.types import Layer, Rect, Scene
    from cms.plugin_api.types import Proof as ProofValue

    film = AssetStore().put(clip(tmp_path / "clip.mp4", (64, 48), 1), "video/mp4")
    page = write("Phim")
    layers = {one: (Layer("video", film, Rect(0, 0, 256, 192)),) for one in "ab"}
    value = ProofValue((Scene(8000, layers),))
    proof = Proof.objects.create(id=value.id, document=value.to_json())
    approval = Approval.objects.create(
        page=page, item=f"{page.translation_key}:vi", item_key=page.translation_key, title="Phim", language="vi",
        revision=page.save_revision().pk, province=province, approved_by=approver, approved_at=timezone.now(),
    )  # fmt: skip
    ApprovedProof.objects.create(approval=approval, proof=proof, geometry=geometry_of(cluster).id, theme="national")
    slot_for(cluster, make_programme(province, [page]), "Phim")
    client = client_for(editor)
    poster = client.get(url("poster", DAY, film))
    assert Image.open(io.BytesIO(poster.content)).size == (64, 48)
    still = next(one for one in compiled(cluster).compiled.schedule.assets if one != film)
    assert client.get(url("poster", DAY, still)).status_code == 404


def test_what_publishing_changes_is_said_in_words(
    client_for, approver, cluster, province, slot, write, approved, theme_approval
):
    client = client_for(approver)
    asked = {"day": DAY}
    assert client.get(url("day_differences"), asked).json()["released"] is False
    release(cluster)
    same = client.get(url("day_differences"), asked).json()
    assert (same["released"], same["differences"]) == (True, [])
    slot_for(
        cluster,
        make_programme(province, [write("Hội đua bò")], approved, "Lễ"),
        "Lễ",
        (10, 11),
        priority=1,
        faces=["a"],
    )
    forget_compiled()
    found = client.get(url("day_differences"), asked).json()["differences"]
    assert [one["text"] for one in found] == ["10:00–11:00: mặt A: “Hội đua bò” thay cho “Chợ nổi”, “Giờ mở cửa khẩu”"]
    assert found[0]["until"] - found[0]["from"] == 3_600_000
    fewer = make_programme(province, [write("Chợ đêm")], approved, "Chợ")
    slot_for(cluster, fewer, "Chợ", (8, 9), faces=["b"])
    forget_compiled()
    assert (
        client.get(url("day_differences"), asked).json()["differences"][0]["text"]
        == "08:00–09:00: mặt B: thêm “Chợ đêm”"
    )
    release(cluster)
    fewer.slots.all().delete()
    forget_compiled()
    back = client.get(url("day_differences"), asked).json()["differences"][0]["text"]
    assert back == "08:00–09:00: mặt B: chỉ còn “Chợ nổi”, “Giờ mở cửa khẩu”, không còn “Chợ đêm”"
    beyond = client.get(url("day_differences"), {"day": "2027-03-01"}).json()
    assert beyond["covered"] is None
    assert "06/01/2027" in beyond["ends"]


def test_what_wants_attention_leads_to_where_it_is_mended(client_for, editor, cluster, slot, theme_approval):
    slot.windows.all().delete()
    slot_for(cluster, slot.programme, "Nửa đêm", (1, 2))
    text = client_for(editor).get(url("attention"), {"day": DAY}).content.decode()
    assert "Nửa đêm" in text
    assert "tiếng Khmer" in text
    assert "/admin/snippets/programmes/slot/edit/" in text
    assert "/admin/pages/" in text


def counted(client: Any, place: str, **query: str) -> int:
    forget_compiled()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(place, query).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_what_is_shown(
    client_for, editor, cluster, province, slot, write, approved, theme_approval
):
    client = client_for(editor)
    asset = next(iter(compiled(cluster).compiled.schedule.assets))
    places: list[tuple[str, dict[str, str]]] = [
        (url("preview_cluster"), {"at": AT}), (url("day_schedule"), {"day": DAY}), (url("day_explain"), {"at": AT}),
        (url("day_differences"), {"day": DAY}), (url("attention"), {"day": DAY}),
    ]  # fmt: skip
    release(cluster)
    for place, query in places:
        counted(client, place, **query)
    before = [counted(client, place, **query) for place, query in places]
    for number in range(4):
        more = make_programme(province, [write(f"Tin {number} {one}") for one in range(3)], approved, f"Thêm {number}")
        slot_for(cluster, more, f"Thêm {number}")
    after = [counted(client, place, **query) for place, query in places]
    # What differs between the two schedules has titles, which are asked for once.
    assert after == [
        count + (place == url("day_differences")) for (place, _query), count in zip(places, before, strict=True)
    ]
    client.get(url("day_schedule"), {"day": DAY})
    forget_compiled()
    with CaptureQueriesContext(connection) as queries:
        client.get(url("asset", DAY, asset))
    assert len(queries) <= 9, "nothing is compiled for an asset"


def test_the_old_address_still_leads_to_it(client_for, editor, slot, theme_approval):
    text = client_for(editor).get("/admin/programmes/preview/tinh-bien/").content.decode()
    assert "timemachine/main.js" in text
    assert (Path(__file__).parents[2] / "cms/programmes/static/programmes/timemachine/main.js").is_file()
