/**
 * The Vietnamese lunar calendar, 1900–2100. Mirrors `renderers/lunar.py`, which says the rule and the sources; both run
 * `tests/vectors/glyphs/lunar.json`. Days are counted from 1970-01-01, the first being 0. Pure.
 *
 * @typedef {object} LunarDay
 * @property {number} day
 * @property {number} month
 * @property {boolean} leap
 * @property {number} year the solar year in which the lunar one begins
 * @property {number} cycle 0 (Giáp Tý) … 59
 */

const EPOCH = 2_440_587.5;
const ZONE = 7 / 24;
const MONTH = 29.530588861;
/** The sector of the sun's year that begins at the winter solstice (270°). */
const WINTER = 9;
/** The new moon of 8 July 1967 came three seconds after midnight, which is finer than this reckoning. */
const SECONDS_PAST_MIDNIGHT = -402;
const RADIANS = Math.PI / 180;
const { cos, floor, sin } = Math;

/** Days, power of the eccentricity, multiples of the anomalies of sun and moon and of the argument of latitude. */
const PERIODIC = [
  [-0.4072, 0, 0, 1, 0], [0.17241, 1, 1, 0, 0], [0.01608, 0, 0, 2, 0], [0.01039, 0, 0, 0, 2], [0.00739, 1, -1, 1, 0],
  [-0.00514, 1, 1, 1, 0], [0.00208, 2, 2, 0, 0], [-0.00111, 0, 0, 1, -2], [-0.00057, 0, 0, 1, 2], [0.00056, 1, 1, 2, 0],
  [-0.00042, 0, 0, 3, 0], [0.00042, 1, 1, 0, 2], [0.00038, 1, 1, 0, -2], [-0.00024, 1, -1, 2, 0], [-0.00007, 0, 2, 1, 0],
  [0.00004, 0, 0, 2, -2], [0.00004, 0, 3, 0, 0], [0.00003, 0, 1, 1, -2], [0.00003, 0, 0, 2, 2], [-0.00003, 0, 1, 1, 2],
  [0.00003, 0, -1, 1, 2], [-0.00002, 0, -1, 1, -2], [-0.00002, 0, 1, 3, 0], [0.00002, 0, 0, 4, 0],
];
/** Days, and degrees at new moon 0 and per new moon. */
const PLANETS = [
  [0.000325, 299.77, 0.107408], [0.000165, 251.88, 0.016321], [0.000164, 251.83, 26.651886],
  [0.000126, 349.42, 36.412478], [0.00011, 84.66, 18.206239], [0.000062, 141.74, 53.303771],
  [0.00006, 207.14, 2.453732], [0.000056, 154.84, 7.30686], [0.000047, 34.52, 27.261239], [0.000042, 207.19, 0.121824],
  [0.00004, 291.34, 1.844379], [0.000037, 161.72, 24.198154], [0.000035, 239.56, 25.513099], [0.000023, 331.55, 3.592518],
];
/** @type {[number, number, number[]][]} until which year, from which one powers are counted, their factors in seconds */
const DELTA_T = [
  [1920, 1900, [-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197]],
  [1941, 1920, [21.2, 0.84493, -0.0761, 0.0020936]],
  [1961, 1950, [29.07, 0.407, -1 / 233, 1 / 2547]],
  [1986, 1975, [45.45, 1.067, -1 / 260, -1 / 718]],
  [2005, 2000, [63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599]],
  [2050, 2000, [62.92, 0.32217, 0.005589]],
  [9999, 1820, [-205.724, 0.5628, 0.0032]],
];

/** @param {number} date Julian @returns {number} terrestrial less universal time in days */
function deltaT(date) {
  const year = 2000 + (date - 2_451_544.5) / 365.25;
  const [, origin, factors] = /** @type {[number, number, number[]]} */ (DELTA_T.find(([until]) => year < until) ?? DELTA_T.at(-1));
  return factors.reduceRight((sum, factor) => sum * (year - origin) + factor, 0) / 86_400;
}

