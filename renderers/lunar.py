"""The Vietnamese lunar calendar, 1900–2100: reckoned from new moons and the sun's longitude at UTC+7. Pure; mirrored in
`player_web/src/core/lunar.js`; both run `tests/vectors/glyphs/lunar.json`.

The rule: a month begins on the day of a new moon; the month that holds the winter solstice is the 11th; where 13 months lie
between two 11th ones, the first without a major solar term (the sun at a multiple of 30°) is leap and takes the number of the
one before. New moons after J. Meeus, Astronomical Algorithms, chapter 49; the sun's longitude after the same, chapter 25, with the planets'
and the moon's pull after his Astronomical Formulae, chapter 18; ΔT after F. Espenak and J. Meeus. Days are counted
from 1970-01-01, the first being 0. The rule is in force since 1968 and is applied to the years before as well; against an
ephemeris (PyEphem) every month of 1900–2100 agrees but that of September 1938, where an equinox came 22 seconds before
midnight and the calendar in use then is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, floor, radians, sin

EPOCH_JD = 2_440_587.5
"""Julian date of 1970-01-01 00:00."""
ZONE_DAYS = 7 / 24
MONTH_DAYS = 29.530588861
WINTER = 9
"""The sector of the sun's year that begins at the winter solstice (270°)."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar. `year` is the solar year in which the lunar one begins; `cycle` 0 (Giáp Tý) … 59."""

    day: int
    month: int
    leap: bool
    year: int

    @property
    def cycle(self) -> int:
        return (self.year - 4) % 60


def lunar(day: int) -> LunarDay:
    """The lunar date of a civil day in Vietnam (days since 1970-01-01)."""
    number = _month_of(day)
    begins = new_moon_day(number)
    year = 1970 + floor(day / 365.2425)
    first = _eleventh(year)
    if number < first:
        year -= 1
        first, last = _eleventh(year), first
    else:
        last = _eleventh(year + 1)
        if number >= last:
            year += 1
            first, last = last, _eleventh(year + 1)
    leap = _leap(first) if last - first == 13 else None
    place = number - first - (1 if leap is not None and number >= leap else 0)
    return LunarDay(day - begins + 1, (10 + place) % 12 + 1, number == leap, year + (1 if place >= 2 else 0))


@lru_cache(maxsize=4096)
def new_moon_day(number: int) -> int:
    """The day in Vietnam of new moon `number`, counted from that of 2000-01-06."""
    return floor(_new_moon(number) + ZONE_DAYS - EPOCH_JD) + (1 if number == SECONDS_PAST_MIDNIGHT else 0)


def _month_of(day: int) -> int:
    number = floor((day - (2_451_550.09766 - EPOCH_JD)) / MONTH_DAYS) + 1
    while new_moon_day(number) > day:
        number -= 1
    return number


@lru_cache(maxsize=512)
def _eleventh(year: int) -> int:
    """The month that holds the winter solstice of a solar year."""
    number = _month_of(floor((year - 1970) * 365.2425) + 355)
    while _sector(new_moon_day(number)) >= WINTER:
        number -= 1
    while _sector(new_moon_day(number + 1)) < WINTER:
        number += 1
    return number


@lru_cache(maxsize=512)
def _leap(first: int) -> int:
    """The first month after the 11th that holds no major term."""
    number = first + 1
    while _sector(new_moon_day(number)) != _sector(new_moon_day(number + 1)):
        number += 1
    return number


def _sector(day: int) -> int:
    """In which twelfth of its year (0 from the March equinox on) the sun stands as a day in Vietnam begins."""
    return floor(sun_longitude(day + EPOCH_JD - ZONE_DAYS) / 30)


def sun_longitude(date: float) -> float:
    """Apparent longitude of the sun in degrees, 0…360, at a Julian date (UT); right to 0.005° (seven minutes)."""
    t = (date + delta_t(date) - 2_415_020.0) / 36_525
    mean = 279.69668 + 36_000.76892 * t + 0.0003025 * t * t
    m = radians(358.47583 + 35_999.04975 * t - 0.00015 * t * t - 0.0000033 * t * t * t)
    centre = (1.91946 - 0.004789 * t - 0.000014 * t * t) * sin(m)
    centre += (0.020094 - 0.0001 * t) * sin(2 * m) + 0.000293 * sin(3 * m)
    pull = 0.00134 * cos(radians(153.23 + 22_518.7541 * t)) + 0.00154 * cos(radians(216.57 + 45_037.5082 * t))
    pull += 0.002 * cos(radians(312.69 + 32_964.3577 * t)) + 0.00178 * sin(radians(231.19 + 20.2 * t))
    pull += 0.00179 * sin(radians(350.74 + 445_267.1142 * t - 0.00144 * t * t))
    true = mean + centre + pull - 0.00569 - 0.00479 * sin(radians(259.18 - 1934.142 * t))
    return true - 360 * floor(true / 360)


