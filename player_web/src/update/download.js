/** Downloads that end: a bound on the bytes, on silence, and on slowness. */

import { retryAfter } from "../core/retry_after.js";

/** The network or the server is away: try again later, nothing is wrong with the release. */
export class Unreachable extends Error {}

/** The server answers, but so slowly that the file would never be here (slow retrieval). */
export class Slow extends Unreachable {
  /** @param {string} url */
  constructor(url) {
    super(`too slow: ${url}`);
    this.url = url;
  }
}

/** The server wants to be left alone for `rest` milliseconds. */
export class Busy extends Unreachable {
  /** @param {string} url @param {number} rest */
  constructor(url, rest) {
    super(`busy: ${url}`);
    this.rest = rest;
  }
}

/** The server answers that a file does not exist. */
export class Missing extends Error {}

/** More bytes than allowed (endless data). */
export class TooLong extends Error {}

/** Milliseconds without a byte until a download is given up. */
const SILENCE = 15_000;
/** Bytes per second under which a download of more than a few seconds is given up (slow retrieval). */
const SLOWEST = 512;

/** @typedef {(url: string, options: RequestInit) => Promise<Response>} Fetch */

/**
 * @param {string} url
 * @param {number} limit bytes
 * @param {{fetch?: Fetch, cache?: RequestCache, signal?: AbortSignal}} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {Unreachable | Slow | Busy | Missing | TooLong}
 */
export async function download(url, limit, options = {}) {
  const get = options.fetch ?? ((address, init) => fetch(address, init));
  const control = new AbortController();
  const abort = () => control.abort();
  let answered = false;
  let silent = false;
  const giveUp = () => {
    silent = true;
    abort();
  };
  options.signal?.addEventListener("abort", abort);
  let timer = setTimeout(giveUp, SILENCE);
  try {
    const answer = await get(url, { cache: options.cache ?? "default", signal: control.signal, credentials: "omit", redirect: "follow" });
    if (answer.status === 404 || answer.status === 403 || answer.status === 410) throw new Missing(url);
    const rest = retryAfter(answer.status, answer.headers);
    if (rest) throw new Busy(url, rest);
    if (!answer.ok || !answer.body) throw new Unreachable(`${answer.status} ${url}`);
    answered = true;
    const reader = answer.body.getReader();
    /** @type {Uint8Array[]} */
    const parts = [];
    let length = 0;
    const began = performance.now();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(giveUp, SILENCE);
      length += value.length;
      if (length > limit) throw new TooLong(url);
      const seconds = (performance.now() - began) / 1000;
      if (seconds > 20 && length < seconds * SLOWEST) throw new Slow(url);
      parts.push(value);
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  } catch (error) {
    if (error instanceof Missing || error instanceof TooLong || error instanceof Unreachable) throw error;
    if (answered && silent) throw new Slow(url);
    throw new Unreachable(`${url}: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
    control.abort();
  }
}
