"""Feeds: numbers of others reach the screens of a province that switched them on; what cannot be is refused, and the CMS says which."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from cms import clock
from cms.accounts.models import AuditEntry
from cms.plugin_api.types import Feed, Reading, Text
from cms.plugin_host.host import Host
from cms.programmes import feed_fetch, feed_jobs, feed_values
from cms.programmes.feed_jobs import read_due
from cms.programmes.feed_values import FeedSubscription, switch_off, switch_on
from cms.programmes.live_values import LiveValue, LiveValueRefused, set_value, told_to
from tests.programmes.sources import BOMB, THIEF, Source, failing, marked, rates, weather

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]
PAGE = "programmes:feed_values"


@pytest.fixture
def usd(province, administrator, source) -> FeedSubscription:
    """The bank's dollar, switched on for An Giang by its administrator."""
    return switch_on(province, "usd", by=administrator, address=source.url("/rates"))


def ask(one: FeedSubscription) -> FeedSubscription:
    """Ask as if it were due again."""
    FeedSubscription.objects.filter(pk=one.pk).update(next_at=clock.now())
    read_due()
    return FeedSubscription.objects.select_related("live").get(pk=one.pk)


def refused(one: FeedSubscription) -> str:
    return ask(one).refused


def test_nothing_is_asked_before_somebody_switches_a_feed_on(province, source):
    assert read_due() == 0
    assert source.asked == []
    assert not LiveValue.objects.exists()


def test_a_rate_of_the_national_plugin_reaches_the_screens_of_a_province(
    usd, cluster, django_capture_on_commit_callbacks
):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        assert read_due() == 1
    told = told_to(cluster)["usd"]
    assert (told["value"], told["max_age"]) == (25450, 4 * 24 * 3_600_000)
    assert abs(told["at"] - clock.now_ms()) < 60_000
    jobs = django_rq.get_queue("release").jobs
    assert [(job.func_name, job.args) for job in jobs] == [("cms.release.jobs.publish_notices", (cluster.pk,))]
    entry = AuditEntry.objects.get(action="values.feed")
    assert (entry.user, entry.province, entry.data["before"], entry.data["value"]) == (None, "an_giang", None, 25450)
    usd.refresh_from_db()
    assert (usd.refused, usd.failures, usd.said) == ("", 0, "25450.0")
    assert usd.next_at > clock.now() + timedelta(minutes=29)


def test_a_national_value_reaches_every_province_and_gives_way_to_its_own(
    usd, province, cluster, administrator, source
):
    from cms.places.models import Province

    nation = Province.objects.create(
        code="national", name="Trung ương", languages=["vi"], theme="national", national=True
    )
    switch_on(nation, "cny", by=administrator, address=source.url("/rates"))
    switch_on(nation, "usd", by=administrator, address=source.url("/rates"))
    read_due()
    assert {name: one["value"] for name, one in told_to(cluster).items()} == {"cny": 3545, "usd": 25450}
    assert len(source.asked) == 1  # one request for all who read the same document
    set_value(LiveValue.objects.get(province=province, name="usd"), 25500, by=administrator)
    assert told_to(cluster)["usd"]["value"] == 25500


def test_the_temperature_is_read_from_json(province, administrator, source, cluster):
    source.pages["/weather"] = weather(31.5)
    switch_on(province, "nhiet_do", by=administrator, address=source.url("/weather"))
    read_due()
    assert told_to(cluster)["nhiet_do"]["value"] == 31.5


WRONG = [
    ("stale", rates(age=timedelta(days=5))),
    ("future", rates(age=timedelta(hours=-3))),
    ("range", rates("2,545,000.00")),
    ("range", rates("0")),
    ("jump", rates("26,450.00")),
    ("unreadable", rates("-")),
    ("unreadable", rates("nhiều")),
    ("unreadable", b"<ExrateList></ExrateList>"),
    ("unreadable", b"<html><body>Maintenance<br></body></html>"),
    ("unreadable", b"\xff\xfe\x00\x01"),
    ("unreadable", b""),
    ("unreadable", BOMB),
    ("unreadable", THIEF),
    ("unreadable", b"<a>" * 100_000),
    ("too_long", b"<!--" + b"x" * (1 << 20) + b"-->"),
    ("status", failing(404)),
    ("status", failing(503)),
]


