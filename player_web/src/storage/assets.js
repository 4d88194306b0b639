/**
 * Verified assets: fetched chunk by chunk, each checked before it is kept, whole files checked again when they are shown.
 *
 * @typedef {import("../core/schedule.js").Asset} Asset
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 */

import { StorageError } from "./database.js";
import { Missing, TooLong } from "../update/download.js";
import { Refusal } from "../update/roles.js";
import { sha256 } from "../update/verify.js";

export const CHUNK_BYTES = 1024 * 1024;
/** A manifest of 1 MiB chunks of 67 characters each holds more than any clip. */
const MANIFEST_LIMIT = CHUNK_BYTES;
const PARALLEL = 4;

/**
 * Runs work on every item, at most so many at a time; the first failure stops the rest.
 * @template T
 * @param {T[]} items @param {number} most @param {(item: T, index: number) => Promise<void>} work
 */
async function inParallel(items, most, work) {
  let next = 0;
  let failed = false;
  const run = async () => {
    while (!failed && next < items.length) {
      const index = next++;
      try {
        await work(items[index], index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, run));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

export class Assets {
  /** @type {Set<string>} */
  #complete = new Set();

  /**
   * @param {object} ports
   * @param {import("./database.js").Database} ports.database
   * @param {import("./files.js").Files} ports.files
   * @param {(hash: string, limit: number) => Promise<Bytes>} ports.fetchChunk throws Missing, TooLong or Unreachable
   */
  constructor({ database, files, fetchChunk }) {
    this.database = database;
    this.files = files;
    this.fetchChunk = fetchChunk;
  }

  async start() {
    for (const hash of await this.database.keys("assets")) this.#complete.add(String(hash));
  }

  /** @param {string} hash */
  has(hash) {
    return this.#complete.has(hash);
  }

  /** @param {Map<string, Asset>} wanted @returns {number} bytes that are not here yet */
  missingBytes(wanted) {
    let total = 0;
    for (const [hash, asset] of wanted) if (!this.has(hash)) total += asset.bytes;
    return total;
  }

  /**
   * Brings all of them here.
   * @param {Map<string, Asset>} wanted
   * @param {AbortSignal} [signal] stops after the chunk in hand
   * @throws {Refusal} when one is missing or differs from its hash
   * @throws {StorageError | import("../update/download.js").Unreachable}
   */
  async fetchAll(wanted, signal) {
    const missing = [...wanted].filter(([hash]) => !this.has(hash));
    await inParallel(missing, PARALLEL, async ([hash, asset]) => {
      if (!this.has(hash) && !signal?.aborted) await this.#fetchOne(hash, asset, signal);
    });
  }

  /** @param {string} hash @param {Asset} asset @param {AbortSignal} [signal] */
  async #fetchOne(hash, asset, signal) {
    const chunks = asset.manifest ? await this.#manifest(hash, asset) : [hash];
    try {
      for (const [index, chunk] of chunks.entries()) {
        if (signal?.aborted) return await this.files.close(hash);
        const at = index * CHUNK_BYTES;
        const length = Math.min(CHUNK_BYTES, asset.bytes - at);
        const left = await this.files.read(hash, at, length);
        if (left.length === length && (await sha256(left)) === chunk) continue;
        await this.files.write(hash, at, await this.#chunk(chunk, length));
      }
      await this.files.finish(hash, asset.bytes);
    } catch (error) {
      await this.files.close(hash).catch(() => {});
      throw error;
    }
    if (asset.manifest) await this.#checkWhole(hash);
    await this.database.put("assets", { hash, bytes: asset.bytes }, undefined, true);
    this.#complete.add(hash);
  }

  /** The chunks follow from the manifest, the whole must be what the schedule names. @param {string} hash */
  async #checkWhole(hash) {
    const blob = await this.files.blob(hash);
    if (blob && (await sha256(await blob.arrayBuffer())) === hash) return;
    await this.files.remove(hash);
    throw new Refusal("asset", "hash", hash.slice(0, 12));
  }

  /** @param {string} hash @param {Asset} asset @returns {Promise<string[]>} */
  async #manifest(hash, asset) {
    const bytes = await this.#chunk(/** @type {string} */ (asset.manifest), null);
    let chunks;
    try {
      ({ chunks } = JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      chunks = null;
    }
    const count = Math.max(1, Math.ceil(asset.bytes / CHUNK_BYTES));
    if (!Array.isArray(chunks) || chunks.length !== count || !chunks.every((one) => /^[0-9a-f]{64}$/.test(one))) {
      throw new Refusal("asset", "format", `manifest of ${hash.slice(0, 12)}`);
    }
    return chunks;
  }

  /** @param {string} hash @param {number | null} length null: any up to the limit @returns {Promise<Bytes>} */
  async #chunk(hash, length) {
    let bytes;
    try {
      bytes = await this.fetchChunk(hash, length ?? MANIFEST_LIMIT);
    } catch (error) {
      if (error instanceof Missing) throw new Refusal("asset", "missing", hash.slice(0, 12));
      if (error instanceof TooLong) throw new Refusal("asset", "length", hash.slice(0, 12));
      throw error;
    }
    if (length !== null && bytes.length !== length) throw new Refusal("asset", "length", hash.slice(0, 12));
    if ((await sha256(bytes)) !== hash) throw new Refusal("asset", "hash", hash.slice(0, 12));
    return bytes;
  }

  /**
   * The asset, from the disk. A small one is hashed again first, so that a rotten disk shows nothing wrong.
   * @param {string} hash
   * @returns {Promise<Blob | undefined>} undefined when it is not here or no longer what it was
   */
  async blob(hash) {
    if (!this.has(hash)) return undefined;
    const blob = await this.files.blob(hash);
    if (blob && (blob.size > CHUNK_BYTES || (await sha256(await blob.arrayBuffer())) === hash)) return blob;
    await this.#forget(hash);
    return undefined;
  }

  /** @param {string} hash */
  async #forget(hash) {
    this.#complete.delete(hash);
    await this.database.delete("assets", hash);
    await this.files.remove(hash);
  }

  /**
   * Removes what no kept release names, half-made files too.
   * @param {(hash: string) => boolean} kept asked again for each file, since a download may begin meanwhile
   */
  async evict(kept) {
    for (const name of new Set([...(await this.files.list()), ...this.#complete])) {
      if (!kept(name)) await this.#forget(name);
    }
  }

  /** @returns {Promise<{used: number | null, quota: number | null}>} bytes, as far as the browser tells */
  async space() {
    try {
      const { usage, quota } = await navigator.storage.estimate();
      return { used: usage ?? null, quota: quota ?? null };
    } catch {
      return { used: null, quota: null };
    }
  }

  /** @param {number} bytes @throws {StorageError} when they will hardly fit */
  async plan(bytes) {
    const { used, quota } = await this.space();
    if (used !== null && quota !== null && used + bytes * 1.05 > quota) {
      throw new StorageError(`${bytes} bytes wanted, ${quota - used} free`);
    }
  }
}
