/**
 * An asset is cut into chunks of 1 MiB (the last shorter), each with a hash of its own. What lies on a disk is compared with
 * them piece by piece, so that a clip of any length is checked in little memory.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {(at: number, length: number) => Bytes | Promise<Bytes>} Read fewer bytes where there are fewer; throws where the disk does
 */

import { sha256 } from "../update/verify.js";
import { inParallel } from "./parallel.js";
import { Sha256 } from "./sha256.js";

export const CHUNK_BYTES = 1024 * 1024;
/** Chunks that are read and hashed at a time: the disk need not wait for the hash, nor the hash for the disk. */
const AT_ONCE = 4;

/** @param {number} bytes of the asset @returns {number} how many chunks it has */
export function count(bytes) {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

/** @param {number} index @param {number} bytes of the asset @returns {number} bytes of that chunk */
export function lengthOf(index, bytes) {
  return Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES);
}

/** @param {Read} read @param {number} at @param {number} length @returns {Promise<Bytes | undefined>} undefined where a disk cannot be read */
async function piece(read, at, length) {
  try {
    return await read(at, length);
  } catch {
    return undefined;
  }
}

/**
 * @param {Read} read @param {number} bytes of the asset
 * @param {string[]} chunks their hashes
 * @param {number[]} [places] only these chunks
 * @returns {Promise<number[]>} places of the chunks that are not what they should be
 */
export async function differing(read, bytes, chunks, places = chunks.map((_, index) => index)) {
  /** @type {number[]} */
  const wrong = [];
  await inParallel(places, AT_ONCE, async (index) => {
    const length = lengthOf(index, bytes);
    const found = await piece(read, index * CHUNK_BYTES, length);
    if (found?.length !== length || (await sha256(found)) !== chunks[index]) wrong.push(index);
  });
  return wrong.sort((left, right) => left - right);
}

/**
 * @param {Read} read @param {number} bytes of the asset
 * @returns {Promise<{whole: string, chunks: string[]}>} hash of the whole (empty when it cannot be read) and of each chunk
 */
export async function hashes(read, bytes) {
  const whole = new Sha256();
  const chunks = [];
  for (let index = 0; index < count(bytes); index += 1) {
    const length = lengthOf(index, bytes);
    const found = await piece(read, index * CHUNK_BYTES, length);
    if (found?.length !== length) return { whole: "", chunks: [] };
    whole.update(found);
    chunks.push(await sha256(found));
  }
  return { whole: whole.digest(), chunks };
}

/** @param {Blob} blob @returns {Read} */
export function reading(blob) {
  return async (at, length) => new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
}
