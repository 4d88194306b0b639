/**
 * The PIN of a controller, as far as its player knows it: a salted hash that came with a heartbeat. Wrong ones are slowed, over reloads
 * too. Whoever copies the disk has 10⁶ × PBKDF2 before them, and a page that tells no secrets.
 *
 * @typedef {{salt: string, hash: string, iterations: number}} ServicePin hexadecimal; PBKDF2 with SHA-256, 32 bytes
 * @typedef {{wrong: number, until: number}} Lock wrong PINs in a row; closed until then, UTC milliseconds
 */

import { fromHex, toHex, utf8 } from "../update/verify.js";

export const DIGITS = 6;
const LEAST_ITERATIONS = 200_000;
const MOST_ITERATIONS = 5_000_000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 300_000;

/** For how long the page is closed after so many wrong PINs in a row. @param {number} wrong @returns {number} milliseconds */
export function waitAfter(wrong) {
  return wrong < 1 ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - 1));
}

/** @param {any} told @returns {ServicePin | null} what a server said, if it can be one */
export function readPin(told) {
  const { salt, hash, iterations } = told ?? {};
  const whole = /^[0-9a-f]{32,128}$/.test(salt) && /^[0-9a-f]{64}$/.test(hash);
  return whole && Number.isSafeInteger(iterations) && iterations >= LEAST_ITERATIONS && iterations <= MOST_ITERATIONS ? { salt, hash, iterations } : null;
}

/** @param {string} typed @param {ServicePin} pin @returns {Promise<boolean>} */
export async function matches(typed, { salt, hash, iterations }) {
  const key = await crypto.subtle.importKey("raw", utf8(typed), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: fromHex(salt), iterations }, key, 256);
  return toHex(bits) === hash;
}

export class PinLock {
  /** One after another, so that many at once count as many. @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {import("../storage/database.js").Database} database @param {() => number} now UTC milliseconds */
  constructor(database, now) {
    this.database = database;
    this.now = now;
  }

  /** @returns {Promise<ServicePin | null>} null: none is known, the player was never told one */
  async known() {
    return readPin(await this.database.get("state", "service_pin"));
  }

  /** What a heartbeat's answer says. @param {any} told null: there is none any more; undefined: the server does not say */
  async told(told) {
    const pin = readPin(told);
    if (told === undefined || (told !== null && !pin)) return;
    const known = await this.known();
    if (pin?.hash === known?.hash && pin?.salt === known?.salt) return;
    if (pin) await this.database.put("state", pin, "service_pin");
    else await this.database.delete("state", "service_pin");
  }

  /** @returns {Promise<number>} for how many milliseconds more no PIN is taken */
  async closed() {
    const { wrong, until } = await this.#lock();
    // A clock that was set back must not close it for longer than it should be.
    return Math.max(0, Math.min(until - this.now(), waitAfter(wrong)));
  }

  /** @returns {Promise<Lock>} */
  async #lock() {
    return (await this.database.get("state", "service_lock")) ?? { wrong: 0, until: 0 };
  }

  /**
   * @param {string} typed
   * @returns {Promise<boolean>} whether it is right; not even looked at while the lock is closed
   */
  open(typed) {
    const turn = this.#turn.then(async () => {
      const pin = await this.known();
      if (!pin || (await this.closed()) > 0) return false;
      // Written down first: whoever pulls the plug while it is compared has used their try.
      const wrong = (await this.#lock()).wrong + 1;
      const used = () => this.database.put("state", { wrong, until: this.now() + waitAfter(wrong) }, "service_lock", true);
      await used();
      if (!(await matches(typed, pin))) return used().then(() => false);
      await this.database.delete("state", "service_lock");
      return true;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
