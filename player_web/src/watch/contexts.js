/**
 * Canvases whose graphics context is lost (a driver that restarted, a graphics process that died). Browsers give it back by
 * themselves within moments, and layers paint anew; one that stays away is told.
 */

const PATIENCE = 5000;

export class Contexts {
  /** Those without one. @type {Set<HTMLCanvasElement>} */
  #lost = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @param {Event} event */
  #onLost = (event) => {
    const canvas = /** @type {HTMLCanvasElement} */ (event.target);
    // WebGL's come back only where somebody wants them back; a 2D context does unless it is refused.
    if (event.type === "webglcontextlost") event.preventDefault();
    this.#lost.add(canvas);
    this.#timer ??= setTimeout(() => this.#over(), PATIENCE);
    this.ports.lost(faceOf(canvas));
  };
  /** @param {Event} event */
  #onRestored = ({ target }) => {
    this.#lost.delete(/** @type {HTMLCanvasElement} */ (target));
    if (this.#still().length === 0) this.#rest();
  };

  /** @param {{root: HTMLElement, lost: (face: string) => void, gone: (face: string) => void}} ports `gone`: it did not come back */
  constructor(ports) {
    this.ports = ports;
  }

  start() {
    // These events do not bubble, but they are captured on their way down.
    for (const type of ["contextlost", "webglcontextlost"]) this.ports.root.addEventListener(type, this.#onLost, true);
    for (const type of ["contextrestored", "webglcontextrestored"]) this.ports.root.addEventListener(type, this.#onRestored, true);
  }

  stop() {
    for (const type of ["contextlost", "webglcontextlost"]) this.ports.root.removeEventListener(type, this.#onLost, true);
    for (const type of ["contextrestored", "webglcontextrestored"]) this.ports.root.removeEventListener(type, this.#onRestored, true);
    this.#rest();
  }

  /** Scenes come and go meanwhile: canvases that are gone need no context. */
  #still() {
    return [...this.#lost].filter((canvas) => canvas.isConnected);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lost.clear();
  }

  #over() {
    const [canvas] = this.#still();
    this.#rest();
    if (canvas) this.ports.gone(faceOf(canvas));
  }
}

/** @param {Element} element @returns {string} the face that it lies on */
const faceOf = (element) => /** @type {HTMLElement | null} */ (element.closest("[data-face]"))?.dataset.face ?? "";
