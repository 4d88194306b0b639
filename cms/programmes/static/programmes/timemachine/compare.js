/**
 * What is on air now beside what present records make: the released schedule, and what it would change on a day.
 *
 * @typedef {import("./ruler.js").Difference} Difference
 * @typedef {import("./days.js").Programme} Programme
 * @typedef {{released: boolean, covered: number | null, ends: string, differences: Difference[]}} Answer
 */

import { json } from "./net.js";
import { element } from "./ruler.js";

const RETRY = 3000;

export class Comparison {
  on = false;
  /** @type {Programme | undefined} the schedule in force */
  programme;
  /** @type {Map<string, Answer>} */
  #days = new Map();
  /** @type {Set<string>} */
  #loading = new Set();
  /** Nothing is released: there is nothing to compare with. */
  none = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root
   * @param {{inForce: string, differences: string}} ports.urls
   * @param {Record<string, string>} ports.words
   * @param {(document: any) => Programme} ports.read
   * @param {() => void} ports.changed
   * @param {(instant: number) => void} ports.go
   * @param {(error: unknown) => void} ports.failed
   * @param {() => void} ports.heard
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** @param {boolean} on @param {string} day */
  async toggle(on, day) {
    this.on = on;
    clearTimeout(this.#again);
    this.ports.root.hidden = !on;
    this.ports.changed();
    if (!on) return;
    try {
      const { schedule } = await json(this.ports.urls.inForce);
      this.none = schedule === null;
      this.programme = schedule === null ? undefined : this.ports.read(schedule);
      this.#days.clear();
      await this.want(day);
    } catch (error) {
      this.ports.failed(error);
      this.#again = setTimeout(() => void this.toggle(this.on, day), RETRY);
    }
  }

  /** @param {string} day @returns {Difference[]} */
  of(day) {
    return this.on ? (this.#days.get(day)?.differences ?? []) : [];
  }

  /** Loads and shows a day's differences. @param {string} day */
  async want(day) {
    if (!this.on) return;
    if (!this.#days.has(day)) {
      if (this.#loading.has(day)) return;
      this.#loading.add(day);
      try {
        this.#days.set(day, await json(this.ports.urls.differences, { day }));
      } catch (error) {
        this.ports.failed(error);
        this.#again = setTimeout(() => void this.want(day), RETRY);
        return;
      } finally {
        this.#loading.delete(day);
      }
    }
    this.ports.heard();
    this.#show(/** @type {Answer} */ (this.#days.get(day)));
    this.ports.changed();
  }

  /** Present records changed. */
  forget() {
    this.#days.clear();
  }

  /** @param {Answer} answer */
  #show(answer) {
    const { root, words } = this.ports;
    const list = /** @type {HTMLElement} */ (root.querySelector("[data-tm-differences-list]"));
    if (!answer.released || this.none) return list.replaceChildren(element("p", "tm-hint", words.nothingReleased));
    if (answer.covered === null) return list.replaceChildren(element("p", "tm-hint", words.notCovered.replace("{ends}", answer.ends)));
    if (!answer.differences.length) return list.replaceChildren(element("p", "tm-same", words.noDifference));
    const rows = element("ul", "tm-differences");
    for (const one of answer.differences) {
      const row = element("li", `tm-difference tm-difference--${one.change}`);
      const go = element("button", "tm-difference__go", one.text);
      go.setAttribute("type", "button");
      go.addEventListener("click", () => this.ports.go(one.from));
      row.append(go);
      rows.append(row);
    }
    list.replaceChildren(rows);
  }
}