def test_what_cannot_be_is_refused_and_the_last_value_stays(usd, source, cluster):
    ask(usd)
    before = told_to(cluster)
    for index, (reason, page) in enumerate(WRONG):
        source.pages["/rates"] = page
        assert refused(usd) == reason, index
        assert told_to(cluster) == before
    source.pages["/rates"] = rates("25,460.00")
    assert refused(usd) == ""
    assert told_to(cluster)["usd"]["value"] == 25460


def test_the_pages_say_which_feed_was_refused_and_why(usd, source, editor, client_for):
    ask(usd)
    source.pages["/rates"] = rates("2,545,000.00")
    ask(usd)
    text = client_for(editor).get(reverse(PAGE)).content.decode()
    for words in (
        "▲ Từ chối",
        "nằm ngoài khoảng cho phép",
        "2.545.000",
        "15000 … 50000",
        "Giá trị gần nhất còn hiệu lực",
    ):
        assert words in text
    assert "nằm ngoài khoảng" in client_for(editor).get(reverse("programmes:live_values")).content.decode()
    LiveValue.objects.update(at=clock.now() - timedelta(days=5))
    assert "Giá trị đã quá cũ: không hiển thị." in client_for(editor).get(reverse(PAGE)).content.decode()


def test_a_number_of_another_type_is_no_number(province, administrator, source):
    source.pages["/weather"] = weather("31")
    one = switch_on(province, "nhiet_do", by=administrator, address=source.url("/weather"))
    for degrees in ("31", None, True, [31], {"value": 31}, "\ud800", "\x00", 10**400):
        source.pages["/weather"] = weather(degrees)
        assert refused(one) == "number", degrees
    assert LiveValue.objects.get().value is None


@pytest.mark.parametrize(
    ("spelt", "code"), [(b"NaN", "unreadable"), (b"-Infinity", "unreadable"), (b"1e999", "number")]
)
def test_json_that_says_no_number_is_refused(province, administrator, source, spelt, code):
    source.pages["/weather"] = weather(0).replace(b'"temperature_2m": 0', b'"temperature_2m": ' + spelt)
    one = switch_on(province, "nhiet_do", by=administrator, address=source.url("/weather"))
    assert refused(one) == code


def test_who_answers_byte_by_byte_is_cut_off_and_keeps_nobody_waiting(
    usd, province, administrator, source, monkeypatch
):
    monkeypatch.setattr(feed_fetch.fetch, "__kwdefaults__", feed_fetch.fetch.__kwdefaults__ | {"whole_s": 1.5})
    source.pages |= {"/slow": source.dribble, "/silent": source.silent, "/weather": weather(30)}
    slow = switch_on(province, "cny", by=administrator, address=source.url("/slow"))
    silent = switch_on(province, "eur", by=administrator, address=source.url("/silent"))
    warm = switch_on(province, "nhiet_do", by=administrator, address=source.url("/weather"))
    assert read_due() == 4
    for one in (slow, silent, warm, usd):
        one.refresh_from_db()
    assert [one.refused for one in (slow, silent, warm, usd)] == ["slow", "slow", "", ""]


def test_a_plugin_that_never_returns_keeps_nobody_waiting(usd, province, administrator, source, monkeypatch):
    stuck, gate = threading.Event(), threading.Event()

    def hang(data: bytes, type: str) -> Reading:
        stuck.set()
        gate.wait()
        return Reading(1)

    odd = Feed("odd", Text("Lạ", "Odd"), hang, source.url("/odd"), maximum=5, largest_change=1)
    with_odd(monkeypatch, odd)
    source.pages["/odd"] = b"1"
    one = switch_on(province, "odd", by=administrator)
    monkeypatch.setattr(feed_jobs, "WHOLE_S", 3.0)
    try:
        read_due()
        assert stuck.is_set()
    finally:
        gate.set()
    one.refresh_from_db()
    usd.refresh_from_db()
    assert (one.refused, usd.refused, usd.live.value) == ("slow", "", 25450)


def with_odd(monkeypatch: pytest.MonkeyPatch, feed: Feed) -> None:
    known = Host.feeds
    monkeypatch.setattr(Host, "feeds", lambda self, code: {**known(self, code), feed.name: ("odd", feed)})


@pytest.mark.parametrize("answer", ["not a Reading", None, Reading("1"), Reading(1, datetime(2026, 1, 1))], ids=str)  # noqa: DTZ001
def test_what_a_parser_returns_is_checked(province, administrator, source, monkeypatch, answer):
    source.pages["/odd"] = b"1"
    with_odd(
        monkeypatch,
        Feed("odd", Text("Lạ", "Odd"), lambda data, type: answer, source.url("/odd"), maximum=5, largest_change=1),
    )
    assert refused(switch_on(province, "odd", by=administrator)) in ("unreadable", "number")


