/**
 * Where asset files lie: in the origin private file system, or, where a browser has none, in the Cache API. Both give
 * `File`s or `Blob`s that stay on the disk, so a page can hold hundreds of them.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} Files each throws StorageError
 * @property {(name: string, bytes: number, chunks: string[], places?: number[]) => Promise<number[]>} check places of chunks that are
 *   not there as they should be
 * @property {(name: string, bytes: number) => Promise<{whole: string, chunks: string[]}>} hashes of what is there; empty when it is less
 * @property {(name: string, bytes: number) => Promise<number>} reserve room for so many bytes; how many it had before
 * @property {(name: string, bytes: number) => Promise<void>} shrink give room back
 * @property {(name: string, at: number, bytes: Bytes) => Promise<void>} write the bytes are given away
 * @property {(name: string, length: number) => Promise<void>} finish complete and on the disk
 * @property {(name: string) => Promise<void>} close leave a half-made file for later
 * @property {(name: string) => Promise<void>} remove
 * @property {(name: string) => Promise<Blob | undefined>} blob
 * @property {() => Promise<string[]>} list
 */

import { CHUNK_BYTES, differing, hashes, lengthOf, reading } from "./chunks.js";
import { StorageError } from "./database.js";

/** @implements {Files} */
export class OpfsFiles {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #next = 1;

  /** @param {Worker} worker @param {FileSystemDirectoryHandle} folder */
  constructor(worker, folder) {
    this.worker = worker;
    this.folder = folder;
    worker.onmessage = ({ data }) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.result);
      else waiting?.reject(new StorageError(data.error));
    };
    worker.onerror = (event) => this.#fail(event.message || "the storage worker failed");
  }

  /** @param {string} seat @returns {Promise<OpfsFiles>} @throws {StorageError} where there is no such file system */
  static async open(seat) {
    try {
      // The worker takes longer to come up than the folder to be opened.
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      let folder = await navigator.storage.getDirectory();
      for (const name of ["bangtin", seat, "assets"]) folder = await folder.getDirectoryHandle(name, { create: true });
      const files = new OpfsFiles(worker, folder);
      await files.#ask({ action: "start", seat });
      return files;
    } catch (error) {
      throw new StorageError(String(error));
    }
  }

  /** @param {string} reason */
  #fail(reason) {
    for (const waiting of this.#waiting.values()) waiting.reject(new StorageError(reason));
    this.#waiting.clear();
  }

  /** @param {Record<string, unknown>} request @param {Transferable[]} [given] @returns {Promise<any>} */
  #ask(request, given = []) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...request }, given);
    });
  }

  /** @param {string} name @param {number} bytes @param {string[]} chunks @param {number[]} [places] */
  check(name, bytes, chunks, places) {
    return this.#ask({ action: "check", name, bytes, chunks, places });
  }

  /** @param {string} name @param {number} bytes */
  hashes(name, bytes) {
    return this.#ask({ action: "hashes", name, bytes });
  }

  /** @param {string} name @param {number} bytes */
  reserve(name, bytes) {
    return this.#ask({ action: "reserve", name, bytes });
  }

  /** @param {string} name @param {number} bytes */
  shrink(name, bytes) {
    return this.#ask({ action: "shrink", name, bytes });
  }

  /** @param {string} name @param {number} at @param {Bytes} bytes */
  write(name, at, bytes) {
    return this.#ask({ action: "write", name, at, bytes }, [bytes.buffer]);
  }

  /** @param {string} name @param {number} length */
  finish(name, length) {
    return this.#ask({ action: "finish", name, length });
  }

  /** @param {string} name */
  close(name) {
    return this.#ask({ action: "close", name });
  }

  /** @param {string} name */
  remove(name) {
    return this.#ask({ action: "remove", name });
  }

  /** @param {string} name */
  async blob(name) {
    try {
      return await (await this.folder.getFileHandle(name)).getFile();
    } catch {
      return undefined;
    }
  }

  list() {
    return this.#ask({ action: "list" });
  }
}

