/**
 * Schedules by local day, loaded when they are needed and a day ahead. A day's document reaches over the next one too, so time can
 * run over midnight before the next has come.
 *
 * @typedef {{programme: string, share: number}} Part
 * @typedef {{from: number, until: number, kind: string, slots: string[], parts: Part[]}} Span
 * @typedef {{day: string, from: number, until: number, hours: number[], titles: Record<string, string>,
 *   programmes: {id: string, title: string, hue: number}[], faces: Record<string, Span[]>}} Ruler
 * @typedef {import("../../../../../player_web/src/core/schedule.js").Schedule} Schedule
 * @typedef {ReturnType<typeof import("../../../../../player_web/src/stage/programme.js").programmeOf>} Programme
 * @typedef {{ruler: Ruler, schedule: Schedule, programme: Programme}} Day
 */

import { json } from "./net.js";

const KEPT = 7;
const RETRY = 3000;

export class Days {
  /** @type {Map<string, Day>} */
  #days = new Map();
  /** @type {Map<string, Promise<Day>>} */
  #loading = new Map();
  /** @type {Map<string, number>} when a day that failed is asked for again */
  #later = new Map();

  /**
   * @param {object} ports
   * @param {string} ports.url
   * @param {(document: any) => Schedule} ports.read
   * @param {(schedule: Schedule) => Programme} ports.programme
   * @param {() => number} ports.monotonic
   * @param {(day: Day) => void} ports.loaded
   * @param {(error: unknown) => void} ports.failed
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** @param {string} day @returns {Day | undefined} */
  get(day) {
    return this.#days.get(day);
  }

  /** The best document for an instant: its own day's, else one that reaches so far. @param {string} day @param {number} instant */
  covering(day, instant) {
    const own = this.#days.get(day);
    return own ?? [...this.#days.values()].find((one) => one.ruler.from <= instant && instant < one.schedule.valid_until);
  }

  /** Sees that a day is here sooner or later; what failed is tried again after a while. @param {string} day */
  want(day) {
    if (this.#days.has(day) || this.#loading.has(day) || this.ports.monotonic() < (this.#later.get(day) ?? 0)) return;
    this.load(day).catch(() => {});
  }

  /** Asks for a day, also when it is here already (the server says when nothing changed). @param {string} day @returns {Promise<Day>} */
  load(day) {
    const under = this.#loading.get(day);
    if (under) return under;
    const promise = this.#fetch(day).finally(() => this.#loading.delete(day));
    this.#loading.set(day, promise);
    return promise;
  }

  /** @param {string} day */
  async #fetch(day) {
    try {
      const { ruler, schedule } = await json(this.ports.url, { day });
      const read = this.ports.read(schedule);
      const made = { ruler, schedule: read, programme: this.ports.programme(read) };
      this.#later.delete(day);
      this.#days.delete(day);
      this.#days.set(day, made);
      for (const oldest of [...this.#days.keys()].slice(0, Math.max(0, this.#days.size - KEPT))) this.#days.delete(oldest);
      this.ports.loaded(made);
      return made;
    } catch (error) {
      this.#later.set(day, this.ports.monotonic() + RETRY);
      this.ports.failed(error);
      throw error;
    }
  }
}