/** @param {number} k @returns {number} Julian date (UT) of a new moon, counted from that of 2000-01-06 */
function newMoon(k) {
  const t = k / 1236.85;
  const e = 1 - 0.002516 * t - 0.0000074 * t ** 2;
  const sun = RADIANS * (2.5534 + 29.1053567 * k - 0.0000014 * t ** 2 - 0.00000011 * t ** 3);
  const moon = RADIANS * (201.5643 + 385.81693528 * k + 0.0107582 * t ** 2 + 0.00001238 * t ** 3 - 0.000000058 * t ** 4);
  const node = RADIANS * (160.7108 + 390.67050284 * k - 0.0016118 * t ** 2 - 0.00000227 * t ** 3 + 0.000000011 * t ** 4);
  const omega = RADIANS * (124.7746 - 1.56375588 * k + 0.0020672 * t ** 2 + 0.00000215 * t ** 3);
  let date = 2_451_550.09766 + MONTH * k + 0.00015437 * t ** 2 - 0.00000015 * t ** 3 + 0.00000000073 * t ** 4;
  for (const [size, power, ofSun, ofMoon, ofNode] of PERIODIC) {
    date += size * e ** power * sin(ofSun * sun + ofMoon * moon + ofNode * node);
  }
  date -= 0.00017 * sin(omega);
  PLANETS.forEach(([size, start, step], place) => {
    date += size * sin(RADIANS * (start + step * k - (place === 0 ? 0.009173 * t ** 2 : 0)));
  });
  return date - deltaT(date);
}

/** @param {number} date Julian (UT) @returns {number} apparent longitude of the sun in degrees, 0…360 */
function sunLongitude(date) {
  const t = (date + deltaT(date) - 2_415_020) / 36_525;
  const m = RADIANS * (358.47583 + 35_999.04975 * t - 0.00015 * t * t - 0.0000033 * t * t * t);
  let centre = (1.91946 - 0.004789 * t - 0.000014 * t * t) * sin(m);
  centre += (0.020094 - 0.0001 * t) * sin(2 * m) + 0.000293 * sin(3 * m);
  let pull = 0.00134 * cos(RADIANS * (153.23 + 22_518.7541 * t)) + 0.00154 * cos(RADIANS * (216.57 + 45_037.5082 * t));
  pull += 0.002 * cos(RADIANS * (312.69 + 32_964.3577 * t)) + 0.00178 * sin(RADIANS * (231.19 + 20.2 * t));
  pull += 0.00179 * sin(RADIANS * (350.74 + 445_267.1142 * t - 0.00144 * t * t));
  const mean = 279.69668 + 36_000.76892 * t + 0.0003025 * t * t;
  const full = mean + centre + pull - 0.00569 - 0.00479 * sin(RADIANS * (259.18 - 1934.142 * t));
  return full - 360 * floor(full / 360);
}

/** In which twelfth of its year the sun stands as a day in Vietnam begins. @param {number} day */
function sector(day) {
  return floor(sunLongitude(day + EPOCH - ZONE) / 30);
}

/** @param {number} number of a new moon @returns {number} its day in Vietnam */
function newMoonDay(number) {
  return floor(newMoon(number) + ZONE - EPOCH) + (number === SECONDS_PAST_MIDNIGHT ? 1 : 0);
}

/** @param {number} day @returns {number} the month that holds it */
function monthOf(day) {
  let number = floor((day - (2_451_550.09766 - EPOCH)) / MONTH) + 1;
  while (newMoonDay(number) > day) number -= 1;
  return number;
}

/** The month that holds the winter solstice of a solar year. @param {number} year */
function eleventh(year) {
  let number = monthOf(floor((year - 1970) * 365.2425) + 355);
  while (sector(newMoonDay(number)) >= WINTER) number -= 1;
  while (sector(newMoonDay(number + 1)) < WINTER) number += 1;
  return number;
}

/** The first month after the 11th that holds no major term. @param {number} first */
function leapAfter(first) {
  let number = first + 1;
  while (sector(newMoonDay(number)) !== sector(newMoonDay(number + 1))) number += 1;
  return number;
}

/** @param {number} day days since 1970-01-01 in Vietnam @returns {LunarDay} */
export function lunar(day) {
  const number = monthOf(day);
  let year = 1970 + floor(day / 365.2425);
  while (number < eleventh(year)) year -= 1;
  while (number >= eleventh(year + 1)) year += 1;
  const first = eleventh(year);
  const leap = eleventh(year + 1) - first === 13 ? leapAfter(first) : null;
  const place = number - first - (leap !== null && number >= leap ? 1 : 0);
  const begins = year + (place >= 2 ? 1 : 0);
  return {
    day: day - newMoonDay(number) + 1,
    month: ((10 + place) % 12) + 1,
    leap: number === leap,
    year: begins,
    cycle: (((begins - 4) % 60) + 60) % 60,
  };
}
