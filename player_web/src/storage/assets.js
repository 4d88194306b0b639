/**
 * Verified assets. A chunk is checked before it is kept, a file as a whole before it counts, and all of it again each time
 * before it is shown; what rotted on the disk is mended with the chunks it lacks.
 *
 * @typedef {import("../core/schedule.js").Asset} Asset
 * @typedef {import("./migrations.js").AssetRow} AssetRow
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {(hash: string, limit: number) => Promise<Bytes>} FetchChunk throws Missing, TooLong or Unreachable
 */

import { CHUNK_BYTES, count, lengthOf } from "./chunks.js";
import { StorageError } from "./database.js";
import { Slots, inParallel } from "./parallel.js";
import { Missing, TooLong } from "../update/download.js";
import { Refusal } from "../update/roles.js";
import { sha256 } from "../update/verify.js";

/** A manifest of 1 MiB chunks of 67 characters each holds more than any clip. */
const MANIFEST_LIMIT = CHUNK_BYTES;
/** Chunks fetched at a time: what an interruption can cost is as many MiB. */
export const PARALLEL = 4;
/** How often what a disk changes under the pen is written again. */
const TRIES = 3;

/** @param {string} hash */
const short = (hash) => hash.slice(0, 12);

export class Assets {
  /** @type {Map<string, AssetRow>} whole and half-made ones */
  #rows = new Map();
  /** @type {Map<string, Promise<void>>} assets that somebody is bringing */
  #bringing = new Map();
  /** @type {Map<string, string>} what was wrong with assets that were whole */
  #hurt = new Map();
  #slots = new Slots(PARALLEL);
  /** @type {Map<string, number>} room that was made for files, and how long each was before */
  #reserved = new Map();

  /**
   * @param {object} ports
   * @param {import("./database.js").Database} ports.database
   * @param {import("./files.js").Files} ports.files
   * @param {FetchChunk} ports.fetchChunk
   * @param {(hash: string) => void} [ports.damaged] an asset is no longer what it was; it is not shown until it is brought again
   * @param {(hash: string, what: string) => void} [ports.repaired] it is whole again
   */
  constructor(ports) {
    this.ports = ports;
  }

  async start() {
    const { database, files } = this.ports;
    const [rows, names] = await Promise.all([database.all("assets"), files.list()]);
    const there = new Set(names);
    for (const row of rows) {
      if (row.complete && !there.has(row.hash)) {
        row.complete = false;
        this.#hurt.set(row.hash, "lost");
      }
      this.#rows.set(row.hash, row);
    }
  }

  /** @param {string} hash */
  has(hash) {
    return this.#rows.get(hash)?.complete ?? false;
  }

