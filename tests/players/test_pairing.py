"""How a screen becomes a player, and how strangers try to."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from cms import clock
from cms.accounts.models import AuditEntry
from cms.places.models import Cluster, Controller
from cms.players import codes, keys
from cms.players.models import Pairing, Player, PlayLogBoot, RefusedReport
from cms.players.services import PairingRefused, confirm_pairing, invite, revoke
from tests.players.device import API, SCREEN, Device, heartbeat, played

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(province, other_province, settings, tmp_path):
    """The province's TUF root, made as the first release makes it."""
    from cms.release.services import ensure_province_keys

    settings.KEYS_ROOT = tmp_path / "keys"
    return json.loads(ensure_province_keys(province))


def status(device, offer):
    return device.status(offer)


def claim(device, code):
    return device.claim(code)


def test_a_screen_shows_a_code_and_becomes_the_player_of_the_controller_that_the_operator_chose(
    device, controller, operator, root, settings
):
    offer = device.ask("left").json()
    assert codes.normal(offer["code"])
    assert offer["code"][4] == "-"
    assert 590_000 < offer["expires_at"] - clock.now_ms() <= 600_000
    assert status(device, offer).json() == {"status": "pending"}
    confirm_pairing(f" {offer['code'].lower()} ", controller, operator)
    answer = status(device, offer).json()
    assert abs(answer.pop("server_time") - clock.now_ms()) < 5000
    assert answer == {
        "status": "paired",
        "key_id": device.key_id,
        "controller": "tinh-bien-1",
        "cluster": "tinh-bien",
        "root": root,
        "poll_ms": settings.BANGTIN_POLL_MS,
    }
    assert device.report("heartbeat", heartbeat()).status_code == 200
    entry = AuditEntry.objects.get(action="player.pair")
    assert (entry.user, entry.province, entry.data["key_id"]) == (operator, "an_giang", device.key_id)


def test_an_answer_that_got_lost_can_be_asked_for_again(device, controller, operator):
    offer = device.ask().json()
    confirm_pairing(offer["code"], controller, operator)
    assert status(device, offer).json()["status"] == status(device, offer).json()["status"] == "paired"
    Pairing.objects.update(expires_at=clock.now() - timedelta(minutes=11))
    assert status(device, offer).status_code == 410


def test_codes_and_secrets_are_not_kept(device):
    offer = device.ask().json()
    kept = json.dumps(list(Pairing.objects.values()), default=str)
    assert codes.normal(offer["code"]) not in kept
    assert offer["code"] not in kept
    assert offer["secret"] not in kept


def test_codes_have_no_letters_that_are_mistaken_for_others():
    assert not set("01OILU") & set("".join(codes.make_code() for _ in range(200)))
    assert codes.normal("abcd-efgh") == "ABCDEFGH"
    for wrong in ("", "ABCD", "ABCD-EFG0", "ABCDEFGHJ", "ABCD-ÉFGH", "ｗＢＣＤＥＦＧＨ"):
        assert codes.normal(wrong) is None


@pytest.mark.parametrize("who", ["contributor", "editor", "appraiser", "approver", "outsider"])
def test_only_an_operator_of_the_province_pairs(who, device, controller, request):
    person = request.getfixturevalue(who)
    offer = device.ask().json()
    with pytest.raises(PairingRefused) as refused:
        confirm_pairing(offer["code"], controller, person)
    assert refused.value.code == "forbidden"
    with pytest.raises(PairingRefused):
        invite(controller, person)
    assert not Player.objects.exists()
    assert status(device, offer).json() == {"status": "pending"}


def test_a_code_is_good_once(device, controller, operator):
    code = device.ask().json()["code"]
    confirm_pairing(code, controller, operator)
    with pytest.raises(PairingRefused) as refused:
        confirm_pairing(code, controller, operator)
    assert refused.value.code == "code"


def test_a_code_is_good_for_ten_minutes(device, controller, operator):
    offer = device.ask().json()
    Pairing.objects.update(expires_at=clock.now())
    with pytest.raises(PairingRefused):
        confirm_pairing(offer["code"], controller, operator)
    answer = status(device, offer)
    assert (answer.status_code, answer.json()["error"]) == (410, "expired")


