"""What a click opens, what a wrong form answers and the pages of senders: Vietnamese to the last string, whole, within the instance,
and without a serious finding of axe-core (WCAG 2.2 A and AA). Nothing here is saved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Cast
from tests.e2e.crawling import Crawl, beginning, look, visit, watched
from tests.e2e.instance import Instance

# What people, provinces and plugins wrote, in whatever language.
NAMES = """
from taggit.models import Tag
from wagtail_localize.models import String, StringTranslation
from cms.accounts.models import User
from cms.content.models import Clip, ItemPage, Picture
from cms.places.models import Cluster, ClusterTag, Controller, Organisation, Province, StreamHost
from cms.programmes.models import Programme, Slot
fields = {
    ItemPage: ["title", "draft_title", "slug"], String: ["data"], StringTranslation: ["data"], Picture: ["title", "credit"],
    Clip: ["title"], Tag: ["name"], Programme: ["title"], Slot: ["title"], StreamHost: ["origin"],
    User: ["username", "first_name", "last_name", "email"], Province: ["name", "name_en", "code"],
    Cluster: ["name", "name_en", "slug"], ClusterTag: ["name"], Controller: ["slug"], Organisation: ["name", "name_en", "code"],
}
answer = sorted({text for model, of in fields.items() for row in model.objects.values_list(*of) for text in row if text})
"""
# A language by its own name, keys of a keyboard, an example of codes.
PROPER = frozenset(("English", "Page Up", "Page Down", "Enter", "open và closed"))

# Rule and what stands in the element, where it is Wagtail's alone and cannot be told otherwise from here, with the reason.
WAGTAILS = {
    (
        "list",
        "workflow-tasks",
    ): "links around the items of a list, in the table of ways of approval that only superusers see",
    ("listitem", "workflow-tasks__task"): "the same",
}


# A request as it is sent, and the personal link of who sent it; the demo has none. Nobody is written to.
REQUEST = """
import uuid
from datetime import timedelta
from cms import clock
from cms.places.models import Organisation
from cms.requests.links import address_of
from cms.requests.models import ContentRequest, SenderLink
now, unit = clock.now(), Organisation.objects.filter(province__code="an_giang").first()
link = SenderLink.objects.create(organisation=unit, name="Lâm Thị Thốt Nốt", email="thotnot@example.vn", nonce="9" * 32, made_at=now,
    expires_at=now.replace(microsecond=0) + timedelta(days=9))
sent = ContentRequest.objects.create(draft=uuid.uuid4(), province=unit.province, organisation=unit, link=link, year=2099, serial=1,
    number="AG-2099-0001", sender_name=link.name, email=link.email, title="Hội đua bò Bảy Núi", text="Ngày 30 tháng 8 âm lịch.",
    declared_at=now, declaration_text="Tôi chịu trách nhiệm.", sent_at=now, changed_at=now)
answer = [address_of(link), sent.pk, [link.name, link.email, sent.number]]
"""
FORGOTTEN = """
from cms.requests.models import ContentRequest, SenderLink
ContentRequest.objects.filter(number="AG-2099-0001").delete()
SenderLink.objects.filter(nonce="9" * 32).delete()
"""


@pytest.fixture(scope="module")
def request_sent(instance: Instance) -> Iterator[tuple[str, int]]:
    """The sender's address, and the request's key."""
    instance.do(FORGOTTEN)
    address, key, _ = instance.do(REQUEST)
    yield f"{instance.url}{address}", key
    instance.do(FORGOTTEN)


@pytest.fixture(scope="module")
def names(instance: Instance, request_sent: tuple[str, int]) -> frozenset[str]:
    sender = {"Lâm Thị Thốt Nốt", "thotnot@example.vn", "AG-2099-0001"}
    return PROPER | sender | frozenset(instance.do(NAMES))


def must_be_right(found: Crawl) -> None:
    """Fails with whatever a crawl should not have found, a line each."""
    said = [f"English: {text!r} on {where}" for text, where in found.english.items()]
    said += [f"said to be in {lang!r}: {where}" for where, lang in found.foreign.items()]
    said += [f"broken: {where} {why}" for where, why in found.broken.items()]
    said += [f"outside: {address}" for address in found.outside]
    said += [
        f"{rule} {element} {why}"
        for (rule, element), why in found.violations.items()
        if not any(rule == known and part in why for known, part in WAGTAILS)
    ]
    if said:
        pytest.fail("\n".join(said))


def test_a_sender_with_a_telephone_reads_vietnamese_and_scrolls_one_way(
    browser: Browser, instance: Instance, names: frozenset[str], request_sent: tuple[str, int]
) -> None:
    found, (address, _) = beginning(names), request_sent
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-US"
    ).new_page()
    with watched(page, found, instance.url):
        for path in ("", "da-gui/", "AG-2099-0001/"):
            visit(page, found, f"{address}{path}")
        page.goto(address)
        page.locator("[data-bq-send]").click()
        expect(page.locator("[role=alert] li").first).to_be_visible()
        look(page, found, "the form sent empty")
    must_be_right(found)
    assert found.wide == []


def test_a_stranger_with_an_english_browser_reads_vietnamese(
    browser: Browser, instance: Instance, names: frozenset[str]
) -> None:
    found, page = beginning(names), browser.new_context(locale="en-US").new_page()
    with watched(page, found, instance.url):
        for path in ("login/", "password/reset/", "password/reset/done/", "password/reset/key/1-x-y/"):
            visit(page, found, f"{instance.url}/account/{path}")
        page.goto(f"{instance.url}/account/login/")
        page.fill("[name=login]", "ai-do")
        page.fill("[name=password]", "khong-dung")
        page.click("main button[type=submit]")
        expect(page.locator(MISTAKE).first).to_be_visible()
        look(page, found, "a log-in that is refused")
    must_be_right(found)


WITH_PICTURE = """
from cms.content.models import ItemPage
answer = next(page.pk for page in ItemPage.objects.filter(alias_of=None, locale__language_code="vi").order_by("pk")
    if page.province.code == "lang_son" and any("picture" in card.value for card in page.body if hasattr(card.value, "keys")))
