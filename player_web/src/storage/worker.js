/**
 * Writes chunks into files of the origin private file system. It runs in a worker, because only there a file can be
 * written in place and flushed. Each request is `{id, action, …}`, each answer `{id, ok, …}`.
 */

/** @typedef {{read(buffer: BufferSource, options?: {at: number}): number, write(buffer: BufferSource, options?: {at: number}): number, flush(): void, getSize(): number, truncate(size: number): void, close(): void}} SyncHandle */

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

/** @param {string} name @returns {Promise<SyncHandle>} */
async function file(name) {
  const known = handles.get(name);
  if (known) return known;
  const directory = await /** @type {Promise<FileSystemDirectoryHandle>} */ (folder);
  const handle = await directory.getFileHandle(name, { create: true });
  const access = await /** @type {any} */ (handle).createSyncAccessHandle();
  handles.set(name, access);
  return access;
}

/** @param {string} name */
function closeFile(name) {
  handles.get(name)?.close();
  handles.delete(name);
}

/** @type {Record<string, (request: any) => Promise<unknown>>} */
const ACTIONS = {
  async start({ seat }) {
    folder = openFolder(seat);
    await folder;
  },

  /** The bytes that stand in a file at a place, to find out what an interrupted download left. */
  async read({ name, at, length }) {
    const access = await file(name);
    const buffer = new Uint8Array(length);
    const got = access.read(buffer, { at });
    return buffer.subarray(0, got);
  },

  async write({ name, at, bytes }) {
    const access = await file(name);
    const written = access.write(bytes, { at });
    if (written !== bytes.length) throw new Error(`wrote ${written} of ${bytes.length} bytes`);
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
    const directory = await /** @type {Promise<FileSystemDirectoryHandle>} */ (folder);
    await directory.removeEntry(name).catch((error) => {
      if (error?.name !== "NotFoundError") throw error;
    });
  },

  async list() {
    const directory = await /** @type {Promise<FileSystemDirectoryHandle>} */ (folder);
    const names = [];
    for await (const name of /** @type {any} */ (directory).keys()) names.push(name);
    return names;
  },
};

/** Requests wait for one another, so that a file is never opened twice. */
let queue = Promise.resolve();

self.onmessage = (event) => {
  const { id, action, ...request } = event.data;
  queue = queue.then(async () => {
    try {
      self.postMessage({ id, ok: true, result: await ACTIONS[action](request) });
    } catch (error) {
      self.postMessage({ id, ok: false, error: String(error) });
    }
  });
};

export {};
