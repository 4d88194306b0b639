"""What the people of the stories do, one act each, finding their way by what the pages say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.e2e.instance import Instance
from tests.e2e.keyboard import Typist
from tests.e2e.people import Person
from tests.e2e.pictures import keep

SAVE = "footer button[type=submit], main form footer button"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a unit asks for. Days as a form of the browser takes them (ISO); `gate`: the name of a cluster."""

    title: str
    text: str
    first: str
    last: str
    gate: str
    letter: str
    scan: Path
    picture: Path


def send(sender: Person, wish: Wish, *, narrow: bool = False) -> str:
    """Fill in the form of requests and send it; its number. `narrow`: on a telephone."""
    page = sender.page
    if narrow:
        page.set_viewport_size({"width": 390, "height": 844})
    sender.open("")
    page.get_by_role("link", name="Gửi yêu cầu đăng tin").first.click()
    page.get_by_label("Tiêu đề").fill(wish.title)
    page.get_by_label("Nội dung", exact=True).fill(wish.text)
    page.get_by_label("Phát từ ngày").fill(wish.first)
    page.get_by_label("Phát đến hết ngày").fill(wish.last)
    page.get_by_label(wish.gate).check()
    for language in ("en", "zh-hans"):
        page.locator(f"[name=languages][value={language}]").check()
    page.get_by_label("Số công văn").fill(wish.letter)
    page.get_by_label("Bản chụp công văn").set_input_files(wish.scan)
    page.get_by_label("Ảnh, clip, tài liệu").set_input_files(wish.picture)
    expect(page.locator(".bq-file button")).to_have_count(2)
    page.locator("[name=declared]").check()
    keep(page, "request-form")
    page.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.locator("[data-bq-sent]")).to_contain_text("Đã gửi")
    keep(page, "request-sent")
    return page.locator("[data-bq-sent] strong").inner_text()


def follow_up(sender: Person, number: str, *words: str) -> None:
    """The sender's own page of a request says this."""
    sender.page.goto(f"{sender.instance.url}/yeu-cau/{number}/")
    sender.sees(*words)
    keep(sender.page, "request-followed")


def make_item(editor: Person, wish: Wish) -> int:
    """From the first page to the request, take it, and make an item of it: the key of the original."""
    page = editor.open("")
    keep(page, "editor-home")
    page.get_by_role("link", name="yêu cầu đăng tin chưa có người nhận").click()
    editor.press(wish.title)
    editor.sees(wish.letter, "đã cam kết", wish.gate)
    editor.press("Tôi nhận việc này")
    editor.sees("Bạn đã nhận yêu cầu này", within="body")
    keep(page, "request-taken")
    editor.press("Tạo tin từ yêu cầu")
    page.wait_for_url("**/pages/*/edit/")
    return int(page.url.rstrip("/").split("/")[-2])


def write(editor: Person, item: int, texts: Mapping[str, str], kind: str) -> None:
    """Shorten what the unit sent (texts by the name of the field), and save the draft."""
    page = editor.open(f"pages/{item}/edit/")
    for name, text in texts.items():
        page.fill(f"[name='{name}']", text)
    page.select_option("select[name=kind]", label=kind)
    editor.save()
    editor.instance.eventually(drawn(item))
    page.reload()
    expect(page.locator("main .bt-proofs img.bt-led").first).to_have_js_property("complete", True)
    keep(page, "item-written")


def plan(editor: Person, programme: str, wish: Wish) -> None:
    """A programme with the item, and a slot that plays it at its gate on the wished days."""
    page = editor.open("snippets/programmes/programme/add/")
    page.fill("[name=title]", programme)
    page.locator("#id_entries-ADD").click()
    page.locator("#id_entries-0-item-search").press_sequentially(wish.title)
    page.locator("#id_entries-0-item-list [role=option]").first.click()
    editor.save(SAVE)
    page = editor.open("snippets/programmes/slot/add/")
    page.fill("[name=title]", f"{programme}: cả ngày")
    page.select_option("[name=programme]", label=programme)
    page.get_by_label(wish.gate).check()
    for name, day in (("date_from", wish.first), ("date_until", wish.last)):
        page.fill(f"[name={name}]", "/".join(reversed(day.split("-"))))
        page.keyboard.press("Escape")
    keep(page, "slot")
    editor.save(SAVE)
    editor.sees("chưa có tin nào được phê duyệt", within="body")
    keep(page, "slot-saved")


def translate(translator: Person, title: str, language: str, words: Mapping[str, str]) -> None:
    """Begin the translation on the board, write each passage (Vietnamese → the other language) beside the pictures, and have it
    drawn. `language`: its name on the board."""
    page = translator.open("translations/?cell=mine")
    keep(page, "translation-board")
    page.get_by_role("button", name=f"Bắt đầu – {title}, {language}").click()
    page.wait_for_url("**/pages/*/edit/")
    item = int(page.url.rstrip("/").split("/")[-2])
    passages = page.locator(".js-translation-editor li.incomplete")
    expect(passages.first).to_be_visible()
    while passages.count():
        left = passages.count()
        _passage(passages.first, words)
        expect(passages).to_have_count(left - 1)
    page.get_by_role("button", name="Lưu bản dịch và vẽ bản duyệt").click()
    page.wait_for_load_state()
    translator.instance.eventually(drawn(item))
    page.reload()
    keep(page, f"translation-{language}")


