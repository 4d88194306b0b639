/** The player's API of the CMS. Every answer that carries the server's time also sets the clock. */

import { retryAfter } from "../core/retry_after.js";
import { utf8 } from "../update/verify.js";
import { signatureHeaders } from "./key.js";

const PATIENCE = 10_000;

/** @typedef {{id: string, privateKey: CryptoKey}} Signer */

/** The CMS answered with an error. `status` is HTTP's, `body` what it said, `rest` for how many milliseconds it wants to be left alone. */
export class Refused extends Error {
  /** @param {number} status @param {any} body @param {number} [rest] */
  constructor(status, body, rest = 0) {
    super(`${status} ${body?.error ?? ""}`);
    this.status = status;
    this.body = body;
    this.rest = rest;
  }
}

/**
 * When a request went out and its answer came in, by the browser's own measurement where it has one: without the time that a
 * busy page, or the connection that had to be made first, took on one of the ways only.
 * @param {string} url @param {number} sent @param {number} received as the page saw them, monotonic, milliseconds
 * @returns {[number, number]}
 */
function exactly(url, sent, received) {
  const timed = /** @type {PerformanceResourceTiming | undefined} */ (performance.getEntriesByName(url, "resource").at(-1));
  performance.clearResourceTimings(); // a browser keeps 250 and then no more
  if (!timed || !(timed.requestStart >= sent && timed.responseStart <= received && timed.responseStart >= timed.requestStart)) return [sent, received];
  return [timed.requestStart, timed.responseStart];
}

export class Api {
  /** @type {Signer | undefined} */
  signer;
  #restUntil = 0;

  /**
   * @param {URL} base ends with /
   * @param {import("../core/clock.js").Clock} clock
   */
  constructor(base, clock) {
    this.base = base;
    this.clock = clock;
  }

  /** @returns {Promise<void>} asks the time once @throws {TypeError | Refused} */
  async time() {
    if (this.rest === 0) await this.#request("GET", "time", undefined, undefined);
  }

  /** For how many milliseconds more the server wants to be left alone (429, 503). */
  get rest() {
    return Math.max(0, this.#restUntil - performance.now());
  }

  /**
   * Sends what only the holder of a key may say. While the server rests nothing is sent.
   * @param {string} path @param {unknown} body @param {Signer} [signer] the paired player's own, unless another is given
   * @returns {Promise<any>} @throws {TypeError | Refused} network, or the server's no
   */
  async signed(path, body, signer = this.signer) {
    if (!signer) throw new Refused(401, { error: "not paired" });
    if (this.rest > 0) throw new Refused(503, { error: "resting" }, this.rest);
    try {
      return await this.#request("POST", path, body, signer);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401 && error.body?.error === "skew")) throw error;
      // The answer has set the clock; a machine that starts with a wrong one need not wait for its next turn.
      if (this.clock.doubtful) await this.time();
      return this.#request("POST", path, body, signer);
    }
  }

  /** @param {string} method @param {string} path @param {unknown} body @param {Signer | undefined} signer */
  async #request(method, path, body, signer) {
    const url = new URL(path, this.base);
    const bytes = body === undefined ? undefined : utf8(JSON.stringify(body));
    /** @type {Record<string, string>} */
    const headers = bytes ? { "Content-Type": "application/json" } : {};
    if (signer && bytes) {
      const time = Math.round(this.clock.now(performance.now()));
      Object.assign(headers, await signatureHeaders(signer.privateKey, signer.id, method, url.pathname, time, bytes));
    }
    const sent = performance.now();
    const answer = await fetch(url, { method, headers, body: bytes, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    const received = performance.now();
    const said = await answer.json().catch(() => null);
    const server = said?.now ?? said?.server_time;
    if (typeof server === "number") this.#heard(...exactly(url.href, sent, received), server);
    if (!answer.ok) {
      const rest = retryAfter(answer.status, answer.headers);
      this.#restUntil = Math.max(this.#restUntil, performance.now() + rest);
      throw new Refused(answer.status, said, rest);
    }
    return said;
  }
  /** @param {number} sent @param {number} received @param {number} server */
  #heard(sent, received, server) {
    const doubted = this.clock.doubtful;
    this.clock.exchange(sent, received, server);
    if (this.clock.doubtful && !doubted) this.time().catch(() => {});
  }
}
