/** What only the kiosk on the controller knows of its machine. It tells again and again; what it has not told for long is not known. */

const FRESH = 90_000;

/** @typedef {{temperature_c?: number | null}} Told */

export class Machine {
  #at = -Infinity;
  /** @type {Told} */
  #told = {};

  /** @param {() => number} monotonic milliseconds */
  constructor(monotonic) {
    this.monotonic = monotonic;
  }

  /** @param {Told} told of the processor, °C */
  tell(told) {
    this.#at = this.monotonic();
    this.#told = { ...told };
  }

  /** Whether a kiosk stands by. */
  get present() {
    return this.monotonic() - this.#at < FRESH;
  }

  /** °C; null where nobody knows it. */
  get temperature() {
    const { temperature_c: told } = this.#told;
    return this.present && typeof told === "number" && told >= -100 && told <= 300 ? told : null;
  }
}
