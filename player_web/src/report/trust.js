/** Whether a server that offers to pair this player anew answers to the root that the player trusts already. */

import { rfc8785 } from "../core/canonical.js";
import { Missing } from "../update/download.js";
import { Refusal } from "../update/roles.js";
import { TufClient } from "../update/tuf.js";
import { utf8 } from "../update/verify.js";

/**
 * A pairing's answer is signed by nobody, so an attacker between the office and the screen could offer a root of their own to a
 * player that was told it is unknown. Its root must be one that is trusted, or its metadata must verify under the trusted ones.
 * @param {import("./pairing.js").Kept} before @param {import("./pairing.js").Paired} paired
 * @param {import("../storage/database.js").Database} database
 * @param {(name: string, limit: number) => Promise<Uint8Array<ArrayBuffer>>} fetch a metadata file of the offered cluster
 * @param {() => number} now UTC milliseconds
 * @returns {Promise<boolean>}
 * @throws {import("../update/download.js").Unreachable}
 */
export async function continues(before, paired, database, fetch, now) {
  const chain = await keptRoots(database);
  const offered = rfc8785(paired.root);
  const known = [before.root, ...[...chain.values()].map((bytes) => new TextDecoder().decode(bytes))];
  if (known.some((one) => rfc8785(JSON.parse(one)) === offered)) return true;
  const store = {
    get: async (/** @type {string} */ name) => chain.get(name),
    set: async (/** @type {string} */ name, /** @type {Uint8Array<ArrayBuffer>} */ bytes) => void chain.set(name, bytes),
    delete: async (/** @type {string} */ name) => void chain.delete(name),
  };
  try {
    await new TufClient({ root: utf8(before.root), cluster: paired.cluster, store, fetch, now }).refresh();
    return true;
  } catch (error) {
    if (error instanceof Refusal || error instanceof Missing) return false;
    throw error;
  }
}

/** @param {import("../storage/database.js").Database} database @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>} */
async function keptRoots(database) {
  const found = new Map();
  for (const name of await database.keys("metadata")) {
    if (/^\d+\.root\.json$/.test(String(name))) found.set(String(name), await database.get("metadata", name));
  }
  return found;
}
