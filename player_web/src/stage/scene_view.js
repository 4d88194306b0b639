/** One showing of a scene on one face: its layers in an opaque element that waits under the one on screen. */

import { LAYERS } from "./layers.js";

export class SceneView {
  /** @type {"preparing" | "ready" | "failed"} */
  state = "preparing";
  /** @type {Promise<void>} settles when the state does; never rejects */
  settled;
  /** The offset at which it waits; not a number once it ran. */
  #waits = NaN;
  #shift = 0;
  #cut = 0;

  /**
   * @param {string} id the scene
   * @param {import("../core/schedule.js").Layer[]} specs layers, first at the bottom
   * @param {number} offset where it will begin, milliseconds
   * @param {HTMLElement} parent
   * @param {import("./layers.js").Tools} tools
   * @param {import("./layers.js").Moment} moment
   */
  constructor(id, specs, offset, parent, tools, moment) {
    this.id = id;
    this.element = document.createElement("div");
    this.element.className = "scene";
    this.arrange(1, 1);
    parent.append(this.element);
    this.layers = specs.map((spec) => new LAYERS[spec.kind](spec, this.element, tools));
    this.specs = specs;
    this.tools = tools;
    this.settled = this.#prepare(offset, moment);
    this.#waits = offset;
  }

  /** Whether its clips stand at this offset. @param {number} offset milliseconds */
  waitsAt(offset) {
    return !this.moves || Math.abs(offset - this.#waits) < 1;
  }

  /** A picture that cannot be shown fails the scene; a clip over a picture only itself. @param {number} offset @param {import("./layers.js").Moment} moment */
  async #prepare(offset, moment) {
    const results = await Promise.allSettled(this.layers.map((layer) => layer.prepare(offset, moment)));
    let good = 0;
    let failed = false;
    results.forEach((result, index) => {
      if (result.status === "fulfilled") {
        good += 1;
        return;
      }
      const { kind, asset } = this.specs[index];
      this.tools.failed(`${kind} ${asset.slice(0, 12)}`, String(result.reason?.message ?? result.reason));
      if (kind === "video") this.layers[index].release();
      else failed = true;
    });
    this.state = failed || (good === 0 && results.length > 0) ? "failed" : "ready";
  }

  /** Whether it has clips. */
  get moves() {
    return this.specs.some((spec) => spec.kind === "video") || this.layers.some((layer) => layer.streams);
  }

  /** Whether something in it changes from frame to frame, or with the time. */
  get lives() {
    return this.specs.some(({ kind }) => kind === "strip" || kind === "glyphs");
  }

  /** @param {number} offset @param {boolean} running @param {import("./layers.js").Moment} moment */
  position(offset, running, moment) {
    if (this.state !== "ready") return;
    if (running) this.#waits = NaN;
    for (const layer of this.layers) layer.position(offset, running, moment);
    if (this.layers.length && this.layers.every((layer) => layer.lost)) this.state = "failed";
  }

  /** @param {number} offset @param {import("./layers.js").Moment} moment */
  async still(offset, moment) {
    await this.settled;
    await Promise.all(this.layers.map((layer) => layer.still(offset, moment)));
  }

  /** @param {number} order @param {number} opacity @param {number} [shift] pixels to the right @param {number} [cut] columns hidden at the left */
  arrange(order, opacity, shift = 0, cut = 0) {
    const { style } = this.element;
    if (this.#shift !== shift) style.transform = shift ? `translateX(${shift}px)` : "";
    if (this.#cut !== cut) style.clipPath = cut ? `inset(0 0 0 ${cut}px)` : "";
    this.#shift = shift;
    this.#cut = cut;
    if (style.zIndex !== String(order)) style.zIndex = String(order);
    if (style.opacity !== String(opacity)) style.opacity = String(opacity);
  }

  release() {
    for (const layer of this.layers) layer.release();
    this.element.remove();
  }
}
