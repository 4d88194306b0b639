/** Why the faces show what they show: asked for when a scene changes and the hand rests; the last answer counts. */

import { json } from "./net.js";
import { element } from "./ruler.js";

const REST = 250;

export class Reasons {
  /** @type {AbortController | undefined} */
  #under;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root
   * @param {string} ports.url
   * @param {Record<string, string>} ports.words
   * @param {(error: unknown) => void} ports.failed
   * @param {() => void} ports.heard
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** @param {number} instant UTC ms @param {string} face empty: all */
  want(instant, face) {
    this.#stop();
    this.#timer = setTimeout(() => void this.#ask(instant, face), REST);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#under?.abort();
    this.#under = undefined;
  }

  /** Time runs too fast for reasons. */
  rest() {
    this.#stop();
    this.ports.root.replaceChildren(element("p", "tm-hint", this.ports.words.tooFast));
  }

  /** @param {number} instant @param {string} face */
  async #ask(instant, face) {
    const own = new AbortController();
    this.#under = own;
    try {
      const at = new Date(Math.round(instant)).toISOString();
      const answer = await json(this.ports.url, face ? { at, face } : { at }, own.signal);
      if (this.#under !== own) return;
      this.#show(answer.faces, answer.common);
      this.ports.heard();
    } catch (error) {
      if (!own.signal.aborted) this.ports.failed(error);
    }
  }

  /** @param {{letter: string, kind: string, lines: string[]}[]} faces @param {string[]} common what all of them share */
  #show(faces, common) {
    const { root, words } = this.ports;
    const parts = faces.map(({ letter, kind, lines }) => {
      const part = this.#part(words.face.replace("{face}", letter.toUpperCase()), kind, lines.slice(0, 1), lines.slice(1));
      part.dataset.tmWhy = letter;
      return part;
    });
    if (common.length) parts.push(this.#part(words.common, "common", [], common));
    root.replaceChildren(...parts);
  }

  /** @param {string} title @param {string} kind @param {string[]} first @param {string[]} others */
  #part(title, kind, first, others) {
    const part = element("section", `tm-why tm-why--${kind}`);
    const list = element("ul", "tm-why__lines");
    list.append(...others.map((line) => element("li", "", line)));
    part.append(element("h3", "tm-why__face", title), ...first.map((line) => element("p", "tm-why__first", line)), list);
    return part;
  }
}