def test_nobody_learns_about_a_pairing_without_its_secret(device, controller, operator):
    offer, other = device.ask().json(), Device().ask().json()
    confirm_pairing(offer["code"], controller, operator)
    for wrong in (other["secret"], "x" * 43):
        answer = device.report(f"pairings/{offer['id']}/status", {"secret": wrong})
        assert (answer.status_code, answer.json()["error"]) == (404, "unknown")
    assert device.report("pairings/999999/status", {"secret": offer["secret"]}).status_code == 404
    code, _ = invite(controller, operator)
    invitation = Pairing.objects.get(code_hash=codes.hash_code(code))
    assert device.report(f"pairings/{invitation.pk}/status", {"secret": "x" * 43}).status_code == 404


def test_an_invitation_makes_the_browser_that_opens_it_a_player(device, controller, operator, root):
    code, url = invite(controller, operator)
    assert url == f"/player/?seat=tinh-bien-1#code={code}"
    answer = claim(device, code)
    assert answer.json()["controller"] == "tinh-bien-1"
    assert answer.json()["root"] == root
    assert device.report("heartbeat", heartbeat()).status_code == 200
    assert claim(device, code).json()["key_id"] == device.key_id  # the answer got lost
    stranger = claim(Device(), code)
    assert (stranger.status_code, stranger.json()["error"]) == (404, "code")
    assert Player.objects.count() == 1


def test_an_invitation_ends_with_its_time_or_with_the_right_of_who_made_it(controller, operator):
    first, _ = invite(controller, operator)
    second, _ = invite(controller, operator)
    Pairing.objects.filter(code_hash=codes.hash_code(first)).update(expires_at=clock.now())
    assert claim(Device(), first).status_code == 404
    operator.groups.clear()
    assert claim(Device(), second).status_code == 404


def test_the_code_of_a_waiting_screen_is_no_invitation_and_an_invitation_no_code_of_a_screen(
    device, controller, operator
):
    assert claim(Device(), device.ask().json()["code"]).status_code == 404
    code, _ = invite(controller, operator)
    with pytest.raises(PairingRefused):
        confirm_pairing(code, controller, operator)


def test_guessing_codes_is_slowed_down():
    answers = [claim(Device(), codes.make_code()) for _ in range(22)]
    assert [one.status_code for one in answers[:20]] == [404] * 20
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_a_machine_with_many_windows_is_no_guesser(controller, operator):
    codes_of = [invite(controller, operator)[0] for _ in range(25)]
    assert {claim(Device(), code).status_code for code in codes_of} == {200}


def test_one_address_cannot_ask_for_codes_without_end(device):
    assert [device.ask().status_code for _ in range(31)][-2:] == [200, 429]


