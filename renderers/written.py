"""Days, numbers of documents and weekdays as each language writes them."""

from __future__ import annotations

from datetime import date

from renderers.errors import RenderError

_ENGLISH = """January February March April May June July August September October November December""".split()  # noqa: SIM905
_KHMER = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"]
_LAO = ["ມັງກອນ", "ກຸມພາ", "ມີນາ", "ເມສາ", "ພຶດສະພາ", "ມິຖຸນາ", "ກໍລະກົດ", "ສິງຫາ", "ກັນຍາ", "ຕຸລາ", "ພະຈິກ", "ທັນວາ"]

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "km": ("ថ្ងៃចន្ទ", "ថ្ងៃអង្គារ", "ថ្ងៃពុធ", "ថ្ងៃព្រហស្បតិ៍", "ថ្ងៃសុក្រ", "ថ្ងៃសៅរ៍", "ថ្ងៃអាទិត្យ"),
    "lo": ("ວັນຈັນ", "ວັນອັງຄານ", "ວັນພຸດ", "ວັນພະຫັດ", "ວັນສຸກ", "ວັນເສົາ", "ວັນອາທິດ"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
"""By language, Monday first."""

STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")


def base_of(language: str) -> str:
    """The language of these forms: `vi`, `en`, `km`, `lo`, `zh`; English for any other."""
    base = language.split("-")[0]
    return base if base in WEEKDAYS else "en"


def lunar_year(cycle: int) -> str:
    """The name of a year of the cycle of sixty, 0 being Giáp Tý."""
    return f"{STEMS[cycle % 10]} {BRANCHES[cycle % 12]}"


def written_day(day: date, language: str) -> str:
    """A day in full. Vietnamese pads days under 10 and the months 1 and 2 with a zero (decree 30/2020/NĐ-CP, appendix I)."""
    base = base_of(language)
    if base == "vi":
        month = f"{day.month:02}" if day.month < 3 else str(day.month)
        return f"ngày {day.day:02} tháng {month} năm {day.year}"
    if base == "km":
        return f"ថ្ងៃទី {day.day} ខែ{_KHMER[day.month - 1]} ឆ្នាំ {day.year}"
    if base == "lo":
        return f"ວັນທີ {day.day} {_LAO[day.month - 1]} {day.year}"
    if base == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_ENGLISH[day.month - 1]} {day.year}"


def written_number(number: str, language: str) -> str:
    """A document's number with its word ("Số: 05/TB-UBND"), unless the editor wrote it."""
    number = number.strip()
    word, own = {
        "vi": ("Số: ", ("số", "so ")), "en": ("No. ", ("no.", "no ", "number")), "km": ("លេខ៖ ", ("លេខ",)),
        "lo": ("ເລກທີ: ", ("ເລກ",)), "zh": ("编号：", ("编号", "第", "字号")),
    }[base_of(language)]  # fmt: skip
    return number if not number or number.lower().startswith(own) else word + number


def day_of(text: str) -> date | None:
    """An ISO date of a card; None when it is empty. Raises `RenderError("date")`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise RenderError(
            "date",
            f"Ngày “{text[:20]}” không đúng. Hãy chọn lại ngày ban hành.",
            f"“{text[:20]}” is no date. Choose the day of issue again.",
        ) from error
