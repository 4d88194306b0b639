/**
 * The disciplined clock: server time as an offset to a monotonic one. Pure: the monotonic reading is passed in.
 *
 * An exchange says one thing for certain: the server read its clock between sending and receiving, so the offset lies between
 * `server − received` and `server − sent`. The aim is the middle of what all exchanges kept have in common. The quickest way
 * there and the quickest way back bound it, though they seldom fall into one exchange: with delays that vary on their own
 * each way that comes several times closer than the exchanges of the shortest round trips do. What is known grows wider with
 * its age by as much as quartz may wander; the rate of this machine's quartz is learnt over an hour and goes on being allowed for
 * while there is no network.
 *
 * Small differences are slewed, so that positions never jump and time never runs backwards; large ones (a machine with a wrong
 * clock, a server set anew) step. Exchanges that contradict what is known (the server was set, this machine slept) count once a
 * second one agrees with them.
 */

/** @typedef {{at: number, low: number, high: number}} Exchange received at (monotonic); bounds of the offset then; milliseconds */

const KEPT = 120;
/** Larger differences are stepped, milliseconds. */
const STEP = 1000;
/** Share of the elapsed time by which the clock is bent at most. */
const SLEW = 0.02;
/** The server states whole milliseconds. */
const WHOLE = 1;
/** How far a quartz may go wrong while its rate is not known, and while it is: share of the time. */
const WANDER = 50e-6;
const WANDER_KNOWN = 3e-6;
/** The rate is the slope through estimates of so many milliseconds each, of at least and at most so many. */
const BLOCK = 300_000;
const BLOCKS = 4;
const MOST_BLOCKS = 24;
/** A quartz that is further off is broken, or the server's time is bent: share of the time. */
const FASTEST = 200e-6;

/** @param {{at: number, middle: number}[]} points @returns {number} slope of the line through them */
function slope(points) {
  const at = points.reduce((sum, one) => sum + one.at, 0) / points.length;
  const middle = points.reduce((sum, one) => sum + one.middle, 0) / points.length;
  const over = points.reduce((sum, one) => sum + (one.at - at) * (one.middle - middle), 0);
  return over / points.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
}

export class Clock {
  /** @type {Exchange[]} */
  #exchanges = [];
  /** @type {Exchange | undefined} what contradicts the others, until a second one agrees with it */
  #doubtful;
  /** @type {{since: number, low: number, high: number} | undefined} bounds without any allowance for the quartz */
  #block;
  /** @type {{at: number, middle: number}[]} */
  #blocks = [];
  #rate = 0;
  #offset;
  #aim;
  #aimed;
  #reading;
  #uncertainty = Infinity;

  /**
   * @param {number} monotonic present monotonic reading, milliseconds
   * @param {number} offset first guess of `server − monotonic`: the machine's clock corrected by what was known last
   */
  constructor(monotonic, offset) {
    this.#reading = monotonic;
    this.#offset = offset;
    this.#aim = offset;
    this.#aimed = monotonic;
  }

  /** True once the server was heard since the page started. */
  get synchronised() {
    return this.#exchanges.length > 0;
  }

  /** When the server was heard last, as a monotonic reading; null: not since the page started. */
  get heard() {
    return this.#exchanges.at(-1)?.at ?? null;
  }

  /** An exchange contradicts what is known: the server should be asked again at once. */
  get doubtful() {
    return this.#doubtful !== undefined;
  }

  /** How far the aim is from what the clock shows, milliseconds. */
  get error() {
    return this.#target(this.#reading) - this.#offset;
  }

  /** How far the aim may be from the truth when the server was heard last, whatever the ways do, milliseconds. */
  get uncertainty() {
    return this.#uncertainty;
  }

  /** By how much the server's clock is faster than this machine's, share of the time; 0 until it is known. */
  get rate() {
    return this.#rate;
  }

  /**
   * An exchange with the server.
   * @param {number} sent monotonic, milliseconds
   * @param {number} received monotonic, milliseconds
   * @param {number} server UTC milliseconds in the answer, whole ones
   */
  exchange(sent, received, server) {
    if (!(received >= sent) || !Number.isFinite(server)) return;
    const found = { at: received, low: server - received, high: server + WHOLE - sent };
    this.now(received);
    const first = !this.synchronised;
    const doubtful = this.#doubtful;
    const confirms = doubtful !== undefined && this.#agree(this.#common(received, [doubtful]), found);
    if (!first && !this.#agree(this.#common(received), found)) {
      this.#doubtful = found;
      if (!confirms) return;
      this.#exchanges = [doubtful];
      this.#block = undefined;
      this.#blocks = [];
      this.#doubtful = undefined;
    } else if (!confirms) this.#doubtful = undefined; // what agrees with both settles nothing
    this.#exchanges.push(found);
    if (this.#exchanges.length > KEPT) this.#exchanges.shift();
    this.#learn(found);
    const { low, high } = this.#common(received);
    this.#aim = (low + high) / 2;
    this.#aimed = received;
    this.#uncertainty = (high - low) / 2;
    // The first answer of a slow network says less than a guess that it bears out.
    const wrong = first ? this.#offset < low || this.#offset > high : Math.abs(this.#aim - this.#offset) > STEP;
    if (wrong) this.#offset = this.#aim;
  }

  /** @param {{low: number, high: number}} left @param {{low: number, high: number}} right */
  #agree(left, right) {
    return left.low <= right.high && right.low <= left.high;
  }

  /**
   * What exchanges have in common, brought to an instant.
   * @param {number} at monotonic @param {Exchange[]} [exchanges]
   */
  #common(at, exchanges = this.#exchanges) {
    const wander = this.#blocks.length < BLOCKS ? WANDER : WANDER_KNOWN;
    let low = -Infinity;
    let high = Infinity;
    for (const one of exchanges) {
      const age = at - one.at;
      low = Math.max(low, one.low + age * (this.#rate - wander));
      high = Math.min(high, one.high + age * (this.#rate + wander));
    }
    // Quartzes that wandered more than allowed: the middle is as good as before.
    return low <= high ? { low, high } : { low: high, high: low };
  }

  /** @param {Exchange} found */
  #learn({ at, low, high }) {
    const block = this.#block;
    if (block && at - block.since < BLOCK) {
      block.low = Math.max(block.low, low);
      block.high = Math.min(block.high, high);
      return;
    }
    if (block) {
      this.#blocks = [...this.#blocks, { at: block.since, middle: (block.low + block.high) / 2 }].slice(-MOST_BLOCKS);
      if (this.#blocks.length >= BLOCKS) this.#rate = Math.max(-FASTEST, Math.min(FASTEST, slope(this.#blocks)));
    }
    this.#block = { since: at, low, high };
  }

  /** @param {number} monotonic @returns {number} the offset aimed at */
  #target(monotonic) {
    return this.#aim + (monotonic - this.#aimed) * this.#rate;
  }

  /**
   * @param {number} monotonic milliseconds
   * @returns {number} UTC milliseconds (a fraction is kept)
   */
  now(monotonic) {
    const elapsed = monotonic - this.#reading;
    if (elapsed > 0) {
      const room = elapsed * SLEW;
      this.#offset += Math.max(-room, Math.min(room, this.#target(monotonic) - this.#offset));
      this.#reading = monotonic;
    }
    return monotonic + this.#offset;
  }
}