/**
 * Without a file system: a part is a cached response, and the parts become one when all are here.
 * @implements {Files}
 */
export class CacheFiles {
  /** @param {Cache} cache */
  constructor(cache) {
    this.cache = cache;
  }

  /** @param {string} seat */
  static async open(seat) {
    try {
      return new CacheFiles(await caches.open(`bangtin-assets-${seat}`));
    } catch (error) {
      throw new StorageError(String(error));
    }
  }

  /** @param {string} name @param {number} [at] of a part */
  #url(name, at) {
    return at === undefined ? `/player/asset/${name}` : `/player/part/${name}/${at}`;
  }

  /** @param {string} name @returns {Promise<import("./chunks.js").Read>} */
  async #reader(name) {
    const whole = await this.blob(name);
    if (whole) return reading(whole);
    return async (at) => new Uint8Array((await (await this.cache.match(this.#url(name, at)))?.arrayBuffer()) ?? new ArrayBuffer(0));
  }

  /** @param {string} name @param {number} bytes @param {string[]} chunks @param {number[]} [places] */
  async check(name, bytes, chunks, places) {
    return differing(await this.#reader(name), bytes, chunks, places);
  }

  /** @param {string} name @param {number} bytes */
  async hashes(name, bytes) {
    return hashes(await this.#reader(name), bytes);
  }

  /** This storage grants nothing in advance. */
  async reserve() {
    return 0;
  }

  async shrink() {}

  /** @param {string} url @param {Blob} blob */
  async #put(url, blob) {
    try {
      await this.cache.put(url, new Response(blob));
    } catch (error) {
      throw new StorageError(String(error));
    }
  }

  /** @param {string} name @param {number} at @param {Bytes} bytes */
  async write(name, at, bytes) {
    await this.#split(name);
    await this.#put(this.#url(name, at), new Blob([bytes]));
  }

  /** A whole file that is to be mended becomes parts again. @param {string} name */
  async #split(name) {
    const whole = await this.blob(name);
    if (!whole) return;
    for (let index = 0; lengthOf(index, whole.size) > 0; index += 1) {
      const at = index * CHUNK_BYTES;
      await this.#put(this.#url(name, at), whole.slice(at, at + lengthOf(index, whole.size)));
    }
    await this.cache.delete(this.#url(name));
  }

  /** @param {string} name @returns {Promise<{at: number, url: string}[]>} */
  async #parts(name) {
    const prefix = this.#url(name, 0).slice(0, -1);
    const urls = (await this.cache.keys()).map((request) => new URL(request.url).pathname).filter((path) => path.startsWith(prefix));
    return urls.map((url) => ({ at: Number(url.slice(prefix.length)), url })).sort((left, right) => left.at - right.at);
  }

  /** @param {string} name */
  async finish(name) {
    const parts = await this.#parts(name);
    if (!parts.length) return;
    const blobs = await Promise.all(parts.map(async ({ url }) => (await this.cache.match(url))?.blob()));
    await this.#put(this.#url(name), new Blob(blobs.filter((blob) => blob !== undefined)));
    for (const { url } of parts) await this.cache.delete(url);
  }

  async close() {}

  /** @param {string} name */
  async remove(name) {
    await this.cache.delete(this.#url(name));
    for (const { url } of await this.#parts(name)) await this.cache.delete(url);
  }

  /** @param {string} name */
  async blob(name) {
    return (await this.cache.match(this.#url(name)))?.blob();
  }

  async list() {
    const paths = (await this.cache.keys()).map((request) => new URL(request.url).pathname.split("/"));
    return [...new Set(paths.map((path) => path[3]))];
  }
}

/** A browser that was killed may need a moment before it opens its file system again. */
const TRIES = 5;
const REST = 600;

/** @param {string} seat @returns {Promise<Files>} @throws {StorageError} */
export async function openFiles(seat) {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      return await OpfsFiles.open(seat);
    } catch {
      // What lies there must not count as lost because it was asked for too early.
      await new Promise((resolve) => setTimeout(resolve, REST));
    }
  }
  return CacheFiles.open(seat);
}
