/**
 * Screenshots. The server asks for one in its answer to a heartbeat; the kiosk, which looks at this page every few seconds, takes the true
 * pixels of the window and hands them over; where there is no kiosk, the page draws what it meant to show and says that it is drawn.
 */

import { drawn, shrunk } from "./drawing.js";

/** Milliseconds that the kiosk has; without one, its next look is not waited for. */
const KIOSK = 15_000;
const ALONE = 3000;
/** Longest side, CSS pixels of the canvas to pixels of the picture. */
const SIDE = 1280;
/** Bytes that the server takes. */
const MOST = 512 * 1024;

export class Shots {
  /** The request that waits. @type {string | null} */
  wants = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} ports
   * @param {() => HTMLElement | undefined} ports.canvas of the stage
   * @param {import("./api.js").Api} ports.api
   * @param {import("./machine.js").Machine} ports.machine
   * @param {() => number} ports.now UTC milliseconds
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** What the server wants. @param {string | null} request */
  ask(request) {
    if (request === this.wants) return;
    clearTimeout(this.#timer);
    this.wants = request;
    if (request === null) return;
    this.#timer = setTimeout(() => void this.#draw(request).catch(() => {}), this.ports.machine.present ? KIOSK : ALONE);
  }

  /** The kiosk's picture. @param {string} request @param {string} picture of the window, in base64 @returns {boolean} whether it was still wanted */
  given(request, picture) {
    if (request !== this.wants) return false;
    const at = this.ports.now();
    clearTimeout(this.#timer);
    void shrunk(picture, SIDE, MOST)
      .then((small) => this.#send(request, "true", small, at))
      .catch(() => {});
    return true;
  }

  /** @param {string} request */
  async #draw(request) {
    const canvas = this.ports.canvas();
    if (request !== this.wants || !canvas) return;
    const at = this.ports.now();
    const picture = await drawn(canvas, SIDE, MOST);
    if (request === this.wants) await this.#send(request, "drawn", picture, at);
  }

  /**
   * When it does not arrive, the next heartbeat asks again.
   * @param {string} request @param {"true" | "drawn"} kind @param {string} picture @param {number} at UTC milliseconds
   */
  async #send(request, kind, picture, at) {
    clearTimeout(this.#timer);
    this.wants = null;
    await this.ports.api.signed("screenshot", { request, kind, taken_at: Math.round(at), picture });
  }
}
