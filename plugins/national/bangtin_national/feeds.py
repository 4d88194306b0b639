"""Feeds that every province may switch on: exchange rates of a bank, and the temperature at the gate. Nothing is asked before that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cms.plugin_api import reading
from cms.plugin_api.types import Feed, Reading, Text

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
RATES = "https://portal.vietcombank.com.vn/Usercontrols/TVPortal.TyGia/pXML.aspx"
DAY_MIN = 24 * 60


def selling_rate(currency: str) -> Callable[[bytes, str], Reading]:
    """A reader of `<ExrateList><DateTime>…</DateTime><Exrate CurrencyCode="USD" Sell="25,450.00"/>…`: đồng for one unit, and
    since when. The reader raises ValueError when the currency is not listed or not sold (“-”)."""

    def read(data: bytes, type: str) -> Reading:
        root = reading.xml(data)
        for rate in root.iter("Exrate"):
            if (rate.get("CurrencyCode") or "").strip() == currency:
                return Reading(reading.number(rate.get("Sell") or ""), _hanoi_time(root.findtext("DateTime") or ""))
        raise ValueError(f"{currency} is not listed.")

    return read


def _hanoi_time(text: str) -> datetime:
    """The bank's American spelling of Hanoi's time, 11/22/2026 8:30:00 AM. Raises ValueError."""
    return datetime.strptime(text.strip(), "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=HANOI)


def temperature(data: bytes, type: str) -> Reading:
    """`{"current": {"time": "2026-11-22T01:30", "temperature_2m": 27.3}, "utc_offset_seconds": 0}`: °C, and since when. Raises
    ValueError, KeyError or TypeError."""
    document = reading.json(data)
    current = document["current"]
    offset = timedelta(seconds=int(document.get("utc_offset_seconds", 0)))
    at = datetime.strptime(current["time"], "%Y-%m-%dT%H:%M").replace(tzinfo=UTC) - offset
    return Reading(current["temperature_2m"], at)


def _rate(currency: str, name: Text, minimum: float, maximum: float, largest_change: float) -> Feed:
    return Feed(
        name=currency.lower(),
        label=Text(f"{name.vi} ({currency}), giá bán ra", f"{name.en} ({currency}), selling rate"),
        parse=selling_rate(currency),
        url=RATES,
        unit="đồng",
        minimum=minimum,
        maximum=maximum,
        largest_change=largest_change,
        every_min=30,
        max_age_min=4 * DAY_MIN,  # the bank rests on Sundays and holidays
    )


FEEDS = (
    _rate("USD", Text("Đô la Mỹ", "US dollar"), 15_000, 50_000, 750),
    _rate("CNY", Text("Nhân dân tệ", "Chinese yuan"), 2_000, 7_000, 120),
    _rate("THB", Text("Bạt Thái", "Thai baht"), 400, 1_500, 25),
    _rate("EUR", Text("Euro", "Euro"), 15_000, 60_000, 1_000),
    Feed(
        name="nhiet_do",
        label=Text("Nhiệt độ ngoài trời", "Temperature outside"),
        parse=temperature,
        unit="°C",
        minimum=-10,
        maximum=50,
        largest_change=12,
        every_min=15,
        max_age_min=120,
        help=Text(
            "Địa chỉ theo toạ độ của cửa khẩu, ví dụ "
            "https://api.open-meteo.com/v1/forecast?latitude=10.61&longitude=104.95&current=temperature_2m",
            "The address has the coordinates of the gate, e.g. "
            "https://api.open-meteo.com/v1/forecast?latitude=10.61&longitude=104.95&current=temperature_2m",
        ),
    ),
)
