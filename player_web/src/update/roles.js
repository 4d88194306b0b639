/**
 * TUF metadata as values: parsed strictly, verified against the role that answers for them. No network, no storage.
 *
 * @typedef {import("./verify.js").Key} Key
 * @typedef {{keyids: string[], threshold: number}} Role
 * @typedef {{version: number, length?: number, hashes?: Record<string, string>}} Meta
 * @typedef {{length: number, hashes: Record<string, string>, custom?: {version?: number, made_at?: number}}} Target
 * @typedef {"root" | "timestamp" | "snapshot" | "targets"} Type
 * @typedef {{_type: string, version: number, expires: string, spec_version: string, "x-bangtin-cluster"?: string}} Common
 * @typedef {Common & {keys: Record<string, Key>, roles: Record<string, Role>, consistent_snapshot?: boolean}} Root
 * @typedef {Common & {meta: Record<string, Meta>, "x-bangtin-made-at"?: number}} Listing timestamp and snapshot
 * @typedef {Common & {targets: Record<string, Target>, delegations?: import("./delegations.js").Delegations}} Targets
 * @typedef {{signed: any, signatures: Map<string, string>, payload: Uint8Array<ArrayBuffer>}} Envelope
 */

import { olpc } from "../core/canonical.js";
import { isObject, shapeFault } from "./shapes.js";
import { sha256, toHex, utf8, verify } from "./verify.js";

/**
 * @typedef {"signature" | "version" | "expired" | "hash" | "length" | "cluster" | "format" | "missing" | "storage"} Reason
 */

/** Words of a refusal may come out of what was refused; no more of them is told than this, characters. */
const LONGEST = 200;

/** Something that must not be accepted. `what` names the file, `reason` why; the last good release stays. */
export class Refusal extends Error {
  /** @param {string} what @param {Reason} reason @param {string} [detail] @param {number | null} [version] */
  constructor(what, reason, detail = "", version = null) {
    super(`${what.slice(0, LONGEST)}: ${reason}${detail ? ` (${detail.slice(0, LONGEST)})` : ""}`);
    this.what = what.slice(0, LONGEST);
    this.reason = reason;
    this.detail = detail.slice(0, LONGEST);
    this.version = version;
  }
}

/** A byte order mark stays and is no JSON: python-tuf and this client must read the same bytes the same way. */
const STRICT = { fatal: true, ignoreBOM: true };

/**
 * Reads metadata of a type. With a cluster, whose metadata it is comes first: another cluster's is refused unread.
 * @param {Type} type
 * @param {Uint8Array} bytes
 * @param {string | null} cluster
 * @param {string} [role] the role's name, where it is not its type
 * @returns {Envelope}
 * @throws {Refusal}
 */
export function parse(type, bytes, cluster, role = type) {
  const name = `${role}.json`;
  let document;
  try {
    document = JSON.parse(new TextDecoder("utf-8", STRICT).decode(bytes));
  } catch {
    throw new Refusal(name, "format", "not JSON");
  }
  if (!isObject(document) || !isObject(document.signed) || !Array.isArray(document.signatures)) {
    throw new Refusal(name, "format", "no signed part");
  }
  const signed = document.signed;
  if (cluster !== null && type !== "root" && signed["x-bangtin-cluster"] !== cluster) {
    throw new Refusal(name, "cluster", String(signed["x-bangtin-cluster"]));
  }
  const fault = shapeFault(signed, type);
  if (fault) throw new Refusal(name, "format", fault);
  /** @type {Map<string, string>} */
  const signatures = new Map();
  for (const signature of document.signatures) {
    if (!isObject(signature) || typeof signature.keyid !== "string" || typeof signature.sig !== "string") {
      throw new Refusal(name, "format", "signature");
    }
    if (signatures.has(signature.keyid)) throw new Refusal(name, "format", "two signatures of one key");
    signatures.set(signature.keyid, signature.sig);
  }
  let payload;
  try {
    payload = utf8(olpc(signed));
  } catch {
    throw new Refusal(name, "format", "no canonical form");
  }
  return { signed, signatures, payload };
}

/**
 * At least `threshold` different keys of the role have signed. A key counts once, whatever ids it goes by.
 * @param {Envelope} envelope
 * @param {Record<string, Key>} keys by key id, as who answers for the role knows them
 * @param {Role} role
 * @param {string} name the role's
 * @returns {Promise<void>}
 * @throws {Refusal}
 */
export async function checkSignatures(envelope, keys, role, name) {
  /** @type {Set<string>} */
  const signed = new Set();
  for (const keyid of role.keyids) {
    const signature = envelope.signatures.get(keyid);
    if (signature === undefined || !Object.hasOwn(keys, keyid)) continue;
    const key = keys[keyid];
    if (await verify(key, signature, envelope.payload)) signed.add(key.keyval.public.trim());
    if (signed.size >= role.threshold) return;
  }
  throw new Refusal(`${name}.json`, "signature", `${signed.size} of ${role.threshold}`, envelope.signed.version);
}

/** @type {Map<string, string>} names in metadata → WebCrypto's */
const DIGESTS = new Map([
  ["sha256", "SHA-256"],
  ["sha384", "SHA-384"],
  ["sha512", "SHA-512"],
]);

/**
 * Length and every hash that metadata states about a file.
 * @param {string} what
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{length?: number, hashes?: Record<string, string>, version?: number}} stated
 * @throws {Refusal} also for a hash that this client does not know: it was stated to be checked
 */
export async function checkBytes(what, bytes, stated) {
  if (stated.length !== undefined && bytes.length !== stated.length) {
    throw new Refusal(what, "length", `${bytes.length} instead of ${stated.length}`, stated.version ?? null);
  }
  for (const [algorithm, expected] of Object.entries(stated.hashes ?? {})) {
    const name = DIGESTS.get(algorithm);
    if (!name) throw new Refusal(what, "hash", `unknown ${algorithm}`, stated.version ?? null);
    const actual = algorithm === "sha256" ? await sha256(bytes) : toHex(await crypto.subtle.digest(name, bytes));
    if (actual !== expected) throw new Refusal(what, "hash", algorithm, stated.version ?? null);
  }
}

/** @param {Common} signed @param {number} now UTC milliseconds @returns {boolean} */
export function expired(signed, now) {
  return Date.parse(signed.expires) <= now;
}

/**
 * Whether a role has other keys in one root than in another.
 * @param {Root} before @param {Root} after @param {string} role
 */
export function rotated(before, after, role) {
  const describe = (/** @type {Root} */ root) =>
    root.roles[role].keyids
      .filter((id) => Object.hasOwn(root.keys, id))
      .map((id) => olpc([root.keys[id].keytype, root.keys[id].scheme, root.keys[id].keyval.public]))
      .sort()
      .join();
  return describe(before) !== describe(after);
}
