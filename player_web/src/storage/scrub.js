/**
 * Looks through what is kept, a piece now and then, so that rot is found and mended before anybody has to see that something is
 * missing. Slow, and only while nothing is fetched.
 */

/** Milliseconds between two chunks of 1 MiB: 12 MiB a minute, 17 GB a day. */
const PACE = 5000;

export class Scrub {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #running = false;
  /** @type {{hash: string, chunk: number}[]} what is left of this round */
  #round = [];
  #turn = 0;

  /**
   * @param {object} ports
   * @param {import("./assets.js").Assets} ports.assets
   * @param {() => string[]} ports.vital assets that stand in when others fail: all of them at the start, then one at a time, downloads or not
   * @param {() => Promise<void>} ports.documents compares the documents, once a round
   * @param {() => boolean} ports.idle
   * @param {(error: unknown) => void} ports.failed
   * @param {number} [pace] milliseconds
   */
  constructor(ports, pace = PACE) {
    this.ports = ports;
    this.pace = pace;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#first().catch(this.ports.failed);
    this.#next();
  }

  async #first() {
    for (let count = this.ports.vital().length; count > 0; count -= 1) await this.guard();
  }

  /** Looks at the next of what stands in when all else fails. */
  async guard() {
    const { assets, vital } = this.ports;
    const hashes = vital();
    const hash = hashes[this.#turn++ % hashes.length];
    if (hash && assets.has(hash)) await assets.verify(hash);
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #next() {
    this.#timer = setTimeout(async () => {
      await this.guard().catch(this.ports.failed);
      if (this.ports.idle()) await this.step().catch(this.ports.failed);
      if (this.#running) this.#next();
    }, this.pace);
  }

  /** Looks at the next piece. @returns {Promise<boolean>} false when a round has ended */
  async step() {
    const { assets } = this.ports;
    const piece = this.#round.pop();
    if (!piece) {
      await this.ports.documents();
      this.#round = assets.whole().flatMap((hash) => Array.from({ length: assets.chunks(hash) }, (_, chunk) => ({ hash, chunk })));
      return false;
    }
    if (assets.has(piece.hash) && !(await assets.verify(piece.hash, [piece.chunk]))) {
      this.#round = this.#round.filter(({ hash }) => hash !== piece.hash);
    }
    return true;
  }

  /** A whole round without a pause, for tests. */
  async round() {
    this.#round = [];
    await this.step();
    while (await this.step());
  }
}