  /** @returns {string[]} hashes of all that are whole */
  whole() {
    return [...this.#rows.values()].filter((row) => row.complete).map((row) => row.hash);
  }

  /** @param {Map<string, Asset>} wanted @returns {number} bytes that are not here yet */
  missingBytes(wanted) {
    let total = 0;
    for (const [hash, asset] of wanted) if (!this.has(hash)) total += asset.bytes;
    return total;
  }

  /**
   * Makes room for all of them before anything is fetched.
   * @param {Map<string, Asset>} wanted
   * @throws {StorageError} when they do not fit; nothing is taken then
   */
  async reserve(wanted) {
    const { files } = this.ports;
    /** @type {[string, number][]} */
    const taken = [];
    try {
      for (const [hash, asset] of wanted) {
        if (this.has(hash) || this.#reserved.has(hash)) continue;
        taken.push([hash, await files.reserve(hash, asset.bytes)]);
      }
    } catch (error) {
      for (const [hash, before] of taken) await (before ? files.shrink(hash, before) : files.remove(hash)).catch(() => {});
      throw error;
    }
    for (const [hash, before] of taken) this.#reserved.set(hash, before);
  }

  /**
   * Brings all of them here. What is brought already by somebody else is waited for.
   * @param {Map<string, Asset>} wanted
   * @param {object} [options]
   * @param {AbortSignal} [options.signal] stops after the chunks in hand
   * @param {FetchChunk} [options.fetchChunk] another source than the usual one
   * @param {Slots} [options.slots] a way of its own past what is fetched otherwise
   * @throws {Refusal} when one is missing or differs from its hash
   * @throws {StorageError | import("../update/download.js").Unreachable}
   */
  async fetchAll(wanted, { signal, fetchChunk = this.ports.fetchChunk, slots = this.#slots } = {}) {
    await inParallel([...wanted], PARALLEL, async ([hash, asset]) => {
      while (!this.has(hash) && !signal?.aborted) {
        const other = this.#bringing.get(hash);
        if (other) {
          await other.catch(() => {});
          continue;
        }
        const mine = this.#fetchOne(hash, asset, { signal, fetchChunk, slots });
        this.#bringing.set(hash, mine);
        await mine.finally(() => this.#bringing.delete(hash));
      }
    });
  }

  /** @param {string} hash @param {Asset} asset @param {{signal?: AbortSignal, fetchChunk: FetchChunk, slots: Slots}} options */
  async #fetchOne(hash, asset, { signal, fetchChunk, slots }) {
    const { files } = this.ports;
    const row = await this.#begin(hash, asset, (manifest) => slots.run(() => this.#chunk(fetchChunk, manifest, null)));
    const chunks = /** @type {string[]} */ (row.chunks);
    // What was reserved just now is empty; what is left of an earlier attempt is read off the disk, not fetched again.
    let missing = this.#reserved.get(hash) === 0 ? [...chunks.keys()] : await files.check(hash, asset.bytes, chunks);
    this.#reserved.set(hash, asset.bytes);
    try {
      for (let tries = 1; ; tries += 1) {
        await inParallel(missing, PARALLEL, (index) =>
          slots.run(async () => {
            if (signal?.aborted) return;
            const bytes = await this.#chunk(fetchChunk, chunks[index], lengthOf(index, asset.bytes));
            await files.write(hash, index * CHUNK_BYTES, bytes);
          }),
        );
        if (signal?.aborted) return await files.close(hash);
        await files.finish(hash, asset.bytes);
        if (await this.#isWhole(row)) break;
        missing = await files.check(hash, asset.bytes, chunks);
        if (!missing.length) await this.#reject(hash);
        if (tries >= TRIES) throw new StorageError(`${short(hash)} changes while it is written`);
      }
    } catch (error) {
      await files.close(hash).catch(() => {});
      if (error instanceof Refusal && error.reason === "missing") await this.#forgetChunks(row);
      throw error;
    }
    await this.#save({ ...row, complete: true }, true);
    const hurt = this.#hurt.get(hash);
    this.#hurt.delete(hash);
    if (hurt) this.ports.repaired?.(hash, hurt);
  }

  /**
   * What is known of an asset that is to be fetched, its chunks first.
   * @param {string} hash @param {Asset} asset @param {(manifest: string) => Promise<Bytes>} fetch
   * @returns {Promise<AssetRow>}
   */
  async #begin(hash, asset, fetch) {
    const known = this.#rows.get(hash);
    if (known?.chunks && known.bytes === asset.bytes) return known;
    if (!asset.manifest && asset.bytes > CHUNK_BYTES) throw new Refusal("asset", "format", `no manifest of ${short(hash)}`);
    const chunks = asset.manifest ? readManifest(hash, asset.bytes, await fetch(asset.manifest)) : [hash];
    const row = { hash, bytes: asset.bytes, complete: false, chunks };
    await this.#save(row);
    return row;
  }

  /** The chunks follow from the manifest, the whole must be what the schedule names. @param {AssetRow} row */
  async #isWhole({ hash, bytes, chunks }) {
    if (chunks?.length === 1 && chunks[0] === hash) return true;
    return (await this.ports.files.hashes(hash, bytes)).whole === hash;
  }

  /** Right piece by piece, but never this asset. @param {string} hash @returns {Promise<never>} */
  async #reject(hash) {
    await this.#forget(hash);
    throw new Refusal("asset", "hash", short(hash));
  }

  /** The list itself may have rotted: it is asked for again. @param {AssetRow} row */
  async #forgetChunks(row) {
    if (row.chunks && row.chunks.length > 1) await this.#save({ ...row, complete: false, chunks: null });
  }

  /**
   * Writes down what is known of a file. When there is no room even for that it holds until the next start, which then reads it off the
   * file; nothing is fetched again but a manifest.
   * @param {AssetRow} row @param {boolean} [strict]
   */
  async #save(row, strict = false) {
    this.#rows.set(row.hash, row);
    try {
      await this.ports.database.put("assets", row, undefined, strict);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }

