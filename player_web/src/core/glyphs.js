/**
 * Which cells of an approved atlas say a live value. Mirrors `renderers/glyphs.py`; both run the vectors of
 * `tests/vectors/glyphs/`. Pure: the instant and the values are passed in.
 *
 * @typedef {import("./schedule.js").Glyphs} Glyphs
 * @typedef {import("./schedule.js").Rect} Rect
 * @typedef {import("./schedule.js").Value} Value
 * @typedef {[number, string, Rect]} Placed x in the rectangle, the cell's name, where it lies in the atlas
 * @typedef {Record<string, string | string[]>} Said what each token says: cells by name
 */

import { lunar } from "./lunar.js";

/** Numbers from here on are not shown: not every digit of them is kept. */
const LARGEST = 1e15;
/** The cell of the sign before a negative number. */
const MINUS = "-";
const DAY = 86_400;
const LUNAR = ["ld", "lm", "leap", "lyear"];

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

/**
 * @param {Glyphs} glyphs
 * @param {number} instant UTC milliseconds
 * @param {Record<string, Value>} values of the notices in force
 * @param {number} width of the rectangle in pixels
 * @returns {Placed[]} from the left
 */
export function cells(glyphs, instant, values, width) {
  const known = glyphs.cells;
  const has = (/** @type {string} */ name) => Object.hasOwn(known, name);
  const wide = (/** @type {string[]} */ row) => row.reduce((sum, name) => sum + known[name][2], 0);
  let names = namesOf(glyphs, instant, values);
  if (names === null || !names.every(has) || wide(names) > width) names = glyphs.fallback.filter(has);
  const room = width - wide(names);
  let x = Math.max(0, glyphs.align === "centre" ? Math.floor(room / 2) : glyphs.align === "right" ? room : 0);
  return names.map((name) => {
    const left = x;
    x += known[name][2];
    return [left, name, known[name]];
  });
}

/**
 * The cells that say the value; null when there is nothing to say.
 * @param {Glyphs} glyphs @param {number} instant @param {Record<string, Value>} values
 * @returns {string[] | null}
 */
function namesOf(glyphs, instant, values) {
  if (glyphs.of === "value") {
    const name = glyphs.name ?? "";
    return Object.hasOwn(values, name) ? valueNames(glyphs, instant, values[name]) : null;
  }
  const pattern = glyphs.pattern ?? [];
  if (glyphs.of === "countdown") {
    const left = -Math.floor((instant - (glyphs.until ?? 0)) / 1000);
    return left > 0 ? filled(pattern, countdown(left)) : null;
  }
  return filled(pattern, time(Math.floor(instant / 1000) + (glyphs.offset ?? 0) * 60, pattern));
}

/** @param {string[]} pattern @param {Said} said @returns {string[]} */
function filled(pattern, said) {
  return pattern.flatMap((token) => (Object.hasOwn(said, token) ? [...said[token]] : token));
}

/** @param {number} seconds @returns {Said} */
function countdown(seconds) {
  const rest = seconds % DAY;
  const minutes = Math.floor(rest / 60);
  return { D: String(Math.floor(seconds / DAY)), HH: two(Math.floor(minutes / 60)), mm: two(minutes % 60), ss: two(rest % 60) };
}

/**
 * What each token says at a local time.
 * @param {number} seconds since 1970 @param {string[]} pattern
 * @returns {Said}
 */
function time(seconds, pattern) {
  const date = new Date(seconds * 1000);
  const [hour, day, month] = [date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1];
  /** @type {Said} */
  const said = {
    HH: two(hour),
    H: String(hour),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
    dd: two(day),
    d: String(day),
    MM: two(month),
    M: String(month),
    yyyy: String(date.getUTCFullYear()).padStart(4, "0"),
    weekday: [`w${date.getUTCDay() || 7}`],
  };
  if (!LUNAR.some((token) => pattern.includes(token))) return said;
  const moon = lunar(Math.floor(seconds / DAY));
  return { ...said, ld: String(moon.day), lm: String(moon.month), leap: moon.leap ? ["leap"] : [], lyear: [`c${moon.cycle}`] };
}

/** @param {Glyphs} glyphs @param {number} instant @param {Value} value @returns {string[] | null} */
function valueNames(glyphs, instant, value) {
  const age = instant - value?.at;
  if (!(age <= value?.max_age) || (glyphs.max_age && age > glyphs.max_age)) return null;
  if (typeof value.value === "string") return [value.value];
  if (typeof value.value !== "number" || !(Math.abs(value.value) < LARGEST)) return null;
  return number(value.value, glyphs);
}

/** A number's cells: rounded half away from zero, with its groups of three. @param {number} value @param {Glyphs} glyphs */
function number(value, { decimals, group, point }) {
  const text = value.toFixed(decimals ?? 0);
  const [whole, rest] = text.replace("-", "").split(".");
  const names = value < 0 && /[1-9]/.test(text) ? [MINUS] : [];
  [...whole].forEach((digit, place) => {
    if (place > 0 && group && (whole.length - place) % 3 === 0) names.push(group);
    names.push(digit);
  });
  return rest ? [...names, point ?? ",", ...rest] : names;
}
