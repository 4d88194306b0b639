/**
 * When the page is loaded anew, if it must be. Pure: times are passed in.
 *
 * The moment that shows least: all faces dark, or all of them change within a second. Later any change will do, and in the
 * end no more is waited for. An alert is not interrupted before that.
 *
 * @typedef {{boundary: number, at_last: number}} Patience milliseconds until any change of scene will do, and until nothing is waited for
 * @typedef {{at: number, reason: string, times: number}} Past the latest reload; `at` in UTC milliseconds of the machine
 */

const TOGETHER = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export class ReloadPlan {
  /** @type {{reason: string, since: number, patience: Patience} | undefined} */
  #plan;
  /** @type {Map<string, number>} when each face last changed */
  #changes = new Map();

  /** @returns {string} why it is to be loaded anew; empty when it is not */
  get reason() {
    return this.#plan?.reason ?? "";
  }

  /** The first reason stays, with the shorter of two patiences. @param {string} reason @param {number} now monotonic, ms @param {Patience} patience */
  plan(reason, now, patience) {
    const { since, patience: before, reason: first } = this.#plan ?? { since: now, patience, reason };
    const sooner = (/** @type {"boundary" | "at_last"} */ name) => Math.min(since + before[name], now + patience[name]) - since;
    this.#plan = { reason: first, since, patience: { boundary: sooner("boundary"), at_last: sooner("at_last") } };
  }

  /** A face changed what it shows. @param {string} face @param {number} now monotonic, ms */
  changed(face, now) {
    this.#changes.set(face, now);
  }

  /** @param {Record<string, string>} kinds what each face shows (`frame()`'s kind) @param {number} now monotonic, ms @returns {boolean} */
  due(kinds, now) {
    if (!this.#plan) return false;
    const { since, patience } = this.#plan;
    if (now >= since + patience.at_last) return true;
    const lit = Object.entries(kinds).filter(([, kind]) => kind !== "closed" && kind !== "blackout");
    if (lit.some(([, kind]) => kind === "alert")) return false;
    const changed = (/** @type {[string, string]} */ [face]) => now - (this.#changes.get(face) ?? -Infinity) < TOGETHER;
    return lit.every(changed) || (now >= since + patience.boundary && lit.some(changed));
  }
}

/**
 * Whether a reload may be planned: at most one an hour, and each time in a row for the same reason after twice the wait, since what a
 * reload did not mend is not mended by many.
 * @param {Past | null} past @param {string} reason @param {number} wall UTC milliseconds of the machine
 */
export function allowed(past, reason, wall) {
  if (!past) return true;
  const wait = past.reason === reason ? Math.min(DAY, HOUR * 2 ** (past.times - 1)) : HOUR;
  return Math.abs(wall - past.at) >= wait;
}

/** @param {Past | null} past @param {string} reason @param {number} wall @returns {Past} what is remembered of a reload that happens now */
export function remembered(past, reason, wall) {
  const again = past?.reason === reason && Math.abs(wall - past.at) < 2 * DAY;
  return { at: wall, reason, times: again ? past.times + 1 : 1 };
}