def test_an_address_that_the_client_made_up_does_not_count(rf, settings):
    from cms.players.limits import address

    request = rf.get("/", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.7"}, REMOTE_ADDR="10.0.0.1")
    for proxies, counted in ((0, "10.0.0.1"), (1, "203.0.113.7"), (2, "10.9.9.9"), (3, "10.0.0.1")):
        settings.BANGTIN_PROXIES = proxies
        assert address(request) == counted


def test_pairings_that_nobody_used_are_cleared_away(device, controller, operator):
    device.ask()
    Pairing.objects.update(expires_at=clock.now() - timedelta(hours=1))
    device.ask()
    assert Pairing.objects.count() == 1


def test_a_key_belongs_to_one_controller(device, player, controller, operator):
    code = device.ask().json()["code"]
    assert confirm_pairing(code, controller, operator) == player
    other = Controller.objects.create(cluster=controller.cluster, slug="other", canvas_width=1, canvas_height=1)
    with pytest.raises(PairingRefused) as refused:
        confirm_pairing(device.ask().json()["code"], other, operator)
    assert refused.value.code == "elsewhere"
    code, _ = invite(other, operator)
    assert claim(device, code).status_code == 409


def test_a_revoked_key_never_comes_back(device, player, controller, operator):
    waiting = device.ask().json()["code"]
    revoke(player, operator, "Thay máy")
    assert device.ask().json()["error"] == "revoked"
    with pytest.raises(PairingRefused):
        confirm_pairing(waiting, controller, operator)
    code, _ = invite(controller, operator)
    assert claim(device, code).status_code == 409
    entry = AuditEntry.objects.get(action="player.revoke")
    assert (entry.reason, entry.user) == ("Thay máy", operator)


def test_revoking_needs_a_reason_and_the_right(player, operator, outsider):
    with pytest.raises(PairingRefused):
        revoke(player, operator, "  ")
    with pytest.raises(PairingRefused):
        revoke(player, outsider, "vì tôi muốn")
    player.refresh_from_db()
    assert player.revoked_at is None


def test_a_new_player_may_replace_the_former_ones(device, player, controller, operator):
    code = Device().ask().json()["code"]
    confirm_pairing(code, controller, operator, replace=True)
    player.refresh_from_db()
    assert player.revoked_at is not None


def test_a_controller_of_another_province_is_for_its_operators(device, other_province, operator, outsider):
    there = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    controller = Controller.objects.create(cluster=there, slug="ta-lung-1", canvas_width=1, canvas_height=1)
    code = device.ask().json()["code"]
    with pytest.raises(PairingRefused):
        confirm_pairing(code, controller, operator)
    assert confirm_pairing(code, controller, outsider).controller == controller


def spoil(jwk, **changes):
    return {**jwk, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"d": "A" * 43},  # a private key is nobody's business
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"x": "A" * 43},  # not on the curve
        {"x": "_" * 43},  # beyond the field, and not canonical
        {"x": ""},
        {"x": 5},
    ],
)
def test_a_key_that_is_none_is_refused(device, changes):
    answer = device.report("pairings", {"public_key": {**device.jwk, **changes}, "screen": SCREEN, "seat": ""})
    assert answer.status_code == 422
    assert not Pairing.objects.exists()


def test_a_key_may_come_as_the_browser_exports_it(device):
    exported = {**device.jwk, "ext": True, "key_ops": ["verify"]}
    assert device.report("pairings", {"public_key": exported, "screen": SCREEN, "seat": "x"}).status_code == 200
    assert Pairing.objects.get().public_key == device.jwk
    assert keys.key_id(keys.canonical(exported)) == device.key_id


@pytest.mark.parametrize(
    "screen", [{}, {"width": 0, "height": 1}, {"width": 10**9, "height": 1}, {"width": 1, "height": 1, "x": 1}]
)
def test_a_screen_without_a_size_is_refused(device, screen):
    assert device.report("pairings", {"public_key": device.jwk, "screen": screen, "seat": ""}).status_code == 422


def test_a_province_without_keys_lets_the_player_wait(device, controller, operator, settings, tmp_path):
    settings.KEYS_ROOT = tmp_path / "none"
    offer = device.ask().json()
    confirm_pairing(offer["code"], controller, operator)
    assert status(device, offer).status_code == 503
    code, _ = invite(controller, operator)
    assert claim(Device(), code).status_code == 503
    settings.KEYS_ROOT = tmp_path / "keys"
    assert status(device, offer).json()["status"] == "paired"
    assert claim(Device(), code).json()["status"] == "paired"


def test_other_methods_and_paths_do_not_exist(device):
    assert device.client.get(API + "pairings").status_code == 405
    assert device.client.get(API + "docs").status_code == 404
    assert device.client.get(API + "openapi.json").status_code == 404


def copied(device, name, content):
    """The headers and the body of a request that somebody overheard."""
    body = json.dumps(content).encode()
    return device.headers(API + name, body), body


def test_a_question_without_the_key_of_the_screen_is_not_answered(device, controller, operator):
    stranger, offer = Device(), device.ask().json()
    confirm_pairing(offer["code"], controller, operator)
    name, content = f"pairings/{offer['id']}/status", {"secret": offer["secret"]}
    assert device.unsigned(name, content).json()["error"] == "headers"
    assert stranger.report(name, content).json()["error"] == "signature"
    stranger.key_id = device.key_id
    assert stranger.report(name, content).json()["error"] == "signature"
    assert device.report(name, content).json()["status"] == "paired"


def test_nobody_asks_to_be_paired_with_the_key_of_another(device, controller, operator):
    thief, code = Device(), invite(controller, operator)[0]
    thief.jwk = device.jwk
    for key_id in (thief.key_id, device.key_id):
        thief.key_id = key_id
        assert thief.ask().json()["error"] == "signature"
        assert thief.claim(code).json()["error"] == "signature"
    assert not Pairing.objects.filter(public_key__isnull=False).exists()
    assert not Player.objects.exists()


