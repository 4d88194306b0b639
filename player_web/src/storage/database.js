/**
 * What a player must remember, in IndexedDB: its key and pairing, trusted metadata, releases, the outbox. One database
 * per seat, so that several players in one browser never meet. Its version is the storage format (migrations.js).
 */

import { FORMAT, migrate, sealed, unsealed } from "./migrations.js";

/** Something that storage refused. */
export class StorageError extends Error {
  /** Whether for want of room, as far as the browser says. */
  get full() {
    return /quota|no space|not enough space|wrote \d+ of/i.test(this.message);
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new StorageError(String(request.error)));
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(new StorageError(String(transaction.error)));
  });
}

export class Database {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * @param {string} seat
   * @param {() => void} lost the browser closed it for good (storage cleared, a broken disk, a newer player in another window)
   * @returns {Promise<Database>} @throws {StorageError}
   */
  static async open(seat, lost) {
    const request = indexedDB.open(`bangtin-${seat}`, FORMAT);
    request.onupgradeneeded = ({ oldVersion }) => migrate(request, oldVersion);
    const database = await done(request);
    database.onversionchange = () => (database.close(), lost());
    database.onclose = lost;
    return new Database(database);
  }

  /** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
  get(store, key) {
    return done(this.database.transaction(store).objectStore(store).get(key));
  }

  /** @param {string} store @param {IDBKeyRange} [range] @param {number} [count] @returns {Promise<any[]>} */
  all(store, range, count) {
    return done(this.database.transaction(store).objectStore(store).getAll(range, count));
  }

  /** @param {string} store @param {IDBKeyRange} [range] @param {number} [count] @returns {Promise<IDBValidKey[]>} */
  keys(store, range, count) {
    return done(this.database.transaction(store).objectStore(store).getAllKeys(range, count));
  }

  /** @param {string} store @returns {Promise<number>} how many rows */
  count(store) {
    return done(this.database.transaction(store).objectStore(store).count());
  }

  /** @param {string} store whose keys are made by itself @param {any} value @returns {Promise<IDBValidKey>} its key, once it is written @throws {StorageError} */
  async append(store, value) {
    /** @type {IDBRequest<IDBValidKey> | undefined} */
    let request;
    await this.write([store], (stores) => void (request = stores[store].add(value)));
    return /** @type {IDBRequest<IDBValidKey>} */ (/** @type {unknown} */ (request)).result;
  }

  /**
   * All writes of one call happen or none.
   * @param {string[]} stores
   * @param {(stores: Record<string, IDBObjectStore>) => void} change
   * @param {boolean} [strict] whether it must survive a power cut
   * @returns {Promise<void>}
   * @throws {StorageError}
   */
  async write(stores, change, strict = false) {
    const transaction = this.database.transaction(stores, "readwrite", { durability: strict ? "strict" : "relaxed" });
    const finished = committed(transaction);
    try {
      change(Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)])));
    } catch (error) {
      transaction.abort();
      await finished.catch(() => {});
      throw error instanceof DOMException ? new StorageError(String(error)) : error;
    }
    await finished;
  }

  /** @param {string} store @param {any} value @param {IDBValidKey} [key] @param {boolean} [strict] */
  put(store, value, key, strict = false) {
    return this.write([store], (stores) => void stores[store].put(value, key), strict);
  }

  /** @param {string} store @param {IDBValidKey | IDBKeyRange} key */
  delete(store, key) {
    return this.write([store], (stores) => void stores[store].delete(key));
  }

  close() {
    this.database.close();
  }
}

/**
 * Trusted TUF metadata in the database. What a full disk refuses is held in memory, so that a withdrawal still acts, and
 * written with the next change that fits; no version is forgotten while the page lives. What rotted on the disk is as if it were gone:
 * the repository has it still.
 * @param {Database} database
 * @param {(error: unknown) => void} failed
 * @returns {import("../update/tuf.js").MetadataStore}
 */
export function metadataStore(database, failed) {
  /** @type {Map<string, Uint8Array<ArrayBuffer> | undefined>} undefined: deleted */
  const unsaved = new Map();
  const save = async () => {
    const batch = new Map(unsaved);
    try {
      await database.write(
        ["metadata"],
        ({ metadata }) => {
          for (const [name, bytes] of batch) void (bytes ? metadata.put(sealed(bytes), name) : metadata.delete(name));
        },
        true,
      );
      for (const [name, bytes] of batch) if (unsaved.get(name) === bytes) unsaved.delete(name);
    } catch (error) {
      failed(error);
    }
  };
  return {
    get: async (name) => (unsaved.has(name) ? unsaved.get(name) : unsealed(await database.get("metadata", name))),
    set: (name, bytes) => (unsaved.set(name, bytes), save()),
    delete: (name) => (unsaved.set(name, undefined), save()),
  };
}
