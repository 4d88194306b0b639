/**
 * Where the bytes of releases come from. Nothing that a source says is believed: metadata, documents and chunks are verified the
 * same way whether they came over a network or on a stick.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} Source each answers with at most `limit` bytes, or throws Missing, TooLong or Unreachable
 * @property {(name: string, limit: number) => Promise<Bytes>} metadata a metadata file by its name ("timestamp.json", "3.targets.json")
 * @property {(path: string, limit: number) => Promise<Bytes>} target a document by its path, with its hash ("<cluster>/<sha256>.now.json")
 * @property {(hash: string, limit: number) => Promise<Bytes>} chunk a chunk of the content store by its SHA-256
 */

import { Rest } from "../core/retry_after.js";
import { Busy, Unreachable, download } from "./download.js";

/**
 * The CMS, or whatever stands in front of it. A server that says so is left alone (`Retry-After`): by everything when a document
 * was asked for, by chunks alone when a chunk was, so that whoever is short of breath for clips still passes on what was withdrawn.
 * @param {URL} origin ends with /; everything is asked for below it
 * @param {string} cluster
 * @param {{random?: () => number, now?: () => number}} [ports] `now` is monotonic, milliseconds
 * @returns {Source}
 */
export function network(origin, cluster, { random = Math.random, now = () => performance.now() } = {}) {
  const releases = new URL(`releases/${cluster}/`, origin);
  const documents = new Rest(random, now);
  const chunks = new Rest(random, now);
  /** @param {Rest[]} heeded the last one is the asked one's own @param {URL} url @param {number} limit @param {RequestCache} cache */
  const ask = async (heeded, url, limit, cache) => {
    if (heeded.some((one) => one.left > 0)) throw new Unreachable(`resting: ${url}`);
    try {
      return await download(url.href, limit, { cache });
    } catch (error) {
      if (error instanceof Busy) heeded.at(-1)?.take(error.rest);
      throw error;
    }
  };
  return {
    metadata: (name, limit) => ask([documents], new URL(`metadata/${name}`, releases), limit, name === "timestamp.json" ? "no-cache" : "no-store"),
    target: (path, limit) => ask([documents], new URL(`targets/${path}`, releases), limit, "no-store"),
    chunk: (hash, limit) => ask([documents, chunks], new URL(`store/${hash.slice(0, 2)}/${hash}`, origin), limit, "no-store"),
  };
}