def _passage(passage: Locator, words: Mapping[str, str]) -> None:
    original = passage.locator("p").first.inner_text().replace(" ↵ ", "\n")
    passage.get_by_role("button", name="Dịch").click()
    first, *lines = words[original].split("\n")
    passage.locator("textarea").fill(first)
    for line in lines:
        passage.locator("textarea").press("Shift+Enter")
        passage.page.keyboard.insert_text(line)
    # The passage counts as translated before the server has it.
    with passage.page.expect_response(lambda answer: answer.request.method == "PUT"):
        passage.get_by_role("button", name="Lưu").click()


def submit(editor: Person, title: str) -> None:
    """Send an item in all its languages for appraisal, from the list."""
    page = editor.open(f"items/?q={title}")
    page.get_by_label(f"Đánh dấu «{title}»").check()
    page.select_option("#bt-act", label="Trình thẩm định")
    keep(page, "items")
    editor.press("Tiếp tục")
    editor.press("Trình thẩm định")
    keep(page, "submitted")


def remark(appraiser: Person, item: int, text: str) -> None:
    """Write a remark beside the first picture."""
    page = appraiser.open(f"items/{item}/review/")
    page.locator("[data-bt-begin]").first.click()
    page.locator("[data-bt-point] textarea").fill(text)
    page.locator("[data-bt-point] button[value=write]").click()
    expect(page.locator(".bt-remark__text")).to_have_text(text)
    keep(page, "remark")


def answer(editor: Person, item: int, text: str) -> None:
    """Answer the remark beside the item's form, and mark it as done."""
    page = editor.open(f"items/{item}/review/")
    page.locator(".bt-remark textarea").fill(text)
    page.locator(".bt-remark button[value=answer]").click()
    expect(page.locator(".bt-remark__answer")).to_contain_text(text)
    page.locator(".bt-remark button[value=done]").click()
    expect(page.locator(".bt-remark__state")).to_contain_text("Đã xong")
    keep(page, "remark-answered")


def appraise(appraiser: Person, item: int, name: str) -> None:
    """Look at the pictures of a language, tick the checklist and pass it on."""
    page = appraiser.open(f"items/{item}/review/")
    expect(page.locator(".bt-proofs img.bt-led").first).to_have_js_property("complete", True)
    for box in page.locator("[name=checks]").all():
        box.check()
    keep(page, f"appraisal-{name}")
    page.locator("button[value=approve]").click()
    page.wait_for_url("**/admin/items/")


def is_not_asked(person: Person, item: int) -> None:
    """The item waits for nobody of this person's unit: not on the first page, and looking is all that its own page offers."""
    page = person.open("")
    expect(page.locator(f".bh-waiting a[href$='/items/{item}/review/']")).to_have_count(0)
    page = person.open(f"items/{item}/review/")
    person.sees("(CB 8.6)", "Đơn vị thực hiện bước này: Ủy ban nhân dân xã")
    expect(page.locator("button[value=approve], button[value=reject]")).to_have_count(0)
    keep(page, f"not-asked-{person.username}")


def drawn(item: int) -> str:
    """Whether the latest draft of an item has all its pictures."""
    return f"""
from cms.content.models import ItemPage
from cms.content.proofs import ready
page = ItemPage.objects.get(pk={item})
answer = ready(page, page.latest_revision)
"""


def versions(instance: Instance, item: int) -> dict[str, int]:
    """The pages of an item by language."""
    found: dict[str, int] = instance.do(f"""
from cms.content.models import ItemPage
key = ItemPage.objects.get(pk={item}).translation_key
answer = dict(ItemPage.objects.filter(translation_key=key).values_list("locale__language_code", "pk"))
""")
    return found


def approve(approver: Typist, item: int, document: str, scan: Path) -> None:
    """From the first page to "approved", with the keys alone: the checklist, the confirmation, number and file of the decision."""
    keys, page = approver.keys, approver.page
    keys.follow(f".bh-waiting a[href$='/items/{item}/review/']")
    keys.to(".bt-skips a[href='#decision']")
    keys.press("Enter")
    keys.tick_all("#bt-decision")
    keys.write("#bt-decision [name=document]", document)
    keys.attach("#bt-decision [name=file]", scan)
    keep(page, "approval")
    keys.follow("#bt-decision button[value=approve]")
    approver.sees("Đã phê duyệt", within="body")
    keys.follow("a[href='/admin/']")


def close(editor: Person, title: str, text: str) -> None:
    """Answer the unit, which ends its request."""
    editor.open("requests/")
    editor.press(title)
    page = editor.page
    page.locator("summary", has_text="Trả lời và kết thúc").click()
    page.locator("[name=answer-text]").fill(text)
    keep(page, "request-answer")
    page.get_by_role("button", name="Trả lời và kết thúc").click()
    editor.sees("Đã trả lời", within="body")


def letters(instance: Instance, to: str, number: str) -> list[str]:
    """What was mailed to an address about a request, in the order in which it was written: subject and text."""
    found = []
    for path in sorted((instance.data / "mail").glob("*.log"), key=lambda one: one.stat().st_mtime):
        for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
            letter = message_from_bytes(raw, policy=policy.default)
            body = letter.get_body()
            if to in str(letter["to"]) and body is not None and number in body.get_content():
                found.append(f"{letter['subject']}\n{body.get_content()}")
    return found
