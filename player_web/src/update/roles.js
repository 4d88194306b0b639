/**
 * TUF metadata as values: parsed strictly, verified against the role that answers for them. No network, no storage.
 *
 * @typedef {import("./verify.js").Key} Key
 * @typedef {{keyids: string[], threshold: number}} Role
 * @typedef {{version: number, length?: number, hashes?: Record<string, string>}} Meta
 * @typedef {{length: number, hashes: Record<string, string>, custom?: {version?: number, made_at?: number}}} Target
 * @typedef {{_type: string, version: number, expires: string, spec_version: string, "x-bangtin-cluster"?: string}} Common
 * @typedef {Common & {keys: Record<string, Key>, roles: Record<string, Role>, consistent_snapshot?: boolean}} Root
 * @typedef {Common & {meta: Record<string, Meta>}} Listing timestamp and snapshot
 * @typedef {Common & {targets: Record<string, Target>}} Targets
 * @typedef {{signed: any, signatures: Map<string, string>, payload: Uint8Array<ArrayBuffer>}} Envelope
 */

import { olpc } from "../core/canonical.js";
import { sha256, toHex, utf8, verify } from "./verify.js";

/**
 * @typedef {"signature" | "version" | "expired" | "hash" | "length" | "cluster" | "format" | "missing" | "storage"} Reason
 */

/** Something that must not be accepted. `what` names the file, `reason` why; the last good release stays. */
export class Refusal extends Error {
  /** @param {string} what @param {Reason} reason @param {string} [detail] @param {number | null} [version] */
  constructor(what, reason, detail = "", version = null) {
    super(`${what}: ${reason}${detail ? ` (${detail})` : ""}`);
    this.what = what;
    this.reason = reason;
    this.detail = detail;
    this.version = version;
  }
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @param {number} least @returns {value is number} */
function isWhole(value, least) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= least;
}

/** @param {unknown} value @returns {boolean} */
function isHashes(value) {
  return isObject(value) && Object.values(value).length > 0 && Object.values(value).every((hash) => typeof hash === "string");
}

/** @param {any} root @returns {string} what is wrong, or nothing */
function rootFault(root) {
  if (!isObject(root.keys) || !isObject(root.roles)) return "keys or roles";
  for (const name of ["root", "timestamp", "snapshot", "targets"]) {
    const role = root.roles[name];
    if (!isObject(role) || !isWhole(role.threshold, 1) || !Array.isArray(role.keyids)) return `role ${name}`;
    if (new Set(role.keyids).size !== role.keyids.length) return `role ${name} names a key twice`;
  }
  for (const key of Object.values(root.keys)) {
    if (!isObject(key) || typeof key.keytype !== "string" || typeof key.scheme !== "string") return "key";
    if (!isObject(key.keyval) || typeof key.keyval.public !== "string") return "key";
  }
  return "";
}

/** @param {any} signed @returns {string} what is wrong, or nothing */
function listingFault(signed) {
  if (!isObject(signed.meta)) return "meta";
  for (const meta of Object.values(signed.meta)) {
    if (!isObject(meta) || !isWhole(meta.version, 1)) return "meta version";
    if (meta.length !== undefined && !isWhole(meta.length, 0)) return "meta length";
    if (meta.hashes !== undefined && !isHashes(meta.hashes)) return "meta hashes";
  }
  if (signed._type === "timestamp" && !signed.meta["snapshot.json"]) return "no snapshot named";
  return "";
}

/** @param {any} signed @returns {string} what is wrong, or nothing */
function targetsFault(signed) {
  if (!isObject(signed.targets)) return "targets";
  for (const target of Object.values(signed.targets)) {
    if (!isObject(target) || !isWhole(target.length, 0) || !isHashes(target.hashes)) return "target";
  }
  return "";
}

/** @type {Record<string, (signed: any) => string>} */
const FAULTS = { root: rootFault, timestamp: listingFault, snapshot: listingFault, targets: targetsFault };

/**
 * Reads metadata of a type. With a cluster, whose metadata it is comes first: another cluster's is refused unread.
 * @param {string} type
 * @param {Uint8Array} bytes
 * @param {string | null} cluster
 * @returns {Envelope}
 * @throws {Refusal}
 */
export function parse(type, bytes, cluster) {
  const name = `${type}.json`;
  let document;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
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
  if (signed._type !== type) throw new Refusal(name, "format", `type ${signed._type}`);
  if (!isWhole(signed.version, 1)) throw new Refusal(name, "format", "version");
  if (!/^1\.\d+(\.\d+)?$/.test(signed.spec_version)) throw new Refusal(name, "format", "spec_version");
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(signed.expires) || Number.isNaN(Date.parse(signed.expires))) {
    throw new Refusal(name, "format", "expires");
  }
  const fault = FAULTS[type](signed);
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
 * At least `threshold` different keys of the role have signed.
 * @param {Envelope} envelope
 * @param {Root} root who answers for the role
 * @param {string} role
 * @returns {Promise<void>}
 * @throws {Refusal}
 */
export async function checkSignatures(envelope, root, role) {
  const { keyids, threshold } = root.roles[role];
  let valid = 0;
  for (const keyid of keyids) {
    const key = root.keys[keyid];
    const signature = envelope.signatures.get(keyid);
    if (key && signature !== undefined && (await verify(key, signature, envelope.payload))) valid += 1;
    if (valid >= threshold) return;
  }
  throw new Refusal(`${role}.json`, "signature", `${valid} of ${threshold}`, envelope.signed.version);
}

/**
 * Length and every hash that metadata states about a file.
 * @param {string} what
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{length?: number, hashes?: Record<string, string>, version?: number}} stated
 * @throws {Refusal}
 */
export async function checkBytes(what, bytes, stated) {
  if (stated.length !== undefined && bytes.length !== stated.length) {
    throw new Refusal(what, "length", `${bytes.length} instead of ${stated.length}`, stated.version ?? null);
  }
  for (const [algorithm, expected] of Object.entries(stated.hashes ?? {})) {
    const name = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" }[algorithm];
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
 * Whether the keys or the threshold of a role differ between two roots.
 * @param {Root} before @param {Root} after @param {string} role
 */
export function roleChanged(before, after, role) {
  const describe = (/** @type {Root} */ root) =>
    olpc([root.roles[role].threshold, [...root.roles[role].keyids].sort(), root.roles[role].keyids.map((id) => root.keys[id] ?? null)]);
  return describe(before) !== describe(after);
}
