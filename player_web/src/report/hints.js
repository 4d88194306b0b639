/**
 * An open line on which the CMS says that there is something newer, so that a withdrawal acts within a moment and not at the next poll.
 *
 * Nothing depends on it and nothing is believed: a hint only brings a poll forward, at most one a second. Where the line
 * cannot be had the player polls as ever.
 *
 * @typedef {"held" | "failed" | "resting" | "none"} End how a line ended: after a while, soon, because the server wants rest, or
 *   because this server has no hints
 */

import { backoff, jittered } from "../core/jitter.js";
import { retryAfter } from "../core/retry_after.js";

/** The CMS says something every 20 s; who is silent for longer is gone, milliseconds. */
const SILENCE = 50_000;
/** A line that lasted this long was a good one. */
const GOOD = 30_000;
/** The server closes a line now and then; all its players do not come back at once. */
const AGAIN = 2000;
/** A server without hints may get some with an update. */
const LATER = 3_600_000;
const LONGEST_REST = 300_000;
/** Players of one cluster ask apart from one another, and each at most once in a while. */
const SPREAD = 500;
const APART = 1000;
/** No line of theirs is longer, characters. */
const LONGEST = 4096;

export class Hints {
  /** Whether a line is open. */
  connected = false;
  /** How many hints came. */
  heard = 0;
  #running = false;
  #abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} the poll that is on its way, or the wait for the next line */
  #soon;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #asked = -Infinity;

  /**
   * @param {object} ports
   * @param {URL} ports.url
   * @param {() => number} ports.random
   * @param {() => unknown} ports.poll asks for what is newest, now
   * @param {typeof fetch} [ports.fetch]
   */
  constructor(ports) {
    this.ports = { fetch: (/** @type {URL} */ url, /** @type {RequestInit} */ init) => fetch(url, init), ...ports };
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#open(0);
  }

  stop() {
    this.#running = false;
    this.#abort.abort();
    clearTimeout(this.#soon);
    clearTimeout(this.#waiting);
    this.#soon = undefined;
  }

  /** @param {number} failures lines in a row that came to nothing */
  async #open(failures) {
    const { random } = this.ports;
    this.#abort = new AbortController();
    const begun = performance.now();
    const { end, rest } = await this.#hold(this.#abort).catch(() => ({ end: /** @type {End} */ ("failed"), rest: 0 }));
    this.connected = false;
    this.#abort.abort(); // of what is not read any more
    if (!this.#running) return;
    const good = end === "held" && performance.now() - begun >= GOOD;
    const wait = good ? random() * AGAIN : end === "none" ? jittered(LATER, random) : rest + backoff(failures, random, 1000, LONGEST_REST);
    this.#waiting = setTimeout(() => void this.#open(good ? 0 : failures + 1), wait);
  }

  /**
   * One line, from the question to its end.
   * @param {AbortController} abort @returns {Promise<{end: End, rest: number}>} @throws when it breaks
   */
  async #hold(abort) {
    let silence = setTimeout(() => abort.abort(), SILENCE);
    try {
      const init = { headers: { Accept: "text/event-stream" }, signal: abort.signal };
      const answer = await this.ports.fetch(this.ports.url, { ...init, cache: "no-store", credentials: "omit" });
      if (answer.status === 429 || answer.status >= 500) return { end: "resting", rest: retryAfter(answer.status, answer.headers) };
      const events = answer.headers.get("Content-Type")?.startsWith("text/event-stream");
      if (answer.status !== 200 || !events || !answer.body) return { end: "none", rest: 0 };
      this.connected = true;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return { end: "held", rest: 0 };
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE);
        const lines = (text + value).split("\n");
        text = lines.pop() ?? "";
        if (text.length > LONGEST) return { end: "failed", rest: 0 };
        if (lines.some((line) => line.startsWith("data:"))) this.#hear();
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #hear() {
    this.heard += 1;
    if (this.#soon !== undefined) return;
    const wait = Math.max(this.ports.random() * SPREAD, this.#asked + APART - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#asked = performance.now();
      void this.ports.poll();
    }, wait);
  }
}

/** Where a cluster's hints are. @param {URL} origin @param {string} cluster */
export function hintsOf(origin, cluster) {
  const url = new URL("api/player/v1/hints", origin);
  url.searchParams.set("cluster", cluster);
  return url;
}
