/**
 * The time by which metadata expire. Pure: readings of the clocks are passed in.
 *
 * Whoever sits on the way can answer what they like to a question for the time, and a player that believed them would take the
 * metadata of last month for fresh (a freeze). So what the server says may set the clock of the programme, but expiry is
 * judged by the latest of three:
 *
 * - the server's time, smoothed;
 * - the newest moment at which a trusted timestamp was signed, plus what has passed on this machine since: it is later than that
 *   for certain, and only who holds the timestamp key can move it;
 * - the machine's own clock, corrected as it was when the player was paired, less a day: it goes on while the machine is off.
 *
 * A battery that died (a machine in 1970) or a clock months ahead of everything that was ever signed is not believed. After the machine's
 * clock was set right, its uncorrected reading counts as well. So nobody who only answers for the time can turn expiry back by
 * more than a day; turned forward, it refuses more than it should until the answers are true again, and says so.
 */

const DAY = 86_400_000;
/** How far the machine's clock may be from the truth, milliseconds: a clock kept in local time is off by up to 14 hours. */
const DOUBT = DAY;
/** A machine's clock this far ahead of the newest signature is wrong: nothing signed lasts so long, milliseconds. */
const FAR = 90 * DAY;

/** @typedef {{offset: number, floor: number | null}} Kept offset: server − machine at pairing; floor: it is later than that; milliseconds */

export class ExpiryClock {
  /** @type {number} monotonic */
  #reading;
  /** @type {number | null} */
  #floor;
  /** @type {number} */
  #offset;

  /** @param {number} monotonic present reading, milliseconds @param {Kept} kept */
  constructor(monotonic, { offset, floor }) {
    this.#reading = monotonic;
    this.#offset = offset;
    this.#floor = floor;
  }

  /**
   * A timestamp that is trusted was signed then.
   * @param {number} monotonic milliseconds
   * @param {number | null} made UTC milliseconds; null: the key behind what was heard so far is replaced, and nothing of it counts
   */
  heard(monotonic, made) {
    this.#floor = made === null ? null : Math.max(made, this.floor(monotonic) ?? made);
    this.#reading = monotonic;
  }

  /** @param {number} monotonic milliseconds @returns {number | null} UTC milliseconds: it is later than that */
  floor(monotonic) {
    return this.#floor === null ? null : this.#floor + Math.max(0, monotonic - this.#reading);
  }

  /** @param {number} monotonic milliseconds @returns {Kept} what must be known at the next start */
  kept(monotonic) {
    return { offset: this.#offset, floor: this.floor(monotonic) };
  }

  /**
   * What this machine's own clock says, where it can be believed.
   * @param {number} monotonic @param {number} machine UTC milliseconds
   * @returns {number | null}
   */
  own(monotonic, machine) {
    const floor = this.floor(monotonic);
    const readings = [machine + this.#offset, machine];
    const credible = floor === null ? readings : readings.filter((one) => one >= floor - DOUBT && one <= floor + FAR);
    return credible.length ? Math.min(...credible) : null;
  }

  /**
   * @param {number} monotonic milliseconds
   * @param {number} machine the machine's clock, UTC milliseconds
   * @param {number} server the server's time as it was heard, UTC milliseconds
   * @returns {number} UTC milliseconds
   */
  now(monotonic, machine, server) {
    const own = this.own(monotonic, machine);
    return Math.max(server, this.floor(monotonic) ?? server, own === null ? server : own - DOUBT);
  }

  /**
   * How far the server's time is from what can be believed, beyond doubt.
   * @param {number} monotonic @param {number} machine @param {number} server
   * @returns {number} milliseconds: below 0 it lies in the past, above 0 ahead of this machine's clock; 0 where it is believable
   */
  disagreement(monotonic, machine, server) {
    const now = this.now(monotonic, machine, server);
    if (now - server > DOUBT) return server - now;
    const own = this.own(monotonic, machine);
    return own !== null && server - own > DOUBT ? server - own : 0;
  }
}
