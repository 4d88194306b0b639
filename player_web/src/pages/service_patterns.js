/**
 * Test patterns over faces of the stage: each on a canvas of its own in the face's own pixels, turned as the face is. Alerts and blackouts
 * come first: a face that gets one shows it. They end by themselves.
 */

import { MOST_MS, PATTERNS } from "../core/patterns.js";

export class PatternShow {
  /** @type {{id: string, canvas: HTMLCanvasElement}[]} */
  #shown = [];
  #name = "";
  #request = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root of the stage
   * @param {() => Record<string, {kind: string}>} ports.faces what they do
   * @param {(kind: string, detail: Record<string, string>) => void} ports.report
   * @param {() => void} ports.over the time is up
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** The pattern that is shown; empty: none. */
  get name() {
    return this.#name;
  }

  /** @param {string} name of PATTERNS @param {string[]} faces letters */
  show(name, faces) {
    const before = this.#name;
    this.#clear();
    for (const id of faces) {
      const turned = /** @type {HTMLElement | null} */ (this.ports.root.querySelector(`.face[data-face="${id}"] .turned`));
      if (!turned) continue;
      const canvas = document.createElement("canvas");
      canvas.className = "pattern";
      canvas.dataset.pattern = name;
      canvas.width = Number.parseInt(turned.style.width, 10);
      canvas.height = Number.parseInt(turned.style.height, 10);
      turned.append(canvas);
      this.#shown.push({ id, canvas });
    }
    this.#name = name;
    this.#paint();
    if (!before) this.#timer = setTimeout(() => this.#over(), MOST_MS);
    this.ports.report("service", { what: "pattern", reason: "pattern", pattern: name, faces: faces.join("") });
  }

  #paint() {
    const { draw, moves } = PATTERNS[this.#name];
    const began = performance.now();
    const pens = this.#shown.map(({ canvas }) => canvas.getContext("2d", { alpha: false }));
    const turn = (/** @type {number} */ ms) => {
      const faces = this.ports.faces();
      this.#shown.forEach(({ id, canvas }, number) => {
        const pen = pens[number];
        const first = faces[id]?.kind === "alert" || faces[id]?.kind === "blackout";
        if (canvas.hidden !== first) canvas.hidden = first;
        if (pen && (moves || ms === 0)) draw(pen, { id, width: canvas.width, height: canvas.height }, ms);
      });
      this.#request = requestAnimationFrame((at) => turn(Math.max(1, at - began)));
    };
    turn(0);
  }

  #over() {
    this.end();
    this.ports.over();
  }

  end() {
    if (!this.#name) return;
    const name = this.#name;
    clearTimeout(this.#timer);
    this.#clear();
    this.#name = "";
    this.ports.report("service", { what: "pattern", reason: "pattern_over", pattern: name });
  }

  #clear() {
    cancelAnimationFrame(this.#request);
    for (const { canvas } of this.#shown) canvas.remove();
    this.#shown = [];
  }
}
