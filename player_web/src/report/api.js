/** The player's API of the CMS. Every answer that carries the server's time also sets the clock. */

import { utf8 } from "../update/verify.js";
import { signatureHeaders } from "./key.js";

const PATIENCE = 10_000;

/** The CMS answered with an error. `status` is HTTP's, `body` what it said. */
export class Refused extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(`${status} ${body?.error ?? ""}`);
    this.status = status;
    this.body = body;
  }
}

export class Api {
  /** @type {{id: string, privateKey: CryptoKey} | undefined} */
  signer;

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
    await this.#request("GET", "time", undefined, false);
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} @throws {TypeError | Refused} network, or the server's no */
  post(path, body) {
    return this.#request("POST", path, body, false);
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} @throws {TypeError | Refused} */
  signed(path, body) {
    return this.#request("POST", path, body, true);
  }

  /** @param {string} method @param {string} path @param {unknown} body @param {boolean} signed */
  async #request(method, path, body, signed) {
    const url = new URL(path, this.base);
    const bytes = body === undefined ? undefined : utf8(JSON.stringify(body));
    /** @type {Record<string, string>} */
    const headers = bytes ? { "Content-Type": "application/json" } : {};
    if (signed && this.signer && bytes) {
      const time = Math.round(this.clock.now(performance.now()));
      const { id, privateKey } = this.signer;
      Object.assign(headers, await signatureHeaders(privateKey, id, method, url.pathname, time, bytes));
    }
    const sent = performance.now();
    const answer = await fetch(url, { method, headers, body: bytes, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    const received = performance.now();
    const said = await answer.json().catch(() => null);
    const server = said?.now ?? said?.server_time;
    if (typeof server === "number") this.clock.exchange(sent, received, server);
    if (!answer.ok) throw new Refused(answer.status, said);
    return said;
  }
}
