/**
 * A folder on a stick as a source of releases: `bangtin-<cluster>/` as `bangtin export --usb` writes it. Nothing in it is believed;
 * it goes through the same verification as what comes over the network.
 *
 * @typedef {import("./source.js").Source} Source
 * @typedef {import("./source.js").Bytes} Bytes
 *
 * @typedef {(path: string) => Promise<File | undefined>} Tree a chosen folder: a file of it by its path; undefined when there is none
 */

import { Missing, TooLong, Unreachable } from "./download.js";

/** The stick was pulled out, or cannot be read any more. */
export class Gone extends Unreachable {}

/**
 * A folder that a person chose through the File System Access API.
 * @param {FileSystemDirectoryHandle} handle
 * @returns {Tree}
 */
export function chosenFolder(handle) {
  /** @type {Map<string, Promise<FileSystemDirectoryHandle>>} */
  const folders = new Map([["", Promise.resolve(handle)]]);
  /** @param {string} path @returns {Promise<FileSystemDirectoryHandle>} */
  const folder = (path) => {
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const found = folder(path.slice(0, Math.max(0, cut))).then((parent) => parent.getDirectoryHandle(path.slice(cut + 1)));
    folders.set(path, found);
    return found;
  };
  return async (path) => {
    const cut = path.lastIndexOf("/");
    try {
      return await (await (await folder(path.slice(0, Math.max(0, cut)))).getFileHandle(path.slice(cut + 1))).getFile();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      // A file where a folder should be, or the other way round, is as good as none.
      if (name === "NotFoundError" || name === "TypeMismatchError") {
        if (path !== "" && (await present(handle))) return undefined;
      }
      throw new Gone(`${path}: ${error}`);
    }
  };
}

/** Whether the folder itself is still there: a stick that was pulled out "has no such file" either. @param {FileSystemDirectoryHandle} handle */
async function present(handle) {
  try {
    await /** @type {any} */ (handle).keys().next();
    return true;
  } catch {
    return false;
  }
}

/**
 * A folder that a person chose through `<input webkitdirectory>`.
 * @param {Iterable<File>} files
 * @returns {Tree}
 */
export function chosenFiles(files) {
  const known = new Map([...files].map((file) => [file.webkitRelativePath.replace(/^[^/]*\//, ""), file]));
  return async (path) => known.get(path);
}

/**
 * A folder within a folder.
 * @param {Tree} tree @param {string} name @returns {Tree}
 */
export function within(tree, name) {
  return (path) => tree(`${name}/${path}`);
}

/**
 * @param {Tree} tree @param {string} path @param {number} limit bytes
 * @returns {Promise<Bytes>} @throws {Missing | TooLong | Gone}
 */
export async function read(tree, path, limit) {
  const file = await tree(path);
  if (!file) throw new Missing(path);
  if (file.size > limit) throw new TooLong(path);
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Gone(`${path}: ${error}`);
  }
  if (bytes.length !== file.size) throw new Gone(path);
  return bytes;
}

/** @param {string} hash @returns {string} where a chunk lies */
export function chunkPath(hash) {
  return `store/${hash.slice(0, 2)}/${hash}`;
}

/**
 * The folder as a source, with the same port as the network's.
 * @param {Tree | FileSystemDirectoryHandle} chosen `bangtin-<cluster>` itself
 * @returns {Source}
 */
export function folder(chosen) {
  const tree = typeof chosen === "function" ? chosen : chosenFolder(chosen);
  return {
    metadata: (name, limit) => read(tree, `metadata/${name}`, limit),
    target: (path, limit) => read(tree, `targets/${path}`, limit),
    chunk: (hash, limit) => read(tree, chunkPath(hash), limit),
  };
}