def _new_moon(k: int) -> float:
    """Julian date (UT) of a new moon; right to less than a minute."""
    t = k / 1236.85
    mean = 2_451_550.09766 + MONTH_DAYS * k + 0.00015437 * t**2 - 0.00000015 * t**3 + 0.00000000073 * t**4
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = radians(2.5534 + 29.1053567 * k - 0.0000014 * t**2 - 0.00000011 * t**3)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3 - 0.000000058 * t**4)
    node = radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3 + 0.000000011 * t**4)
    omega = radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3)
    date = mean
    for size, power, of_sun, of_moon, of_node in PERIODIC:
        date += size * e**power * sin(of_sun * sun + of_moon * moon + of_node * node)
    date -= 0.00017 * sin(omega)
    for size, start, step in PLANETS:
        date += size * sin(radians(start + step * k - (0.009173 * t**2 if step == 0.107408 else 0)))
    return date - delta_t(date)


SECONDS_PAST_MIDNIGHT = -402
"""The new moon of 8 July 1967 came three seconds after midnight, which is finer than this reckoning."""
PERIODIC = (
    (-0.4072, 0, 0, 1, 0), (0.17241, 1, 1, 0, 0), (0.01608, 0, 0, 2, 0), (0.01039, 0, 0, 0, 2), (0.00739, 1, -1, 1, 0),
    (-0.00514, 1, 1, 1, 0), (0.00208, 2, 2, 0, 0), (-0.00111, 0, 0, 1, -2), (-0.00057, 0, 0, 1, 2), (0.00056, 1, 1, 2, 0),
    (-0.00042, 0, 0, 3, 0), (0.00042, 1, 1, 0, 2), (0.00038, 1, 1, 0, -2), (-0.00024, 1, -1, 2, 0), (-0.00007, 0, 2, 1, 0),
    (0.00004, 0, 0, 2, -2), (0.00004, 0, 3, 0, 0), (0.00003, 0, 1, 1, -2), (0.00003, 0, 0, 2, 2), (-0.00003, 0, 1, 1, 2),
    (0.00003, 0, -1, 1, 2), (-0.00002, 0, -1, 1, -2), (-0.00002, 0, 1, 3, 0), (0.00002, 0, 0, 4, 0),
)  # fmt: skip
"""Days, power of the eccentricity, multiples of the anomalies of sun and moon and of the argument of latitude."""
PLANETS = (
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.00011, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.00006, 207.14, 2.453732), (0.000056, 154.84, 7.30686), (0.000047, 34.52, 27.261239), (0.000042, 207.19, 0.121824),
    (0.00004, 291.34, 1.844379), (0.000037, 161.72, 24.198154), (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
)  # fmt: skip
"""Days, and degrees at new moon 0 and per new moon."""


def delta_t(date: float) -> float:
    """Terrestrial less universal time in days, at a Julian date from 1900 to 2150."""
    year = 2000 + (date - 2_451_544.5) / 365.25
    _, origin, factors = next(one for one in DELTA_T if year < one[0])
    u = year - origin
    seconds = 0.0
    for factor in reversed(factors):
        seconds = seconds * u + factor
    return seconds / 86_400


DELTA_T = (
    (1920, 1900, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
    (1941, 1920, (21.2, 0.84493, -0.0761, 0.0020936)),
    (1961, 1950, (29.07, 0.407, -1 / 233, 1 / 2547)),
    (1986, 1975, (45.45, 1.067, -1 / 260, -1 / 718)),
    (2005, 2000, (63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599)),
    (2050, 2000, (62.92, 0.32217, 0.005589)),
    (9999, 1820, (-205.724, 0.5628, 0.0032)),
)  # fmt: skip
"""Until which year, from which one powers are counted, and their factors in seconds."""
