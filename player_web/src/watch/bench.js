/** Assets that failed sit out a while, longer each time, so that a bad clip is not tried at every turn. Pure: `now` is passed in. */

/** What a layer that sits out says; it was told why when it failed. */
export const SITS_OUT = "sits out";
/** Milliseconds; each failure waits four times as long as the one before. */
const FIRST = 60_000;
const TIMES = 4;
const LONGEST = 6 * 3_600_000;
/** Assets remembered; the oldest leave. */
const KEPT = 500;

export class Bench {
  /** @type {Map<string, {failures: number, until: number}>} */
  #out = new Map();

  /** @param {string} asset @param {number} now monotonic, milliseconds @returns {number} how long it sits out, milliseconds */
  fails(asset, now) {
    const failures = (this.#out.get(asset)?.failures ?? 0) + 1;
    const rest = Math.min(LONGEST, FIRST * TIMES ** (failures - 1));
    this.#out.delete(asset);
    this.#out.set(asset, { failures, until: now + rest });
    for (const oldest of [...this.#out.keys()].slice(0, Math.max(0, this.#out.size - KEPT))) this.#out.delete(oldest);
    return rest;
  }

  /** @param {string} asset @param {number} now monotonic, milliseconds */
  rests(asset, now) {
    return now < (this.#out.get(asset)?.until ?? -Infinity);
  }

  /** It was shown as it should be: the next failure counts as the first. @param {string} asset */
  well(asset) {
    this.#out.delete(asset);
  }
}
