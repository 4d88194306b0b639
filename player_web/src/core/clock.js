/**
 * The disciplined clock: server time as an offset to a monotonic one. Pure: the monotonic reading is passed in.
 *
 * An exchange gives `server − middle of sending and receiving`, wrong by at most half its round trip. Of the last
 * exchanges those with the shortest round trips count, and their median is the aim. Small differences are slewed, so
 * that positions never jump and time never runs backwards; large ones (a first exchange, a clock set anew) step.
 */

/** @typedef {{offset: number, roundTrip: number}} Exchange milliseconds */

const KEPT = 9;
const BEST = 3;
/** Larger differences are stepped, milliseconds. */
const STEP = 1000;
/** Share of the elapsed time by which the clock is bent at most. */
const SLEW = 0.02;

/** @param {number[]} values @returns {number} */
function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export class Clock {
  /** @type {Exchange[]} */
  #exchanges = [];
  /** @type {number} */
  #offset;
  /** @type {number} */
  #aim;
  /** @type {number} */
  #reading;

  /**
   * @param {number} monotonic present monotonic reading, milliseconds
   * @param {number} offset first guess of `server − monotonic`: the machine's clock corrected by what was known last
   */
  constructor(monotonic, offset) {
    this.#reading = monotonic;
    this.#offset = offset;
    this.#aim = offset;
  }

  /** True once the server was heard since the page started. */
  get synchronised() {
    return this.#exchanges.length > 0;
  }

  /** How far the aim is from what the clock shows, milliseconds. */
  get error() {
    return this.#aim - this.#offset;
  }

  /** Half of the shortest round trip kept: the bound of the error, milliseconds. */
  get uncertainty() {
    return this.#exchanges.length ? Math.min(...this.#exchanges.map((one) => one.roundTrip)) / 2 : Infinity;
  }

  /**
   * An exchange with the server.
   * @param {number} sent monotonic, milliseconds
   * @param {number} received monotonic, milliseconds
   * @param {number} server UTC milliseconds in the answer
   */
  exchange(sent, received, server) {
    const roundTrip = received - sent;
    if (!(roundTrip >= 0) || !Number.isFinite(server)) return;
    const offset = server - (sent + received) / 2;
    const first = this.#exchanges.length === 0;
    if (!first && Math.abs(offset - this.#aim) > STEP + roundTrip) this.#exchanges = [];
    this.#exchanges.push({ offset, roundTrip });
    if (this.#exchanges.length > KEPT) this.#exchanges.shift();
    const best = [...this.#exchanges].sort((left, right) => left.roundTrip - right.roundTrip).slice(0, BEST);
    this.#aim = median(best.map((one) => one.offset));
    this.now(received);
    if (first || Math.abs(this.#aim - this.#offset) > STEP) this.#offset = this.#aim;
  }

  /**
   * @param {number} monotonic milliseconds
   * @returns {number} UTC milliseconds (a fraction is kept)
   */
  now(monotonic) {
    const elapsed = monotonic - this.#reading;
    if (elapsed > 0) {
      const room = elapsed * SLEW;
      this.#offset += Math.max(-room, Math.min(room, this.#aim - this.#offset));
      this.#reading = monotonic;
    }
    return monotonic + this.#offset;
  }
}
