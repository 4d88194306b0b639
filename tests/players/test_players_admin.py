"""Players in the admin: who sees and does what, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cms import clock
from cms.accounts.models import AuditEntry
from cms.approval.models import Approval
from cms.places.models import Cluster, Controller
from cms.players import words as said
from cms.players.condition import troubles
from cms.players.models import Pairing, Player, PlayerEvent, PlayLogEntry, RefusedReport
from cms.players.services import revoke
from tests.players.device import Device, heartbeat, played

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
ITEM = "5e0cb6a4-0000-4000-8000-000000000001:vi"


@pytest.fixture
def approved(province, approver):
    """An item that was approved, as the play log names it."""
    return Approval.objects.create(
        item=ITEM, item_key="5e0cb6a4-0000-4000-8000-000000000001", title="Chợ Tịnh Biên", language="vi", revision=1,
        province=province, approved_by=approver, approved_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def playing(device, player, approved):
    """The player, showing the item on face a, dark on face b."""
    faces = {"a": {"kind": "programme", "scene": f"{ITEM}#0@0123456789ab"}, "b": {"kind": "closed", "scene": None}}
    assert device.report("heartbeat", heartbeat(faces=faces)).status_code == 200
    return player


def log(player, count, **fields):
    start = PlayLogEntry.objects.count()
    PlayLogEntry.objects.bulk_create(
        PlayLogEntry(
            player=player, boot="b", seq=start + n + 1, face="a", kind="programme", item=ITEM, proof="c" * 64,
            started_at=clock.now() - timedelta(seconds=10 * n), ended_at=clock.now() - timedelta(seconds=10 * n - 8),
            received_at=clock.now(), **fields,
        )
        for n in range(count)
    )  # fmt: skip


def another_player(controller, slug):
    beside = Controller.objects.create(cluster=controller.cluster, slug=slug, canvas_width=1, canvas_height=1)
    return Player.objects.create(controller=beside, key_id=slug, public_key={}, paired_at=clock.now())


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(url).status_code == 200
    return len(context)


def test_the_list_says_what_each_face_shows_and_how_the_player_is(client_for, operator, playing):
    text = client_for(operator).get(reverse("players:index")).content.decode()
    for words in ("Tịnh Biên", "tinh-bien-1", "Chợ Tịnh Biên (vi)", "Đang hoạt động", "Ngoài giờ vận hành".lower()):
        assert words.lower() in text.lower()
    assert reverse("players:face", args=(playing.pk, "a")) in text
    assert reverse("players:face", args=(playing.pk, "b")) not in text


def test_people_see_the_players_of_their_provinces(client_for, contributor, outsider, administrator, playing):
    button = reverse("players:revoke", args=(playing.pk,))
    assert button not in client_for(contributor).get(reverse("players:index")).content.decode()
    assert button in client_for(administrator).get(reverse("players:index")).content.decode()
    for person, seen in ((contributor, True), (outsider, False), (administrator, True)):
        client = client_for(person)
        for name in ("index", "play_log", "events"):
            assert client.get(reverse(f"players:{name}")).status_code == 200
        assert ("tinh-bien-1" in client.get(reverse("players:index")).content.decode()) is seen


def test_nobody_without_a_province_sees_players(client_for, playing):
    from django.contrib.auth.models import Permission

    from tests.conftest import make_user

    nobody = make_user("nobody")
    nobody.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = client_for(nobody)
    for name in ("index", "play_log", "events", "pair"):
        answer = client.get(reverse(f"players:{name}"))
        assert answer.status_code in (302, 403)
        assert "tinh-bien" not in answer.content.decode()


@pytest.mark.parametrize("who", ["contributor", "editor", "appraiser", "approver", "outsider"])
def test_only_operators_pair_invite_and_revoke(who, request, client_for, controller, playing):
    client = client_for(request.getfixturevalue(who))
    code = Device().ask().json()["code"]
    client.post(reverse("players:pair"), {"code": code, "controller": controller.pk})
    client.post(reverse("players:invite", args=(controller.pk,)))
    client.post(reverse("players:revoke", args=(playing.pk,)), {"reason": "x"})
    assert Player.objects.filter(revoked_at__isnull=True).count() == 1
    assert Pairing.objects.filter(used_at__isnull=True, poll_secret_hash="").count() == 0


def test_the_operator_types_in_the_code(client_for, operator, device, controller):
    client = client_for(operator)
    code = device.ask().json()["code"]
    wrong = client.post(reverse("players:pair"), {"code": "AAAA-AAAA", "controller": controller.pk})
    assert "Hãy đọc lại mã trên màn hình" in wrong.content.decode()
    answer = client.post(reverse("players:pair"), {"code": code.lower(), "controller": controller.pk}, follow=True)
    assert answer.redirect_chain[0][0] == reverse("players:controller", args=(controller.pk,))
    assert Player.objects.get().paired_by == operator


def test_the_operator_chooses_among_controllers_of_the_own_province(
    client_for, operator, device, controller, other_province
):
    there = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    theirs = Controller.objects.create(cluster=there, slug="ta-lung-1", canvas_width=1, canvas_height=1)
    client = client_for(operator)
    code = device.ask().json()["code"]
    assert "ta-lung-1" not in client.get(reverse("players:pair"), {"code": code}).content.decode()
    client.post(reverse("players:pair"), {"code": code, "controller": theirs.pk})
    assert not Player.objects.exists()
    assert client.get(reverse("players:invite", args=(theirs.pk,))).status_code == 404


def test_the_qr_code_of_a_screen_leads_to_what_is_known_of_it(client_for, operator, device, controller):
    offer = device.ask("cổng phía đông").json()
    assert offer["address"] == "http://testserver" + reverse("players:pair")
    answer = client_for(operator).get(f"{offer['address']}?code={offer['code']}")
    text = answer.content.decode()
    for words in (offer["code"], "512 × 192 px", "cổng phía đông", "127.0.0.1", "tinh-bien-1", "Các mặt A, B"):
        assert words in text
    assert "<svg" in text
    assert "no-store" in answer["Cache-Control"]
    assert not Player.objects.exists()  # looking pairs nothing


def test_the_controller_that_suits_a_screen_comes_first(client_for, operator, device, controller):
    client = client_for(operator)
    for slug, width in (("aaa", 640), ("fits", 512)):
        Controller.objects.create(cluster=controller.cluster, slug=slug, canvas_width=width, canvas_height=192)
    Controller.objects.filter(pk=controller.pk).update(canvas_width=1, canvas_height=1)

    def first(seat):
        page = client.get(reverse("players:pair"), {"code": Device().ask(seat).json()["code"]})
        return page.context["choices"][0].controller.slug, page.context["chosen"]

    assert first("") == ("fits", "")  # the size suits; nothing is chosen for the operator
    assert first("tinh-bien-1") == ("tinh-bien-1", str(controller.pk))
    chosen = client.get(reverse("players:pair"), {"code": device.ask().json()["code"], "controller": controller.pk})
    assert chosen.context["chosen"] == str(controller.pk)


def test_looking_at_a_screen_costs_the_same_however_many_controllers_there_are(
    client_for, operator, device, controller
):
    client, url = client_for(operator), f"{reverse('players:pair')}?code={device.ask().json()['code']}"
    few = queries(client, url)
    for number in range(8):
        another_player(controller, f"beside-{number}")
    assert queries(client, url) == few
    assert few <= 20


def test_guessing_in_the_form_is_slowed_down(client_for, operator, device, controller):
    client, url = client_for(operator), reverse("players:pair")
    for _ in range(20):
        client.post(url, {"code": "AAAA-AAAA", "controller": controller.pk})
    client.post(url, {"code": device.ask().json()["code"], "controller": controller.pk})
    assert not Player.objects.exists()


def test_an_invitation_is_a_link_that_works_once(client_for, operator, controller):
    client, url = client_for(operator), reverse("players:invite", args=(controller.pk,))
    assert "#code=" not in client.get(url).content.decode()
    answer = client.post(url)
    assert "/player/?seat=tinh-bien-1#code=" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_revoking_says_what_happens_and_wants_a_reason(client_for, operator, playing):
    client, url = client_for(operator), reverse("players:revoke", args=(playing.pk,))
    assert "A, B" in client.get(url).content.decode()
    assert client.post(url, {"reason": " "}).status_code == 200
    playing.refresh_from_db()
    assert playing.revoked_at is None
    client.post(url, {"reason": "Thay máy mới"})
    playing.refresh_from_db()
    assert (playing.revoked_reason, playing.revoked_by) == ("Thay máy mới", operator)


def test_a_lost_controller_is_revoked_with_one_click_and_its_page_says_so(client_for, operator, device, playing):
    client, page = client_for(operator), reverse("players:controller", args=(playing.controller_id,))
    url = reverse("players:revoke", args=(playing.pk,))
    for place in (reverse("players:index"), page):
        assert url in client.get(place).content.decode()
    answer = client.post(url, {"usual": "lost", "reason": "Trạm 3"}, follow=True)
    assert answer.redirect_chain[0][0] == page
    text = answer.content.decode()
    assert "Máy bị mất hoặc bị lấy cắp. Trạm 3" in text
    assert "đã bị thu hồi" in text
    assert url not in text
    assert f"{reverse('players:pair')}?controller={playing.controller_id}" in text
    entry = AuditEntry.objects.get(action="player.revoke")
    assert (entry.user, entry.reason) == (operator, "Máy bị mất hoặc bị lấy cắp. Trạm 3")
    code = Device().ask().json()["code"]
    client.post(reverse("players:pair"), {"code": code, "controller": playing.controller_id})
    assert playing.controller.players.filter(revoked_at__isnull=True).count() == 1


def test_the_page_of_a_controller_is_for_its_province(client_for, contributor, outsider, playing):
    page = reverse("players:controller", args=(playing.controller_id,))
    text = client_for(contributor).get(page).content.decode()
    assert "Chợ Tịnh Biên (vi)" in text
    assert reverse("players:revoke", args=(playing.pk,)) not in text
    assert client_for(outsider).get(page).status_code == 404


@pytest.mark.parametrize(
    ("kind", "detail", "sentences"),
    [
        (
            "refused",
            {"what": "targets.json", "reason": "signature"},
            ("chữ ký không hợp lệ", "kiểm tra máy chủ, mạng và khoá"),
        ),
        (
            "refused",
            {"what": "asset", "reason": "incomplete", "source": "usb"},
            ("trên USB bị từ chối", "chép lại nguyên"),
        ),
        ("storage", {"reason": "space", "needed": 3 * 2**30, "free": 2**20}, ("3,0 GB", "rút ngắn hoặc bớt các video")),
        (
            "refused",
            {"what": "player.json", "reason": "failed", "detail": "1a2b: no frame"},
            ("không chạy được trên máy điều khiển này", "Chương trình trước đó vẫn chạy"),
        ),
        ("repaired", {"what": "asset", "reason": "hash"}, ("hình ảnh hoặc video", "hãy thay ổ")),
        ("imported", {"what": "schedule.json", "version": 7}, ("bản phát hành số 7 từ USB",)),
        ("error", {"what": "clock", "reason": "server_ahead", "detail": "40 d"}, ("Giờ máy chủ nhanh hơn", "40 d")),
    ],
)
def test_an_official_reads_what_happened_and_what_to_do(client_for, operator, device, playing, kind, detail, sentences):
    device.report("events", {"boot": "b", "events": [{"at": clock.now_ms(), "kind": kind, "detail": detail}]})
    for page in (reverse("players:events"), reverse("players:controller", args=(playing.controller_id,))):
        text = client_for(operator).get(page).content.decode()
        for one in sentences:
            assert one in text.replace("\xa0", " ")


def test_every_reason_that_a_player_names_has_words_and_advice():
    source = (ROOT / "player_web/src/update/roles.js").read_text()
    named = set(re.findall(r'"(\w+)"', re.search(r"@typedef \{(.+)\} Reason", source).group(1)))
    stick = (ROOT / "player_web/src/pages/stick_texts.js").read_text()
    named |= set(re.findall(r"^  (\w+): \{", stick.partition("REFUSED")[2].partition("};")[0], re.MULTILINE))
    for path in (ROOT / "player_web/kiosk/bangtin_kiosk").glob("*.py"):
        named |= set(re.findall(r'"reason": "(\w+)"', path.read_text()))
    assert {"signature", "incomplete", "pulled", "error", "failed"} <= named
    assert named <= set(said.REASONS)
    assert named <= set(said.ADVICE)


def test_revoked_players_are_shown_on_demand(client_for, operator, playing, controller):
    revoke(playing, operator, "Thay máy mới")
    client = client_for(operator)
    assert "Thay máy mới" not in client.get(reverse("players:index")).content.decode()
    assert "Thay máy mới" in client.get(reverse("players:index") + "?revoked=true").content.decode()


def test_a_refusal_stands_above_the_list(client_for, operator, device, playing):
    detail = {"what": "schedule.json", "reason": "hash", "detail": "", "version": 9}
    device.report("events", {"boot": "b", "events": [{"at": clock.now_ms(), "kind": "refused", "detail": detail}]})
    text = client_for(operator).get(reverse("players:index")).content.decode()
    assert 'role="alert"' in text
    assert "nội dung không đúng với bản đã ký" in text
    assert "nội dung không đúng với bản đã ký" in client_for(operator).get(reverse("players:events")).content.decode()
    PlayerEvent.objects.update(at=clock.now() - timedelta(days=2))
    assert "nội dung không đúng" not in client_for(operator).get(reverse("players:index")).content.decode()


def test_a_clock_at_the_end_of_all_years_breaks_no_page(client_for, operator, device, playing):
    end = 253_402_300_799_000
    detail = {"what": "schedule.json", "reason": "hash", "detail": "", "version": 9}
    event = {"at": end, "until": end, "kind": "refused", "detail": detail}
    assert device.report("events", {"boot": "b", "events": [event]}).status_code == 200
    lines = {"boot": "b", "entries": [{**played(1), "from": end, "until": end}]}
    assert device.report("playlog", lines).status_code == 200
    for page in (*map(reverse, ("players:index", "players:events", "players:play_log")),
                 reverse("players:controller", args=(playing.controller_id,))):  # fmt: skip
        assert client_for(operator).get(page).status_code == 200, page


def test_what_a_player_writes_is_not_html(client_for, operator, device, playing):
    event = {"at": clock.now_ms(), "kind": "refused", "detail": {"what": "<script>alert(1)</script>", "reason": "<b>"}}
    device.report("events", {"boot": "b", "events": [event]})
    device.report("heartbeat", heartbeat(errors=["<img src=x onerror=alert(1)>"]))
    pages = [
        reverse("players:index"),
        reverse("players:events"),
        reverse("players:controller", args=(playing.controller_id,)),
    ]
    for page in pages:
        text = client_for(operator).get(page).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_list_tells_a_players_errors_in_words_and_each_once(client_for, operator, device, playing):
    lines = [
        'refused {"what": "schedule", "reason": "content_mismatch"}',
        'refused {"what": "schedule", "reason": "content_mismatch"}',
        "nothing an older player said is lost",
    ]
    device.report("heartbeat", heartbeat(errors=lines))
    text = client_for(operator).get(reverse("players:index")).content.decode()
    assert text.count("▲ ") == 2
    assert "&quot;reason&quot;" not in text.replace('title="', "")
    assert "nothing an older player said is lost" in text


@pytest.mark.parametrize(
    ("wrong_ms", "words"),
    [(2_500, "chậm 2,5 giây"), (-3 * 3_600_000, "nhanh 3 giờ"), (43 * 86_400_000 + 7, "chậm 43 ngày")],
)
def test_a_wrong_clock_is_told_in_a_unit_one_can_read(wrong_ms, words):
    with translation.override("vi"):
        (trouble,) = troubles({"clock": {"synchronised": True, "offset_ms": wrong_ms}})
    assert words in trouble.text


def test_a_shifted_demonstration_is_no_wrong_clock(monkeypatch):
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(40 * 86_400_000))
    assert not troubles({"clock": {"synchronised": True, "offset_ms": clock.offset_ms()}})


def test_the_play_log_is_found_by_cluster_face_title_and_date(client_for, operator, playing, other_province):
    log(playing, 3)
    log(playing, 1, status="interrupted")
    PlayLogEntry.objects.filter(seq=1).update(face="b", item="theme:an_giang", kind="fallback")
    there = Cluster.objects.create(slug="x", province=other_province, name="Tà Lùng")
    client, url = client_for(operator), reverse("players:play_log")

    def found(query):
        answer = client.get(url + query)
        assert answer.status_code == 200
        return len(answer.context["object_list"])

    assert found("") == 4
    assert found(f"?cluster={playing.controller.cluster_id}") == 4
    assert found(f"?cluster={there.pk}") == 4  # not a choice of this person's
    assert found("?face=b") == 1
    assert found("?title=chợ") == 3
    assert found("?title=nothing") == 0
    day = clock.now() + timedelta(hours=7)
    assert found(f"?started_at_from={day:%Y-%m-%d}") + found(f"?started_at_to={day - timedelta(days=1):%Y-%m-%d}") == 4
    text = client.get(url).content.decode()
    for words in ("Chợ Tịnh Biên (vi)", "gián đoạn", "Hình nền"):
        assert words.lower() in text.lower()


def test_the_play_log_has_pages_and_can_be_taken_away(client_for, operator, playing):
    log(playing, 60)
    client, url = client_for(operator), reverse("players:play_log")
    assert len(client.get(url).context["object_list"]) == 50
    assert len(client.get(url + "?p=2").context["object_list"]) == 10
    answer = client.get(url + "?export=csv")
    rows = b"".join(answer).decode().strip().splitlines()
    assert len(rows) == 61
    assert "Chợ Tịnh Biên" in rows[1]


def test_lists_cost_the_same_however_long_they_are(client_for, operator, controller, playing):
    client = client_for(operator)
    log(playing, 1)
    PlayerEvent.objects.create(player=playing, at=clock.now(), kind="refused", detail={})
    RefusedReport.objects.create(
        player=playing, reason="signature", what="heartbeat", first_at=clock.now(), last_at=clock.now()
    )
    urls = [reverse(f"players:{name}") for name in ("index", "play_log", "events")]
    urls.append(reverse("players:controller", args=(playing.controller_id,)))
    client.get(urls[-1])  # the first look asks for a picture of the screen
    few = [queries(client, url) for url in urls]
    for number in range(12):
        one = another_player(controller, f"beside-{number}")
        Player.objects.filter(pk=one.pk).update(status=playing.status, last_seen=clock.now())
        PlayerEvent.objects.create(player=one, at=clock.now(), kind="refused", detail={})
        RefusedReport.objects.create(
            player=one, reason="replayed", what="events", first_at=clock.now(), last_at=clock.now()
        )
    playing.refresh_from_db()
    Player.objects.exclude(pk=playing.pk).update(status=playing.status)
    log(playing, 40)
    PlayerEvent.objects.bulk_create(
        PlayerEvent(player=playing, at=clock.now(), kind="error", detail={"what": str(n)}) for n in range(12)
    )
    assert [queries(client, url) for url in urls] == few
    assert max(few) <= 26