"""
# Where an editor clicks on what, and what is open then.
OPENED = [
    ("images/", "[data-bulk-action-checkbox]", "[data-bulk-action-footer], .footer__container--bulk"),
    ("snippets/programmes/programme/add/", "#id_entries-ADD", "#id_entries-0-item-search"),
    ("pages/{item}/edit/", "[data-side-panel-toggle=status]", "[data-side-panel=status]"),
    ("pages/{translation}/edit/", ".js-translation-editor li button", ".js-translation-editor textarea"),
    ("account/", ".sidebar-footer__account", ".sidebar-footer a[href$='/account/']"),
]


TRANSLATION = """
from cms.content.models import ItemPage
answer = next(page.pk for page in ItemPage.objects.filter(alias_of=None, locale__language_code="en").order_by("pk")
    if page.province.code == "lang_son")
"""


@pytest.fixture(scope="module")
def item(instance: Instance) -> int:
    return int(instance.do(WITH_PICTURE))


@pytest.fixture(scope="module")
def translation(instance: Instance) -> int:
    return int(instance.do(TRANSLATION))


@pytest.mark.parametrize(("path", "click", "opened"), OPENED)
def test_what_a_click_opens_speaks_vietnamese_too(
    cast: Cast,
    instance: Instance,
    names: frozenset[str],
    item: int,
    translation: int,
    path: str,
    click: str,
    opened: str,
) -> None:
    found, editor = beginning(names), cast("langson.editor")
    with watched(editor.page, found, instance.url):
        editor.open(path.format(item=item, translation=translation))
        editor.page.locator(click).first.evaluate("(one) => one.click()")  # whatever panel was left open before it
        expect(editor.page.locator(opened).first).to_be_visible()
        look(editor.page, found, f"{path} {click}")
    must_be_right(found)


def test_pictures_are_chosen_in_vietnamese(cast: Cast, instance: Instance, names: frozenset[str], item: int) -> None:
    found, page = beginning(names), cast("langson.editor").page
    with watched(page, found, instance.url):
        cast("langson.editor").open(f"pages/{item}/edit/")
        page.locator(".chooser [data-w-dropdown-target=toggle]").first.click()
        page.locator("[data-chooser-action-choose]:visible").first.click()
        expect(page.locator(".modal-body img").first).to_be_visible()
        look(page, found, "the chooser of pictures")
    must_be_right(found)


# Who sends which form without filling it in. None of it can be kept: each asks for something.
EMPTY = [
    ("editor", "snippets/programmes/programme/add/"),
    ("editor", "snippets/programmes/slot/add/"),
    ("editor", "live_values/new/"),
    ("editor", "glossary/new/"),
]
MISTAKE = ".error-message, .w-field__errors > *, .help-critical, .errorlist li, .bt-note--error, [role=alert], .messages .error"


@pytest.mark.parametrize(("role", "path"), EMPTY)
def test_a_form_sent_empty_is_answered_in_vietnamese(
    cast: Cast, instance: Instance, names: frozenset[str], role: str, path: str
) -> None:
    found, person = beginning(names), cast(f"langson.{role}")
    with watched(person.page, found, instance.url):
        person.open(path)
        form = person.page.locator("main form[method=post i]").last
        with person.page.expect_navigation():
            form.evaluate("form => HTMLFormElement.prototype.submit.call(form)")
        expect(person.page.locator(MISTAKE).first).to_be_visible()
        look(person.page, found, path)
    must_be_right(found)