def test_a_word_is_one_of_the_feeds_words(province, administrator, source, monkeypatch, cluster):
    words = Feed(
        "gate", Text("Cửa khẩu", "Gate"), lambda data, type: Reading(data.decode()), source.url("/gate"),
        kind="word", words=("open", "closed"),
    )  # fmt: skip
    with_odd(monkeypatch, words)
    source.pages["/gate"] = b"closed"
    one = ask(switch_on(province, "gate", by=administrator))
    assert told_to(cluster)["gate"]["value"] == "closed"
    source.pages["/gate"] = "Hôm nay cửa khẩu đóng".encode()
    assert refused(one) == "word"
    assert told_to(cluster)["gate"]["value"] == "closed"


# --- day by day ---------------------------------------------------------------------------------------------------------


def test_a_document_that_has_not_changed_is_not_sent_again(usd, source):
    source.pages["/rates"] = marked(rates(), '"one"')
    first = ask(usd)
    second = ask(usd)
    assert source.asked[-1][1]["If-None-Match"] == '"one"'
    assert (second.refused, second.live.value) == ("", 25450)
    assert second.live.at == first.live.at  # the bank said since when; that it still says so makes it no younger


def test_an_unchanged_document_grows_old_all_the_same(usd, source):
    source.pages["/rates"] = marked(rates(), '"one"')
    ask(usd)
    LiveValue.objects.update(at=clock.now() - timedelta(days=5))
    assert refused(usd) == "stale"


def test_what_a_source_does_not_date_is_true_again_while_it_says_so(
    province, administrator, source, monkeypatch, cluster
):
    level = Feed(
        "water",
        Text("Mực nước", "Water"),
        lambda data, type: Reading(float(data)),
        source.url("/water"),
        maximum=9,
        largest_change=1,
    )
    with_odd(monkeypatch, level)
    source.pages["/water"] = marked(b"2.5", '"w"')
    one = ask(switch_on(province, "water", by=administrator))
    LiveValue.objects.update(at=clock.now() - timedelta(hours=13))
    FeedSubscription.objects.update(told_at=clock.now() - timedelta(hours=13))
    ask(one)
    assert clock.now_ms() - told_to(cluster)["water"]["at"] < 60_000
    assert AuditEntry.objects.filter(action="values.feed").count() == 2


def test_screens_are_not_told_again_what_they_know(usd, source):
    ask(usd)
    source.pages["/rates"] = rates()
    ask(usd)
    assert AuditEntry.objects.filter(action="values.feed").count() == 1


def test_a_feed_that_fails_again_and_again_is_asked_less_and_less_and_its_state_is_seen(
    usd, source, editor, client_for
):
    source.pages["/rates"] = failing(500)
    waits = []
    for _ in range(9):
        one = ask(usd)
        waits.append(round((one.next_at - one.asked_at).total_seconds() / 60))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert one.rests
    assert "Hỏng" in client_for(editor).get(reverse(PAGE)).content.decode()
    assert AuditEntry.objects.get(action="feeds.rest").subject == one.live.label
    source.pages["/rates"] = rates()
    one = ask(usd)
    assert (one.failures, one.rests) == (0, False)


def test_after_a_long_silence_the_bounds_alone_decide(usd, source):
    ask(usd)
    LiveValue.objects.update(at=clock.now() - timedelta(days=5))
    source.pages["/rates"] = rates("27,000.00")
    assert ask(usd).live.value == 27000


def test_an_editor_lets_a_jump_pass_by_writing_it_in(usd, source, editor):
    ask(usd)
    source.pages["/rates"] = rates("26,450.00")
    assert refused(usd) == "jump"
    set_value(usd.live, 26400, by=editor)
    source.pages["/rates"] = rates("26,450.00", age=timedelta(seconds=-60))
    one = ask(usd)
    assert (one.refused, one.live.value) == ("", 26450)


def test_what_an_editor_set_later_is_not_overwritten_by_an_older_reading(usd, source, editor):
    source.pages["/rates"] = rates(age=timedelta(hours=3))
    ask(usd)
    set_value(usd.live, 25500, by=editor)
    assert ask(usd).live.value == 25500


def test_two_workers_ask_a_source_once(usd, source):
    assert [read_due(), read_due()] == [1, 0]
    assert len(source.asked) == 1


