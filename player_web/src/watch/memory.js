/**
 * What the page holds. Browsers tell of the JavaScript heap only, so pictures are counted by their pixels.
 *
 * @typedef {{heap: number, pixels: number}} Bounds bytes
 * @typedef {object} Holdings
 * @property {number | null} heap bytes; null where the browser does not tell
 * @property {number} pixels bytes of decoded pictures, four for each pixel
 * @property {number} nodes elements of the document
 * @property {number} videos video elements that exist
 * @property {number} images picture elements that exist
 * @property {number} blobs addresses of assets
 */

import { Tiles } from "../stage/tiles.js";

const MB = 1_000_000;
/** A player holds some 20 MB and 200 MB; what is far above is a leak or a programme beyond the machine. */
export const DEFAULTS = { heap: 400, pixels: 1500 };

/** @param {URLSearchParams} address `heap` and `pixels` in MB @returns {Bounds} */
export function boundsOf(address) {
  const bound = (/** @type {"heap" | "pixels"} */ name) => (Number(address.get(name)) || DEFAULTS[name]) * MB;
  return { heap: bound("heap"), pixels: bound("pixels") };
}

/** @param {ParentNode} root @param {{urls: {size: number}, videos: {made: number}, images: {made: number}}} stage @returns {Holdings} */
export function measure(root, { urls, videos, images }) {
  const pictures = [...root.querySelectorAll("img")].map((one) => one.naturalWidth * one.naturalHeight);
  const canvases = [...root.querySelectorAll("canvas")].map((one) => one.width * one.height);
  const pixels = [...pictures, ...canvases, Tiles.held].reduce((sum, one) => sum + one, 0) * 4;
  // Chromium's alone, coarse on purpose; good enough for a bound.
  const heap = /** @type {any} */ (performance).memory?.usedJSHeapSize ?? null;
  return { heap, pixels, nodes: document.getElementsByTagName("*").length, videos: videos.made, images: images.made, blobs: urls.size };
}

/** @param {Holdings} held @param {Bounds} bounds @returns {"" | "heap" | "pixels"} what is above its bound */
export function above(held, bounds) {
  if ((held.heap ?? 0) > bounds.heap) return "heap";
  return held.pixels > bounds.pixels ? "pixels" : "";
}
