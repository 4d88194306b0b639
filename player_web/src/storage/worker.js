/**
 * Writes and checks files of the origin private file system. It runs in a worker, because only there a file can be written in
 * place and flushed, and so that hashing never takes a frame. Each request is `{id, action, name, …}`, each answer `{id, ok, …}`.
 */

import { differing, hashes, reading } from "./chunks.js";

/** @typedef {{read(buffer: BufferSource, options?: {at: number}): number, write(buffer: BufferSource, options?: {at: number}): number, flush(): void, getSize(): number, truncate(size: number): void, close(): void}} SyncHandle */

/** A page that was reloaded may hold a file for a moment longer. */
const BUSY_TRIES = 20;
const BUSY_REST = 100;

/** @type {Promise<FileSystemDirectoryHandle> | undefined} */
let folder;
/** @type {Map<string, SyncHandle>} */
const handles = new Map();

/** @param {string} seat */
async function openFolder(seat) {
  let handle = await navigator.storage.getDirectory();
  for (const name of ["bangtin", seat, "assets"]) handle = await handle.getDirectoryHandle(name, { create: true });
  return handle;
}

const directory = () => /** @type {Promise<FileSystemDirectoryHandle>} */ (folder);

/** @param {string} name @returns {Promise<SyncHandle>} */
async function file(name) {
  const known = handles.get(name);
  if (known) return known;
  const handle = await (await directory()).getFileHandle(name, { create: true });
  for (let tries = 1; ; tries += 1) {
    try {
      const access = await /** @type {any} */ (handle).createSyncAccessHandle();
      handles.set(name, access);
      return access;
    } catch (error) {
      if (tries >= BUSY_TRIES || /** @type {Error} */ (error).name !== "NoModificationAllowedError") throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_REST));
    }
  }
}

/** @param {string} name */
function closeFile(name) {
  handles.get(name)?.close();
  handles.delete(name);
}

/** @param {string} name @returns {Promise<import("./chunks.js").Read>} throws where there is no such file */
async function reader(name) {
  const open = handles.get(name);
  if (!open) return reading(await (await (await directory()).getFileHandle(name)).getFile());
  return (at, length) => {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, open.read(buffer, { at }));
  };
}

/** @type {Record<string, (request: any) => Promise<unknown>>} */
const ACTIONS = {
  async start({ seat }) {
    folder = openFolder(seat);
    await folder;
  },

  /** Which of these chunks are not on the disk as they should be. */
  async check({ name, bytes, chunks, places }) {
    let read;
    try {
      read = await reader(name);
    } catch {
      return places ?? chunks.map((/** @type {string} */ _, /** @type {number} */ index) => index);
    }
    return differing(read, bytes, chunks, places);
  },

  async hashes({ name, bytes }) {
    try {
      return await hashes(await reader(name), bytes);
    } catch {
      return { whole: "", chunks: [] };
    }
  },

  /** The file is as long as it will be; the browser refuses here and not half-way when that is more than it may have. */
  async reserve({ name, bytes }) {
    const access = await file(name);
    const before = access.getSize();
    try {
      if (before < bytes) access.truncate(bytes);
    } finally {
      closeFile(name);
    }
    return before;
  },

  async shrink({ name, bytes }) {
    const access = await file(name);
    access.truncate(bytes);
    closeFile(name);
  },

  /** Flushed at once: after a power cut it is still there. */
  async write({ name, at, bytes }) {
    const access = await file(name);
    const written = access.write(bytes, { at });
    if (written !== bytes.length) throw new Error(`wrote ${written} of ${bytes.length} bytes`);
    access.flush();
  },

  /** The file is complete: cut to its length, on the disk, closed. */
  async finish({ name, length }) {
    const access = await file(name);
    access.truncate(length);
    access.flush();
    closeFile(name);
  },

  async close({ name }) {
    closeFile(name);
  },

  async remove({ name }) {
    closeFile(name);
    await (await directory()).removeEntry(name).catch((error) => {
      if (error?.name !== "NotFoundError") throw error;
    });
  },

  async list() {
    const names = [];
    for await (const name of /** @type {any} */ (await directory()).keys()) names.push(name);
    return names;
  },
};

/** Requests about a file wait for one another; a long check of one holds up no other. @type {Map<string, Promise<void>>} */
const queues = new Map();

self.onmessage = (event) => {
  const { id, action, ...request } = event.data;
  const key = request.name ?? "";
  const turn = (queues.get(key) ?? Promise.resolve()).then(async () => {
    try {
      self.postMessage({ id, ok: true, result: await ACTIONS[action](request) });
    } catch (error) {
      self.postMessage({ id, ok: false, error: String(error) });
    }
    if (queues.get(key) === turn) queues.delete(key);
  });
  queues.set(key, turn);
};

export {};
