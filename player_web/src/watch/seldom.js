/** The same thing is told once in a while only. Pure: `now` is passed in. */

const KEPT = 200;

export class Seldom {
  /** @type {Map<string, number>} */
  #told = new Map();

  /** @param {number} every milliseconds between two tellings of the same */
  constructor(every) {
    this.every = every;
  }

  /** @param {string} what @param {number} now monotonic, milliseconds @returns {boolean} whether to tell it now */
  may(what, now) {
    if (now - (this.#told.get(what) ?? -Infinity) < this.every) return false;
    this.#told.delete(what);
    this.#told.set(what, now);
    for (const oldest of [...this.#told.keys()].slice(0, Math.max(0, this.#told.size - KEPT))) this.#told.delete(oldest);
    return true;
  }
}
