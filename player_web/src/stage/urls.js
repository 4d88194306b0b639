/** Blob addresses of assets, counted: one per asset however many layers use it, revoked when the last lets go. */

export class AssetUrls {
  /** @type {Map<string, {count: number, url: Promise<string>}>} */
  #urls = new Map();

  /** @param {(hash: string) => Promise<Blob | undefined>} blob */
  constructor(blob) {
    this.blob = blob;
  }

  /** How many addresses are held; a test watches it. */
  get size() {
    return this.#urls.size;
  }

  /** @param {string} hash @returns {Promise<string>} @throws {Error} when the asset is not here */
  async acquire(hash) {
    let held = this.#urls.get(hash);
    if (!held) {
      held = { count: 0, url: this.#create(hash) };
      this.#urls.set(hash, held);
    }
    held.count += 1;
    try {
      return await held.url;
    } catch (error) {
      if (this.#urls.get(hash) === held) this.#urls.delete(hash);
      throw error;
    }
  }

  /** @param {string} hash */
  release(hash) {
    const held = this.#urls.get(hash);
    if (!held) return;
    held.count -= 1;
    if (held.count > 0) return;
    this.#urls.delete(hash);
    held.url.then(URL.revokeObjectURL, () => {});
  }

  /** @param {string} hash */
  async #create(hash) {
    const blob = await this.blob(hash);
    if (!blob) throw new Error(`asset ${hash.slice(0, 12)} is not here`);
    return URL.createObjectURL(blob);
  }
}
