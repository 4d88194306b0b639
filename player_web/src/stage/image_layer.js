/**
 * A picture in a scene.
 *
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").LayerSpec} LayerSpec
 * @typedef {import("./layers.js").Tools} Tools
 */

import { ImagePool } from "./image_pool.js";
import { place } from "./place.js";

/** Milliseconds that a picture may take to be decoded. */
const PATIENCE = 8000;

/** @implements {Layer} */
export class ImageLayer {
  /** Lets go of whoever still waits. @type {() => void} */
  #leave = () => {};
  #released = false;
  /** Lets go of its address, which it holds. @type {(() => void) | null} */
  #letGo;
  #good = false;

  /** @param {LayerSpec} spec @param {HTMLElement} parent @param {Tools} tools */
  constructor(spec, parent, tools) {
    this.spec = spec;
    this.tools = tools;
    this.pool = tools.images ?? new ImagePool();
    const { image, letGo } = this.pool.acquire(spec.asset);
    this.image = image;
    this.#letGo = letGo;
    place(this.image, spec.rect);
    parent.append(this.image);
  }

  async prepare() {
    if (!this.#letGo) {
      const { urls } = this.tools;
      const url = await urls.acquire(this.spec.asset);
      if (this.#released) return urls.release(this.spec.asset);
      this.#letGo = () => urls.release(this.spec.asset);
      this.image.src = url;
    }
    await this.#decoded();
    this.#good = true;
  }

  /** A decoding that was given up is not always told by the browser. @returns {Promise<void>} */
  #decoded() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not decoded after ${PATIENCE} ms`)), PATIENCE);
      const settle = (/** @type {() => void} */ how) => (clearTimeout(timer), (this.#leave = () => {}), how());
      this.#leave = () => settle(resolve);
      this.image.decode().then(
        () => settle(resolve),
        (error) => settle(() => reject(error)),
      );
    });
  }

  position() {}

  async still() {}

  release() {
    if (this.#released) return;
    this.#released = true;
    this.#leave();
    const letGo = this.#letGo;
    this.pool.release(this.image, this.spec.asset, this.#good ? letGo : null);
    if (!this.#good) letGo?.();
    this.#letGo = null;
  }
}
