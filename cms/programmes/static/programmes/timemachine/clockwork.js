/** The instant that is looked at: stands still, or runs at a multiple of real time. */

export class Clockwork {
  #instant;
  #since = 0;
  #speed = 1;
  #playing = false;
  #held = false;

  /** @param {number} instant UTC ms @param {() => number} monotonic ms */
  constructor(instant, monotonic) {
    this.#instant = instant;
    this.monotonic = monotonic;
  }

  get playing() {
    return this.#playing;
  }

  get speed() {
    return this.#speed;
  }

  /** @returns {number} UTC ms */
  now() {
    if (!this.#playing || this.#held) return this.#instant;
    return this.#instant + (this.monotonic() - this.#since) * this.#speed;
  }

  /** @param {number} instant UTC ms */
  set(instant) {
    this.#instant = instant;
    this.#since = this.monotonic();
  }

  play() {
    this.set(this.now());
    this.#playing = true;
  }

  pause() {
    this.set(Math.round(this.now()));
    this.#playing = false;
  }

  /** @param {number} speed */
  run(speed) {
    this.set(this.now());
    this.#speed = speed;
  }

  /** Waits where it is until it is let go: what comes next is not here yet. @param {boolean} held */
  hold(held) {
    if (held === this.#held) return;
    this.set(this.now());
    this.#held = held;
  }
}
