/**
 * Picture elements, used again and again: one that goes while it is decoded is sometimes kept by the browser for good, and all with
 * it that waits for the decoding.
 *
 * What was shown stays loaded for a while, since it comes again: under another address the browser would decode it anew, and without
 * a graphics card Chromium keeps the last thousand decoded pictures.
 *
 * @typedef {object} Kept
 * @property {string} asset
 * @property {HTMLImageElement} image
 * @property {number} pixels
 * @property {() => void} letGo of its address
 */

/** Pictures kept loaded, and their pixels together (64 MB decoded). */
const MOST = 128;
const MOST_PIXELS = 16_000_000;

export class ImagePool {
  /** @type {HTMLImageElement[]} empty ones */
  #free = [];
  /** @type {Kept[]} the longest unused first */
  #kept = [];
  #pixels = 0;
  /** How many there are. */
  made = 0;

  /** @param {string} asset @returns {{image: HTMLImageElement, letGo: (() => void) | null}} `letGo`: it is loaded already, and who acquires it lets go of its address */
  acquire(asset) {
    const place = this.#kept.findLastIndex((one) => one.asset === asset);
    if (place >= 0) return this.#take(place);
    const free = this.#free.pop();
    if (free) return { image: free, letGo: null };
    this.made += 1;
    const image = new Image();
    image.decoding = "sync";
    image.alt = "";
    return { image, letGo: null };
  }

  /** @param {number} place */
  #take(place) {
    const [kept] = this.#kept.splice(place, 1);
    this.#pixels -= kept.pixels;
    return kept;
  }

  /**
   * @param {HTMLImageElement} image
   * @param {string} asset
   * @param {(() => void) | null} letGo of its address; null when it has none, or does not show what it should
   */
  release(image, asset, letGo) {
    image.remove();
    image.removeAttribute("style");
    const pixels = image.naturalWidth * image.naturalHeight;
    if (!letGo || !image.complete || !pixels) return this.#empty(image, letGo);
    this.#kept.push({ asset, image, pixels, letGo });
    this.#pixels += pixels;
    while (this.#kept.length > MOST || this.#pixels > MOST_PIXELS) {
      const oldest = this.#take(0);
      this.#empty(oldest.image, oldest.letGo);
    }
  }

  /** @param {HTMLImageElement} image @param {(() => void) | null} letGo */
  #empty(image, letGo) {
    image.removeAttribute("src");
    this.#free.push(image);
    letGo?.();
  }
}
