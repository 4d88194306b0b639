/**
 * Where asset files lie: in the origin private file system, or, where a browser has none, in the Cache API. Both give
 * `File`s or `Blob`s that stay on the disk, so a page can hold hundreds of them.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} Files
 * @property {(name: string, at: number, length: number) => Promise<Bytes>} read fewer bytes when there are fewer
 * @property {(name: string, at: number, bytes: Bytes) => Promise<void>} write
 * @property {(name: string, length: number) => Promise<void>} finish complete and on the disk
 * @property {(name: string) => Promise<void>} close leave a half-made file for later
 * @property {(name: string) => Promise<void>} remove
 * @property {(name: string) => Promise<Blob | undefined>} blob
 * @property {() => Promise<string[]>} list
 */

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
      let folder = await navigator.storage.getDirectory();
      for (const name of ["bangtin", seat, "assets"]) folder = await folder.getDirectoryHandle(name, { create: true });
      const files = new OpfsFiles(new Worker(new URL("./worker.js", import.meta.url), { type: "module" }), folder);
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

  /** @param {Record<string, unknown>} request @returns {Promise<any>} */
  #ask(request) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...request });
    });
  }

  /** @param {string} name @param {number} at @param {number} length */
  read(name, at, length) {
    return this.#ask({ action: "read", name, at, length });
  }

  /** @param {string} name @param {number} at @param {Bytes} bytes */
  write(name, at, bytes) {
    return this.#ask({ action: "write", name, at, bytes });
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

/** Without a file system: parts gather in memory and become one cached response. @implements {Files} */
export class CacheFiles {
  /** @type {Map<string, Map<number, Bytes>>} */
  #parts = new Map();

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

  /** @param {string} name */
  #url(name) {
    return `/player/asset/${name}`;
  }

  /** @param {string} name @param {number} at @param {number} length @returns {Promise<Bytes>} */
  async read(name, at, length) {
    const part = this.#parts.get(name)?.get(at);
    return part && part.length === length ? part : new Uint8Array(0);
  }

  /** @param {string} name @param {number} at @param {Bytes} bytes */
  async write(name, at, bytes) {
    const parts = this.#parts.get(name) ?? new Map();
    this.#parts.set(name, parts.set(at, bytes));
  }

  /** @param {string} name */
  async finish(name) {
    const parts = [...(this.#parts.get(name) ?? [])].sort(([left], [right]) => left - right).map(([, bytes]) => bytes);
    this.#parts.delete(name);
    try {
      await this.cache.put(this.#url(name), new Response(new Blob(parts)));
    } catch (error) {
      throw new StorageError(String(error));
    }
  }

  async close() {}

  /** @param {string} name */
  async remove(name) {
    this.#parts.delete(name);
    await this.cache.delete(this.#url(name));
  }

  /** @param {string} name */
  async blob(name) {
    return (await this.cache.match(this.#url(name)))?.blob();
  }

  async list() {
    return (await this.cache.keys()).map((request) => /** @type {string} */ (request.url.split("/").pop()));
  }
}

/** @param {string} seat @returns {Promise<Files>} @throws {StorageError} */
export async function openFiles(seat) {
  try {
    return await OpfsFiles.open(seat);
  } catch {
    return CacheFiles.open(seat);
  }
}
