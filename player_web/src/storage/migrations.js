/**
 * The storage format and the way from every earlier one to it. Each step runs inside the browser's own upgrade: all of it
 * happens or nothing. Formats, each with dumps in tests/player_web/storage_dumps:
 *
 * 1. `metadata` as plain bytes; `assets` rows `{hash, bytes}`, there once a file is complete.
 * 2. `metadata` with the hash of its bytes, so that rot is noticed; `assets` rows `{hash, bytes, complete, chunks}` from the moment
 *    a file is begun. `chunks` null: not known, to be read off the file when its whole hash holds.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {{hash: string, bytes: number, complete: boolean, chunks: string[] | null}} AssetRow
 * @typedef {{bytes: Bytes, sha256: string}} Sealed
 */

import { Sha256 } from "./sha256.js";

export const FORMAT = 2;

/** @param {Bytes} bytes @returns {Sealed} */
export function sealed(bytes) {
  return { bytes, sha256: new Sha256().update(bytes).digest() };
}

/** @param {Sealed | undefined} row @returns {Bytes | undefined} undefined also when they are no longer what they were */
export function unsealed(row) {
  return row && sealed(row.bytes).sha256 === row.sha256 ? row.bytes : undefined;
}

/** @param {IDBObjectStore} store @param {(value: any) => any} change */
function rewrite(store, change) {
  store.openCursor().onsuccess = ({ target }) => {
    const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (target).result;
    if (!cursor) return;
    cursor.update(change(cursor.value));
    cursor.continue();
  };
}

/** @type {((database: IDBDatabase, transaction: IDBTransaction) => void)[]} the step at place n leads from format n to n + 1 */
const STEPS = [
  (database) => {
    database.createObjectStore("state");
    database.createObjectStore("metadata");
    database.createObjectStore("releases", { keyPath: "order" });
    database.createObjectStore("assets", { keyPath: "hash" });
    database.createObjectStore("playlog", { keyPath: ["boot", "seq"] });
    database.createObjectStore("events", { autoIncrement: true });
  },
  (_database, transaction) => {
    rewrite(transaction.objectStore("metadata"), sealed);
    rewrite(transaction.objectStore("assets"), ({ hash, bytes }) => ({ hash, bytes, complete: true, chunks: null }));
  },
];

/** @param {IDBOpenDBRequest} request that is being upgraded @param {number} from the format found; 0: nothing yet */
export function migrate(request, from) {
  const transaction = /** @type {IDBTransaction} */ (request.transaction);
  for (const step of STEPS.slice(from, FORMAT)) step(request.result, transaction);
}