  /** @param {FetchChunk} fetchChunk @param {string} hash @param {number | null} length null: any up to the limit @returns {Promise<Bytes>} */
  async #chunk(fetchChunk, hash, length) {
    let bytes;
    try {
      bytes = await fetchChunk(hash, length ?? MANIFEST_LIMIT);
    } catch (error) {
      if (error instanceof Missing) throw new Refusal("asset", "missing", short(hash));
      if (error instanceof TooLong) throw new Refusal("asset", "length", short(hash));
      throw error;
    }
    if (length !== null && bytes.length !== length) throw new Refusal("asset", "length", short(hash));
    if ((await sha256(bytes)) !== hash) throw new Refusal("asset", "hash", short(hash));
    return bytes;
  }

  /**
   * The asset, compared with its hashes once more: what a disk made of it meanwhile is never shown. A small one is given as the
   * very bytes that were compared, a long one stays on the disk.
   * @param {string} hash
   * @returns {Promise<Blob | undefined>} undefined when it is not here or no longer what it was
   */
  async blob(hash) {
    const row = this.#rows.get(hash);
    if (!row?.complete) return undefined;
    const blob = await this.ports.files.blob(hash);
    if (blob && row.bytes <= CHUNK_BYTES) {
      const bytes = await blob.slice(0, row.bytes).arrayBuffer().catch(() => new ArrayBuffer(0));
      if ((await sha256(bytes)) === hash) return new Blob([bytes]);
      await this.#spoil(row, "1/1");
      return undefined;
    }
    if (!(await this.verify(hash))) return undefined;
    return blob?.slice(0, row.bytes);
  }

  /**
   * Compares an asset on the disk with its hashes.
   * @param {string} hash
   * @param {number[]} [places] only these chunks
   * @returns {Promise<boolean>} false when it was damaged: it is not shown until it is brought again
   */
  async verify(hash, places) {
    const row = await this.#listed(hash);
    if (!row?.complete || !row.chunks) return false;
    const wrong = await this.ports.files.check(hash, row.bytes, row.chunks, places);
    if (!wrong.length) return true;
    if (!this.has(hash)) return false;
    // Is it the file, or the list of its chunks?
    const found = row.chunks.length > 1 ? await this.ports.files.hashes(hash, row.bytes) : null;
    if (found?.whole === hash) {
      await this.#save({ ...row, chunks: found.chunks });
      this.ports.repaired?.(hash, "manifest");
      return true;
    }
    await this.#spoil(row, `${wrong.length}/${row.chunks.length}`);
    return false;
  }

  /** @param {string} hash @returns {number} chunks that `verify` can be asked about */
  chunks(hash) {
    return count(this.#rows.get(hash)?.bytes ?? 0);
  }

  /** The row with its chunks; of an asset kept by an older player they are read off the file. @param {string} hash */
  async #listed(hash) {
    const row = this.#rows.get(hash);
    if (!row?.complete || row.chunks) return row;
    if (row.bytes <= CHUNK_BYTES) return { ...row, chunks: [hash] };
    const found = await this.ports.files.hashes(hash, row.bytes);
    if (found.whole !== hash) {
      await this.#spoil(row, "?");
      return undefined;
    }
    await this.#save({ ...row, chunks: found.chunks });
    return this.#rows.get(hash);
  }

  /** @param {AssetRow} row @param {string} how much of it */
  async #spoil(row, how) {
    if (!this.has(row.hash)) return;
    this.#hurt.set(row.hash, how);
    await this.#save({ ...row, complete: false });
    this.ports.damaged?.(row.hash);
  }

  /** @param {string} hash */
  async #forget(hash) {
    this.#rows.delete(hash);
    this.#hurt.delete(hash);
    this.#reserved.delete(hash);
    await this.ports.database.delete("assets", hash);
    await this.ports.files.remove(hash);
  }

  /**
   * Removes what no kept release names, half-made files too.
   * @param {(hash: string) => boolean} kept asked again for each file, since a download may begin meanwhile
   * @returns {Promise<number>} how many were removed
   */
  async evict(kept) {
    let removed = 0;
    for (const name of new Set([...(await this.ports.files.list()), ...this.#rows.keys()])) {
      if (kept(name) || this.#bringing.has(name)) continue;
      await this.#forget(name);
      removed += 1;
    }
    return removed;
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
}

/** @param {string} hash of the asset @param {number} bytes of the asset @param {Bytes} manifest @returns {string[]} @throws {Refusal} */
function readManifest(hash, bytes, manifest) {
  let chunks;
  try {
    ({ chunks } = JSON.parse(new TextDecoder().decode(manifest)));
  } catch {
    chunks = null;
  }
  if (!Array.isArray(chunks) || chunks.length !== count(bytes) || !chunks.every((one) => /^[0-9a-f]{64}$/.test(one))) {
    throw new Refusal("asset", "format", `manifest of ${short(hash)}`);
  }
  return chunks;
}