def test_a_feed_whose_plugin_went_away_says_so(usd, source, monkeypatch, editor, client_for):
    ask(usd)
    monkeypatch.setattr(Host, "feeds", lambda self, code: {})
    assert refused(usd) == "gone"
    assert "không còn" in client_for(editor).get(reverse(PAGE)).content.decode()
    assert LiveValue.objects.get().value == 25450


# --- who switches -------------------------------------------------------------------------------------------------------


def test_an_editor_switches_a_feed_on_asks_it_and_switches_it_off(province, editor, client_for, source, monkeypatch):
    import django_rq

    monkeypatch.setattr(feed_values, "get_host", lambda: _Offering(source))
    monkeypatch.setattr("cms.programmes.feed_views.get_host", lambda: _Offering(source))
    client = client_for(editor)
    assert "Bật" in client.get(reverse(PAGE)).content.decode()
    form = {"province": "an_giang", "feed": "usd"}
    client.post(reverse(PAGE), form | {"verb": "on"})
    one = FeedSubscription.objects.get()
    assert (one.active, one.by, one.live.label) == (True, editor, "Đô la Mỹ (USD), giá bán ra")
    read_due()
    text = client.get(reverse(PAGE)).content.decode()
    assert "25.450 đồng" in text
    assert "● Có hiệu lực đến" in text
    client.post(reverse(PAGE), form | {"verb": "off"})
    one.refresh_from_db()
    assert not one.active
    asked = len(source.asked)
    FeedSubscription.objects.update(next_at=clock.now())
    assert read_due() == 0
    assert len(source.asked) == asked
    actions = set(AuditEntry.objects.filter(action__startswith="feeds.").values_list("action", flat=True))
    assert actions == {"feeds.on", "feeds.off"}
    assert django_rq.get_queue("default").count == 0  # nothing is enqueued before a commit


class _Offering:
    """A host that offers the dollar from this machine's source."""

    def __init__(self, source: Source) -> None:
        from bangtin_national.feeds import FEEDS

        self._usd = replace(FEEDS[0], url=source.url("/rates"))

    def feeds(self, code: str) -> dict:
        return {"usd": ("national", self._usd)}


@pytest.mark.parametrize("who", ["contributor", "appraiser", "approver", "operator", "outsider"])
def test_only_editors_of_the_province_switch_feeds(who, request, usd, province, client_for):
    person = request.getfixturevalue(who)
    with pytest.raises(LiveValueRefused):
        switch_off(usd, by=person)
    client = client_for(person)
    for verb, name in (("off", "usd"), ("on", "cny")):
        client.post(reverse(PAGE), {"province": "an_giang", "feed": name, "verb": verb})
    usd.refresh_from_db()
    assert usd.active
    assert FeedSubscription.objects.count() == 1


def test_only_administrators_say_where_a_feed_asks(province, editor, administrator, source, client_for):
    with pytest.raises(LiveValueRefused) as error:
        switch_on(province, "usd", by=editor, address=source.url("/rates"))
    assert error.value.code == "forbidden"
    with pytest.raises(LiveValueRefused) as error:
        switch_on(province, "nhiet_do", by=editor)
    assert error.value.code == "address"
    for wrong in (
        "http://example.vn/rates",
        "ftp://example.vn",
        "rates",
        "https://a@example.vn/",
        "https://example.vn/a b",
    ):
        with pytest.raises(LiveValueRefused):
            switch_on(province, "usd", by=administrator, address=wrong)
    page = client_for(administrator).get(reverse(PAGE)).content.decode()
    assert 'name="address"' in page
    assert 'name="address"' not in client_for(editor).get(reverse(PAGE)).content.decode()
    assert not FeedSubscription.objects.exists()


def test_a_live_value_of_another_kind_is_not_taken_over(province, administrator, source):
    LiveValue.objects.create(province=province, name="usd", label="USD", kind="word", words=["a", "b"], at=clock.now())
    with pytest.raises(LiveValueRefused) as error:
        switch_on(province, "usd", by=administrator, address=source.url("/rates"))
    assert error.value.code == "kind"


def test_the_bank_spells_the_time_of_hanoi():
    from bangtin_national.feeds import selling_rate

    data = rates().replace(rates().split(b"<DateTime>")[1].split(b"<")[0], b"4/1/2026 8:05:09 PM")
    assert selling_rate("USD")(data, "text/xml").at == datetime(2026, 4, 1, 13, 5, 9, tzinfo=UTC)
    assert json.dumps(selling_rate("CNY")(data, "text/xml").value) == "3545.0"
