/**
 * Whether a running clip is well: its time must run and its frames must reach the screen. Events of media elements do not
 * tell: a clip of a codec that the browser only pretends to know "plays" without a picture, and a decoder that hangs says nothing.
 * Pure: what was seen is passed in.
 *
 * @typedef {object} Look
 * @property {number} now monotonic, milliseconds
 * @property {number} time where the clip stands, seconds
 * @property {number} frames how many have reached the screen so far
 * @property {boolean} broken the element reports an error
 *
 * @typedef {"" | "seek" | "load" | "give up"} Remedy
 */

/** Milliseconds that a clip's time may stand before something is done, by what was done before. */
const STOOD = { seek: 2000, load: 2000, "give up": 4000 };
/** Milliseconds that its time may run without a frame. */
const SILENT = 3000;
/** Looks further apart than this mean that the page itself stood still: they say nothing of the clip. */
const APART = 1000;
/** So long without trouble, what was done before is forgotten. */
const RECOVERED = 30_000;

export class ClipWatch {
  /** @type {"seek" | "load" | "give up"} */
  #next = "seek";
  /** @type {Look | undefined} */
  #last;
  #stood = 0;
  #silent = 0;
  #well = 0;

  /** Why the latest remedy was wanted. @type {"" | "stalled" | "silent" | "broken"} */
  reason = "";

  /** Nothing is expected for now: it was put somewhere else, started, or the page is hidden. */
  again() {
    this.#last = undefined;
  }

  /** Whether frames were seen and nothing is wrong. */
  get well() {
    return this.#next === "seek" && this.#well > 0;
  }

  /** @param {Look} look @returns {Remedy} what to do now */
  look(look) {
    const before = this.#last;
    this.#last = look;
    if (look.broken) return this.#wants("broken", this.#next === "seek" ? "load" : this.#next);
    if (!before || look.now - before.now > APART) return "";
    const passed = look.now - before.now;
    const framed = look.frames > before.frames;
    const moved = look.time !== before.time;
    this.#stood = moved ? Math.max(0, this.#stood - 2 * passed) : this.#stood + passed;
    this.#silent = framed ? 0 : this.#silent + passed;
    if (framed && moved && this.#stood === 0) this.#well += passed;
    if (this.#well > RECOVERED) this.#next = "seek";
    if (this.#stood > STOOD[this.#next]) return this.#wants("stalled", this.#next);
    // No second try: a decoder that gives no picture gives none the next time, and a face waits.
    if (moved && this.#silent > SILENT) return this.#wants("silent", "give up");
    return "";
  }

  /** @param {"stalled" | "silent" | "broken"} reason @param {"seek" | "load" | "give up"} remedy @returns {Remedy} */
  #wants(reason, remedy) {
    this.reason = reason;
    this.#stood = this.#silent = this.#well = 0;
    this.#last = undefined;
    this.#next = remedy === "seek" ? "load" : "give up";
    return remedy;
  }
}
