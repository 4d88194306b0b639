/** How long a server wants to be left alone. */

/** A server that asks for more rest than this is asked again all the same, milliseconds. */
const LONGEST_REST = 300_000;

/**
 * `Retry-After`: seconds, or a date by the server's own clock. It counts with 429 and 503 only.
 * @param {number} status of HTTP @param {Headers} headers @returns {number} milliseconds, 0 where it says nothing
 */
export function retryAfter(status, headers) {
  if (status !== 429 && status !== 503) return 0;
  const said = headers.get("Retry-After")?.trim() ?? "";
  const wanted = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.parse(headers.get("Date") ?? "");
  return wanted > 0 ? Math.min(wanted, LONGEST_REST) : 0;
}

/** When a rest is over. Whom a server sends away together does not come back together: up to a fifth is added. */
export class Rest {
  #until = 0;

  /** @param {() => number} random @param {() => number} now monotonic, milliseconds */
  constructor(random, now) {
    this.random = random;
    this.now = now;
  }

  /** Milliseconds to go. */
  get left() {
    return Math.max(0, this.#until - this.now());
  }

  /** @param {number} milliseconds from now */
  take(milliseconds) {
    if (milliseconds > 0) this.#until = Math.max(this.#until, this.now() + milliseconds * (1 + 0.2 * this.random()));
  }
}