def test_a_copied_pairing_is_refused_and_told(device, controller, operator, client_for, administrator):
    offer, (code, _) = device.ask().json(), invite(controller, operator)
    confirm_pairing(offer["code"], controller, operator)
    for name, content in (
        ("pairings", {"public_key": device.jwk, "screen": SCREEN, "seat": ""}),
        (f"pairings/{offer['id']}/status", {"secret": offer["secret"]}),
        ("pairings/claim", {"code": code, "public_key": device.jwk, "screen": SCREEN}),
    ):
        headers, body = copied(device, name, content)
        assert device.report(name, json.loads(body), headers=headers).status_code == 200, name
        again = device.report(name, json.loads(body), headers=headers)
        assert (again.status_code, again.json()["error"]) == (401, "replayed")
    late = clock.now_ms() - 6 * 60_000
    assert device.status(offer, at=late).json()["error"] == "skew"
    assert set(RefusedReport.objects.values_list("reason", flat=True)) == {"replayed", "skew"}
    text = client_for(administrator).get(reverse("players:index")).content.decode()
    assert "đã nhận trước đó được gửi lại từ địa chỉ 127.0.0.1" in text


def test_a_new_code_of_a_screen_ends_its_old_one(device, controller, operator):
    first, second = device.ask().json(), device.ask().json()
    with pytest.raises(PairingRefused):
        confirm_pairing(first["code"], controller, operator)
    confirm_pairing(second["code"], controller, operator)
    assert status(device, first).status_code == 404


def test_one_address_fills_no_queue_and_all_together_have_a_limit(device, settings, monkeypatch):
    settings.BANGTIN_PROXIES = 1

    def ask(address):
        one = Device()
        body = json.dumps({"public_key": one.jwk, "screen": SCREEN, "seat": ""}).encode()
        headers = {**one.headers(API + "pairings", body), "X-Forwarded-For": address}
        return one.client.post(API + "pairings", body, content_type="application/json", headers=headers)

    answers = [ask("203.0.113.7") for _ in range(21)]
    assert [one.status_code for one in answers[-2:]] == [200, 503]
    assert answers[-1]["Retry-After"] == "60"
    assert ask("203.0.113.8").status_code == 200
    monkeypatch.setattr("cms.players.pairing.MOST_WAITING", 21)
    assert ask("203.0.113.9").status_code == 503


def test_one_line_of_ipv6_is_one_asker(rf):
    from cms.players.limits import network

    def asker(address):
        return network(rf.get("/", REMOTE_ADDR=address))

    assert asker("2001:db8:1:2::7") == asker("2001:db8:1:2:ffff::1") != asker("2001:db8:1:3::7")
    assert asker("::ffff:203.0.113.7") == asker("203.0.113.7") != asker("203.0.113.8")


def test_the_qr_code_holds_the_address_with_the_code(device):
    import segno

    offer = device.ask().json()
    side = len(offer["qr"])
    assert all(len(row) == side and set(row) <= {"0", "1"} for row in offer["qr"])
    made = segno.make(f"{offer['address']}?code={offer['code']}", error="m", micro=False, boost_error=False)
    assert [[int(module) for module in row] for row in offer["qr"]] == [list(row) for row in made.matrix]


def test_the_qr_code_leads_to_the_address_that_people_use(device, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://bangtin.angiang.gov.vn"
    assert device.ask().json()["address"] == "https://bangtin.angiang.gov.vn/admin/players/pair/"


def test_a_log_that_began_before_the_controller_was_paired_anew_goes_on(device, player, controller, operator):
    device.report("playlog", {"boot": "boot-1", "entries": [played(1), played(2)], "oldest": 1})
    anew = Device()
    confirm_pairing(anew.ask().json()["code"], controller, operator)
    answer = anew.report("playlog", {"boot": "boot-1", "entries": [played(3)], "oldest": 3})
    assert answer.json() == {"acknowledged": 3}
    assert PlayLogBoot.objects.get(player__key_id=anew.key_id).lost == 0
