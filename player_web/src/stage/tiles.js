/** A picture cut into tiles that any graphics card can hold, however wide it is, to be drawn pixel by pixel. */

const TILE = 2048;

export class Tiles {
  /** Pixels of all tiles that are held; the watchdog of the memory reads it. */
  static held = 0;

  /** @type {{x: number, y: number, bitmap: ImageBitmap}[]} */
  #tiles = [];

  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }

  /** @param {Blob | undefined} blob @param {string} name @returns {Promise<Tiles>} @throws {Error} when it is not here or no picture */
  static async of(blob, name) {
    if (!blob) throw new Error(`asset ${name.slice(0, 12)} is not here`);
    const whole = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    const made = new Tiles(whole.width, whole.height);
    if (whole.width <= TILE && whole.height <= TILE) {
      made.#add(0, 0, whole);
      return made;
    }
    try {
      for (let y = 0; y < whole.height; y += TILE) {
        for (let x = 0; x < whole.width; x += TILE) {
          const bitmap = await createImageBitmap(whole, x, y, Math.min(TILE, whole.width - x), Math.min(TILE, whole.height - y));
          made.#add(x, y, bitmap);
        }
      }
    } catch (error) {
      made.close();
      throw error;
    } finally {
      whole.close();
    }
    return made;
  }

  /** @param {number} x @param {number} y @param {ImageBitmap} bitmap */
  #add(x, y, bitmap) {
    this.#tiles.push({ x, y, bitmap });
    Tiles.held += bitmap.width * bitmap.height;
  }

  /**
   * Draws the part at (fromX, fromY) to (x, y), without scaling.
   * @param {CanvasRenderingContext2D} context
   * @param {number} fromX @param {number} fromY @param {number} width @param {number} height
   * @param {number} x @param {number} y
   */
  draw(context, fromX, fromY, width, height, x, y) {
    for (const tile of this.#tiles) {
      const left = Math.max(fromX, tile.x);
      const top = Math.max(fromY, tile.y);
      const wide = Math.min(fromX + width, tile.x + tile.bitmap.width) - left;
      const high = Math.min(fromY + height, tile.y + tile.bitmap.height) - top;
      if (wide <= 0 || high <= 0) continue;
      context.drawImage(tile.bitmap, left - tile.x, top - tile.y, wide, high, x + left - fromX, y + top - fromY, wide, high);
    }
  }

  close() {
    for (const { bitmap } of this.#tiles) {
      Tiles.held -= bitmap.width * bitmap.height;
      bitmap.close();
    }
    this.#tiles = [];
  }
}
