/** Minutes, days and words of a week. Nothing here touches the page. */

export const DAY = 1440;
export const STEP = 15;

/** @param {number} minutes */
export const snapped = (minutes) => Math.round(minutes / STEP) * STEP;

/** @param {number} minutes of a day or of the morning after */
export function clock(minutes) {
  const rest = ((minutes % DAY) + DAY) % DAY;
  return `${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
}

/** @param {Row} row */
export const said = (row) => `${clock(row.start)}–${clock(row.end)}${row.end > DAY ? "+1" : ""}`;

/**
 * Hours of a slot on a day: `end` lies beyond 1440 where it is the next morning's.
 * @typedef {{day: string, start: number, end: number}} Row
 */

/** @param {string} day ISO @param {number} days */
export function later(day, days) {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

/**
 * A row by so many minutes and days. It begins on the day it is on; its length stays.
 * @param {Row} row @param {number} minutes @param {number} days
 * @returns {Row}
 */
export function moved(row, minutes, days) {
  const start = Math.min(Math.max(row.start + minutes, 0), DAY - STEP);
  return { day: later(row.day, days), start, end: start + row.end - row.start };
}

/**
 * A row with another beginning or end, at least one step and at most a day long.
 * @param {Row} row @param {"start"|"end"} edge @param {number} minutes
 * @returns {Row}
 */
export function resized(row, edge, minutes) {
  if (edge === "start") {
    const lowest = Math.max(0, row.end - DAY + STEP);
    return { ...row, start: Math.min(Math.max(row.start + minutes, lowest), Math.min(row.end - STEP, DAY - STEP)) };
  }
  return { ...row, end: Math.min(Math.max(row.end + minutes, row.start + STEP), row.start + DAY - STEP) };
}

/** @param {Row} one @param {Row} other */
export const same = (one, other) => one.day === other.day && one.start === other.start && one.end === other.end;

/**
 * The pieces of a row on the days that it touches.
 * @param {Row} row
 * @returns {Row[]}
 */
export function pieces(row) {
  if (row.end <= DAY) return [row];
  return [{ ...row, end: DAY }, { day: later(row.day, 1), start: 0, end: row.end - DAY }];
}
