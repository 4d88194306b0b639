/**
 * What layers that are drawn have in common: a canvas of their rectangle, and their picture in tiles.
 *
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").LayerSpec} LayerSpec
 * @typedef {import("./layers.js").Moment} Moment
 * @typedef {import("./layers.js").Tools} Tools
 */

import { cells } from "../core/glyphs.js";
import { corner, corners } from "../core/motion.js";
import { place } from "./place.js";
import { Tiles } from "./tiles.js";

class CanvasLayer {
  #released = false;
  /** @type {Tiles | undefined} */
  tiles;

  /** @param {LayerSpec} spec @param {HTMLElement} parent @param {Tools} tools */
  constructor(spec, parent, tools) {
    this.spec = spec;
    this.tools = tools;
    this.canvas = document.createElement("canvas");
    this.canvas.width = spec.rect[2];
    this.canvas.height = spec.rect[3];
    place(this.canvas, spec.rect);
    parent.append(this.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.context.imageSmoothingEnabled = false;
    this.canvas.addEventListener("contextrestored", () => void this.#renew());
  }

  /** @param {number} offset @param {Moment} moment */
  async prepare(offset, moment) {
    await this.#decode();
    if (this.tiles) this.paint(offset, moment);
  }

  async #decode() {
    const tiles = await Tiles.of(await this.tools.urls.blob(this.spec.asset), this.spec.asset);
    if (this.#released) return tiles.close();
    this.tiles?.close();
    this.tiles = tiles;
  }

  /** The graphics context came back: what is drawn is gone, and the tiles may have gone with it. */
  async #renew() {
    this.context.imageSmoothingEnabled = false;
    this.forget();
    await this.#decode().catch(() => {});
    this.forget();
  }

  /** @param {number} offset @param {boolean} _running @param {Moment} moment */
  position(offset, _running, moment) {
    if (this.tiles) this.paint(offset, moment);
  }

  /** @param {number} offset @param {Moment} moment */
  async still(offset, moment) {
    this.forget();
    if (this.tiles) this.paint(offset, moment);
  }

  /** Draws what is not drawn yet. @param {number} _offset @param {Moment} _moment */
  paint(_offset, _moment) {}

  /** What is drawn is gone, or may be out of date. */
  forget() {}

  release() {
    this.#released = true;
    this.tiles?.close();
    this.tiles = undefined;
    this.canvas.remove();
    this.canvas.width = this.canvas.height = 0;
  }
}

/** A picture that moves under its rectangle, pixel by pixel. @implements {Layer} */
export class StripLayer extends CanvasLayer {
  #x = NaN;
  #y = NaN;
  /** @param {number} x @param {number} y */
  #draw = (x, y) => {
    const { canvas, context } = this;
    const tiles = /** @type {Tiles} */ (this.tiles);
    const [left, top] = [Math.max(0, -x), Math.max(0, -y)];
    tiles.draw(context, left, top, Math.min(tiles.width, canvas.width - x) - left, Math.min(tiles.height, canvas.height - y) - top, x + left, y + top);
  };

  /** @param {number} offset */
  paint(offset) {
    const strip = /** @type {import("../core/schedule.js").Strip} */ (this.spec.strip);
    const [x, y] = [corner(strip, 0, offset), corner(strip, 1, offset)];
    if (x === this.#x && y === this.#y) return;
    this.#x = x;
    this.#y = y;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    corners(strip, offset, /** @type {Tiles} */ (this.tiles), this.canvas, this.#draw);
  }

  forget() {
    this.#x = NaN;
  }
}

/** A live value, set from cells of an approved atlas; drawn anew when its row of cells changes. @implements {Layer} */
export class GlyphsLayer extends CanvasLayer {
  #second = NaN;
  /** @type {Moment["values"] | undefined} */
  #values;
  /** @type {string | undefined} */
  #row;

  /** @param {number} _offset @param {Moment} moment */
  paint(_offset, { instant, values }) {
    const glyphs = /** @type {import("../core/schedule.js").Glyphs} */ (this.spec.glyphs);
    const second = Math.floor((instant - (glyphs.until ?? 0)) / 1000);
    if (second === this.#second && values === this.#values) return;
    this.#second = second;
    this.#values = values;
    const { canvas, context } = this;
    const row = cells(glyphs, instant, values, canvas.width);
    const said = row.map(([x, name]) => `${x} ${name}`).join("\n");
    if (said === this.#row) return;
    this.#row = said;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const [x, , [left, top, width, height]] of row) this.tiles?.draw(context, left, top, width, height, x, 0);
  }

  forget() {
    this.#second = NaN;
    this.#row = undefined;
  }
}
