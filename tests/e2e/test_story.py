"""From a letter to the light of the screens: a department asks for something to be shown, and five people bring it to all faces of a
cluster in three languages (CB 7.1, 14); the commune brings what it produces itself there by its own way (CB 8.6)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from cms.demo.texts import FOLDER
from tests.e2e import acts, airing
from tests.e2e.acts import Wish
from tests.e2e.conftest import CONTROLLERS, Cast, Player
from tests.e2e.instance import Instance
from tests.e2e.keyboard import Typist

CLUSTER, CONTROLLER = "ta-lung", "ta-lung-1"
GATE = "Cụm thông tin cơ sở cửa khẩu quốc tế Tà Lùng"

FAIR = "Hội chợ biên giới Tà Lùng – Thủy Khẩu"
FAIR_TEXT = """Hội chợ thương mại biên giới năm 2027 diễn ra từ ngày 04 đến ngày 10/01/2027 tại khu vực cửa khẩu quốc tế Tà Lùng, \
mở cửa từ 08:00 đến 21:00 mỗi ngày.

Người dân, du khách, doanh nghiệp hai nước được vào cửa miễn phí; xuất trình giấy tờ tùy thân tại cổng."""
FAIR_CARD = "Từ 04 đến 10/01/2027, mở cửa 08:00–21:00. Vào cửa miễn phí, mang theo giấy tờ tùy thân."
FAIR_CAPTION = "Non nước Cao Bằng"
FAIR_IN = {
    "English": {
        FAIR: "Ta Lung – Shuikou border fair",
        FAIR_CARD: "4–10 January 2027, open 08:00–21:00. Free entry. Please bring your identity papers.",
        FAIR_CAPTION: "Waters and mountains of Cao Bang",
    },
    "简体中文": {
        FAIR: "驮隆—水口边境贸易会",
        FAIR_CARD: "2027年1月4日至10日，08:00–21:00开放。免费入场，请携带身份证件。",
        FAIR_CAPTION: "高平山水",
    },
}

CLEANING = "Ngày Chủ nhật xanh ở Tà Lùng"
CLEANING_TEXT = """UBND xã phát động dọn vệ sinh quanh cửa khẩu vào Chủ nhật, 10/01/2027, từ 06:30, tập trung tại Nhà văn hóa xã. \
Mời bà con, cơ quan, đơn vị trên địa bàn tham gia."""
CLEANING_CARD = "Chủ nhật 10/01/2027, 06:30\nTập trung tại Nhà văn hóa xã"
CLEANING_CAPTION = "Giữ sạch cửa khẩu quê ta"
CLEANING_IN = {
    "English": {
        CLEANING: "Green Sunday in Ta Lung",
        CLEANING_CARD: "Sunday 10 January 2027, 06:30\nMeet at the commune hall",
        CLEANING_CAPTION: "Keep our border gate clean",
    },
    "简体中文": {
        CLEANING: "驮隆绿色星期日",
        CLEANING_CARD: "2027年1月10日星期日 06:30\n在乡文化馆集合",
        CLEANING_CAPTION: "保持口岸清洁",
    },
}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """The letter of a unit, and the decision of the approver, on paper."""
    path = tmp_path / "van-ban.pdf"
    Image.effect_noise((620, 877), 30).convert("RGB").save(path)
    return path


@pytest.fixture
def watching(instance: Instance, make_player: Callable[[], Player]) -> Player:
    """The player of the cluster."""
    player = make_player()
    player.open(instance.invitation(CONTROLLER), size=CONTROLLERS[CONTROLLER])
    player.until("s.schedule && s.ready")
    return player


def test_what_a_department_asks_for_comes_to_three_faces_in_three_languages(
    cast: Cast, browser: Browser, instance: Instance, watching: Player, scan: Path
) -> None:
    wish = Wish(
        FAIR, FAIR_TEXT, "2027-01-04", "2027-01-10", GATE, "27/SNgV-HTQT", scan, FOLDER / "media" / "non-nuoc.jpg"
    )
    sender, editor, appraiser = cast("caobang.contributor"), cast("caobang.editor"), cast("caobang.appraiser")
    number = acts.send(sender, wish)
    item = acts.make_item(editor, wish)
    texts = {"body-1-value-text": FAIR_CARD, "body-2-value-caption": FAIR_CAPTION}
    acts.write(editor, item, texts, "Kinh tế, đầu tư, sản phẩm")
    acts.plan(editor, "Sự kiện tại Tà Lùng", wish)
    for language, words in FAIR_IN.items():
        acts.translate(cast("caobang.translator"), FAIR, language, words)
    acts.submit(editor, FAIR)

    pages = acts.versions(instance, item)
    assert set(pages) == {"vi", "en", "zh-hans"}
    acts.remark(appraiser, item, "Đề nghị kiểm tra lại giờ mở cửa với Sở Ngoại vụ.")
    acts.answer(editor, item, "Đã kiểm tra: 08:00–21:00, theo công văn 27/SNgV-HTQT.")
    for language, page in pages.items():
        acts.appraise(appraiser, page, language)

    approver = Typist(browser, instance, "caobang.approver")
    for page in pages.values():
        acts.approve(approver, page, "05/QĐ-SVHTTDL", scan)

    found = airing.turns(instance, CLUSTER, item)
    assert {(one.face, one.language) for one in found} == {(face, one) for face in "abc" for one in pages}
    airing.shows_what_was_approved(watching, CONTROLLER, approver, found)

    acts.follow_up(sender, number, "Trên màn hình", GATE, "VI, EN, ZH-HANS")
    acts.close(editor, FAIR, "Tin đã phát tại cửa khẩu Tà Lùng bằng ba ngôn ngữ.")
    acts.follow_up(sender, number, "Đã trả lời, kết thúc", "bằng ba ngôn ngữ")
    letters = acts.letters(instance, "caobang.contributor@example.vn", number)
    assert "Trên màn hình" in letters[-2]
    assert "bằng ba ngôn ngữ" in letters[-1]


def test_what_the_commune_produces_takes_its_own_way_to_the_same_cluster(
    cast: Cast, browser: Browser, instance: Instance, watching: Player, scan: Path
) -> None:
    wish = Wish(
        CLEANING, CLEANING_TEXT, "2027-01-04", "2027-01-10", GATE, "03/UBND", scan, FOLDER / "media" / "ban-gioc.jpg"
    )
    sender, editor, appraiser = cast("talung.contributor"), cast("talung.editor"), cast("talung.appraiser")
    number = acts.send(sender, wish, narrow=True)
    item = acts.make_item(editor, wish)
    texts = {"body-1-value-text": CLEANING_CARD, "body-2-value-caption": CLEANING_CAPTION}
    acts.write(editor, item, texts, "Thông tin cơ sở")
    acts.plan(editor, "Tin của xã tại Tà Lùng", wish)
    for language, words in CLEANING_IN.items():
        acts.translate(editor, CLEANING, language, words)
    acts.submit(editor, CLEANING)

    pages = acts.versions(instance, item)
    acts.is_not_asked(cast("caobang.appraiser"), item)
    for language, page in pages.items():
        acts.appraise(appraiser, page, language)
    acts.is_not_asked(cast("caobang.approver"), item)
    approver = Typist(browser, instance, "talung.approver")
    for page in pages.values():
        acts.approve(approver, page, "11/QĐ-UBND", scan)

    found = airing.turns(instance, CLUSTER, item)
    assert {(one.face, one.language) for one in found} == {(face, one) for face in "abc" for one in pages}
    airing.shows_what_was_approved(watching, CONTROLLER, approver, found)
    acts.follow_up(sender, number, "Trên màn hình", GATE, "VI, EN, ZH-HANS")
