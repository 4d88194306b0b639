/**
 * The client workflow of The Update Framework (specification 1.0, section 5) for one cluster's repository.
 *
 * Each step is verified against the last and kept as soon as it holds, so that the highest version seen is never
 * forgotten; what fails is refused and changes nothing. Bounds on every download stand in LIMITS.
 *
 * @typedef {import("./roles.js").Root} Root
 * @typedef {import("./roles.js").Listing} Listing
 * @typedef {import("./roles.js").Targets} Targets
 * @typedef {import("./roles.js").Meta} Meta
 * @typedef {import("./delegations.js").Delegation} Delegation
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} MetadataStore where verified metadata stays between starts
 * @property {(name: string) => Promise<Bytes | undefined>} get
 * @property {(name: string, bytes: Bytes) => Promise<void>} set
 * @property {(name: string) => Promise<void>} delete
 */

import { quoted, search } from "./delegations.js";
import { Missing, TooLong } from "./download.js";
import { Refusal, checkBytes, checkSignatures, expired, parse, rotated } from "./roles.js";

/** Longest metadata accepted, bytes; what metadata state about each other can only lower it. */
export const LIMITS = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 };
const MAX_ROOT_ROTATIONS = 256;

/** @param {Bytes | undefined} left @param {Bytes | undefined} right */
function same(left, right) {
  return !!left && !!right && left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** @param {string} file of the repository @param {number} version @param {Root} root @returns {string} what it is asked for by */
function address(file, version, root) {
  return root.consistent_snapshot ? `${version}.${file}` : file;
}

export class TufClient {
  /** @type {{root: Root, snapshot: Listing, targets: Targets, now: number} | undefined} of the last refresh */
  #trusted;
  /** @type {Bytes | undefined} the timestamp that led to it */
  #seen;
  /** @type {number} the earliest expiry among it, UTC milliseconds */
  #expires = 0;

  /**
   * @param {object} ports
   * @param {Bytes} ports.root the root pinned at pairing
   * @param {string | null} ports.cluster whose repository this is (null: any, for other repositories than ours)
   * @param {MetadataStore} ports.store
   * @param {(name: string, limit: number) => Promise<Bytes>} ports.fetch throws Missing, TooLong or Unreachable
   * @param {() => number} ports.now UTC milliseconds by which expiry is judged
   * @param {(made: number | null) => void} [ports.heard] when the trusted timestamp was signed, UTC milliseconds; null: what was heard
   *   no longer counts, since its key was replaced
   */
  constructor({ root, cluster, store, fetch, now, heard }) {
    this.pinned = root;
    this.cluster = cluster;
    this.store = store;
    this.fetch = fetch;
    this.now = now;
    this.heard = heard ?? (() => {});
  }

  /**
   * Brings the trusted metadata up to date. While the timestamp stays the same, that is one request.
   * @returns {Promise<Targets>} the trusted targets
   * @throws {Refusal | Missing | import("./download.js").Unreachable} Missing: nothing is published yet
   */
  async refresh() {
    const now = this.now();
    /** @type {Bytes | undefined} */
    let offered;
    if (this.#trusted && now < this.#expires) {
      offered = await this.#download("timestamp.json", LIMITS.timestamp);
      if (same(offered, this.#seen)) return this.#trusted.targets;
    }
    const known = await this.trustedRoot();
    const root = await this.#updateRoot(known, now);
    if (!offered || root !== known) offered = await this.#download("timestamp.json", LIMITS.timestamp);
    const timestamp = await this.#updateTimestamp(root, offered, now);
    const snapshot = await this.#updateSnapshot(root, timestamp, now);
    const role = { name: "targets", role: root.roles.targets, keys: root.keys, terminating: false };
    const targets = await this.#updateTargets(root, snapshot, role, now);
    this.#trusted = { root, snapshot, targets, now };
    this.#seen = offered;
    this.#expires = Math.min(...[root, timestamp, snapshot, targets].map((one) => Date.parse(one.expires)));
    return targets;
  }

  /**
   * Who speaks for a target, and what they say of it, after a refresh; delegated metadata are fetched as they are needed.
   * @param {string} path
   * @returns {Promise<{target: import("./roles.js").Target, role: string} | undefined>}
   * @throws {Refusal | import("./download.js").Unreachable}
   */
  async find(path) {
    if (!this.#trusted) await this.refresh();
    const trusted = this.#trusted;
    if (!trusted) throw new Error("no trusted metadata");
    const { root, snapshot, targets, now } = trusted;
    return search(targets, path, (delegation) => this.#updateTargets(root, snapshot, delegation, now));
  }

  /**
   * Whether what was trusted last has expired, for one who cannot be reached: no answer at all holds updates back, too.
   * @returns {Promise<Refusal | undefined>}
   */
  async lapsed() {
    const bytes = await this.store.get("timestamp.json");
    if (!bytes) return undefined;
    const { signed } = parse("timestamp", bytes, this.cluster);
    return expired(signed, this.now()) ? new Refusal("timestamp.json", "expired", signed.expires, signed.version) : undefined;
  }

  /** @returns {Promise<Root>} the root trusted so far: the pinned one and the chain kept after it */
  async trustedRoot() {
    const pinned = parse("root", this.pinned, null);
    await checkSignatures(pinned, pinned.signed.keys, pinned.signed.roles.root, "root");
    /** @type {Root} */
    let root = pinned.signed;
    for (;;) {
      const kept = await this.store.get(`${root.version + 1}.root.json`);
      if (!kept) return root;
      try {
        root = await this.#nextRoot(root, kept);
      } catch (error) {
        if (error instanceof Refusal) return root; // damaged on the disk: the repository has it still
        throw error;
      }
    }
  }

  /** @param {Root} root @param {Bytes} bytes @returns {Promise<Root>} the next root, signed by both */
  async #nextRoot(root, bytes) {
    const next = parse("root", bytes, null);
    await checkSignatures(next, root.keys, root.roles.root, "root");
    if (next.signed.version !== root.version + 1) {
      throw new Refusal("root.json", "version", `${next.signed.version} after ${root.version}`, next.signed.version);
    }
    await checkSignatures(next, next.signed.keys, next.signed.roles.root, "root");
    return next.signed;
  }

  /** @param {Root} known @param {number} now @returns {Promise<Root>} `known` itself when it is the newest */
  async #updateRoot(known, now) {
    let root = known;
    for (let count = 0; count < MAX_ROOT_ROTATIONS; count += 1) {
      const name = `${root.version + 1}.root.json`;
      let bytes;
      try {
        bytes = await this.fetch(name, LIMITS.root);
      } catch (error) {
        if (error instanceof Missing) break;
        if (error instanceof TooLong) throw new Refusal("root.json", "length", `more than ${LIMITS.root}`);
        throw error;
      }
      const next = await this.#nextRoot(root, bytes);
      // First the root: power lost between the two leaves metadata that the replaced keys no longer vouch for, never a way back.
      await this.store.set(name, bytes);
      if (rotated(root, next, "timestamp") || rotated(root, next, "snapshot")) {
        await this.store.delete("timestamp.json");
        await this.store.delete("snapshot.json");
        this.heard(null);
      }
      root = next;
    }
    if (expired(root, now)) throw new Refusal("root.json", "expired", root.expires, root.version);
    return root;
  }

  /** @param {Root} root @param {Bytes} offered @param {number} now @returns {Promise<Listing>} */
  async #updateTimestamp(root, offered, now) {
    const kept = (await this.#kept("timestamp", root))?.signed;
    const next = parse("timestamp", offered, this.cluster);
    await checkSignatures(next, root.keys, root.roles.timestamp, "timestamp");
    /** @type {Listing} */
    let timestamp = next.signed;
    if (kept && timestamp.version < kept.version) {
      throw new Refusal("timestamp.json", "version", `${timestamp.version} after ${kept.version}`, timestamp.version);
    }
    const before = kept?.meta["snapshot.json"].version ?? 0;
    const after = timestamp.meta["snapshot.json"].version;
    if (kept && timestamp.version === kept.version) {
      timestamp = kept;
    } else if (after < before) {
      throw new Refusal("timestamp.json", "version", `snapshot ${after} after ${before}`, timestamp.version);
    }
    if (expired(timestamp, now)) throw new Refusal("timestamp.json", "expired", timestamp.expires, timestamp.version);
    if (timestamp !== kept) await this.store.set("timestamp.json", offered);
    if (timestamp["x-bangtin-made-at"]) this.heard(timestamp["x-bangtin-made-at"]);
    return timestamp;
  }

  /** @param {Root} root @param {Listing} timestamp @param {number} now @returns {Promise<Listing>} */
  async #updateSnapshot(root, timestamp, now) {
    const meta = timestamp.meta["snapshot.json"];
    const kept = await this.#kept("snapshot", root);
    if (kept && kept.signed.version === meta.version && !expired(kept.signed, now) && (await stated(kept.bytes, meta))) return kept.signed;
    const bytes = await this.#download(address("snapshot.json", meta.version, root), Math.min(meta.length ?? Infinity, LIMITS.snapshot));
    await checkBytes("snapshot.json", bytes, meta);
    const next = parse("snapshot", bytes, this.cluster);
    await checkSignatures(next, root.keys, root.roles.snapshot, "snapshot");
    /** @type {Listing} */
    const snapshot = next.signed;
    if (snapshot.version !== meta.version) {
      throw new Refusal("snapshot.json", "version", `${snapshot.version} instead of ${meta.version}`, snapshot.version);
    }
    for (const [name, before] of Object.entries(kept?.signed.meta ?? {})) {
      const after = Object.hasOwn(snapshot.meta, name) ? snapshot.meta[name].version : undefined;
      if (after === undefined || after < before.version) {
        throw new Refusal("snapshot.json", "version", `${name} ${after ?? "gone"} after ${before.version}`, snapshot.version);
      }
    }
    if (expired(snapshot, now)) throw new Refusal("snapshot.json", "expired", snapshot.expires, snapshot.version);
    await this.store.set("snapshot.json", bytes);
    return snapshot;
  }

  /**
   * The top-level targets or delegated ones: kept if they are still what the snapshot names and what this delegation vouches for.
   * @param {Root} root @param {Listing} snapshot @param {Delegation} delegation @param {number} now @returns {Promise<Targets>}
   */
  async #updateTargets(root, snapshot, delegation, now) {
    const file = `${delegation.name}.json`;
    if (!Object.hasOwn(snapshot.meta, file)) throw new Refusal("snapshot.json", "format", `no ${file} named`, snapshot.version);
    const meta = snapshot.meta[file];
    const place = delegation.name === "targets" ? file : `delegations/${quoted(delegation.name)}.json`;
    const kept = await this.store.get(place);
    try {
      if (kept) return await this.#checkTargets(kept, meta, delegation, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const name = address(`${quoted(delegation.name)}.json`, meta.version, root);
    const bytes = await this.#download(name, Math.min(meta.length ?? Infinity, LIMITS.targets));
    const targets = await this.#checkTargets(bytes, meta, delegation, now);
    await this.store.set(place, bytes);
    return targets;
  }

  /** @param {Bytes} bytes @param {Meta} meta @param {Delegation} delegation @param {number} now @returns {Promise<Targets>} */
  async #checkTargets(bytes, meta, { name, role, keys }, now) {
    const file = `${name}.json`;
    await checkBytes(file, bytes, meta);
    const next = parse("targets", bytes, this.cluster, name);
    await checkSignatures(next, keys, role, name);
    const version = next.signed.version;
    if (version !== meta.version) throw new Refusal(file, "version", `${version} instead of ${meta.version}`, version);
    if (expired(next.signed, now)) throw new Refusal(file, "expired", next.signed.expires, version);
    return next.signed;
  }

  /**
   * What was kept of a role, if it still holds under this root; an expired one still guards against rollback.
   * @param {"timestamp" | "snapshot"} role @param {Root} root
   * @returns {Promise<{signed: Listing, bytes: Bytes} | undefined>}
   */
  async #kept(role, root) {
    const bytes = await this.store.get(`${role}.json`);
    if (!bytes) return undefined;
    try {
      const envelope = parse(role, bytes, this.cluster);
      await checkSignatures(envelope, root.keys, root.roles[role], role);
      return { signed: envelope.signed, bytes };
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** A file that metadata names and the server lacks, or one that does not end, is a refusal. @param {string} name @param {number} limit */
  async #download(name, limit) {
    try {
      return await this.fetch(name, limit);
    } catch (error) {
      const file = decodeURIComponent(name.replace(/^\d+\./, ""));
      if (error instanceof Missing && name !== "timestamp.json") throw new Refusal(file, "missing");
      if (error instanceof TooLong) throw new Refusal(file, "length", `more than ${limit}`);
      throw error;
    }
  }
}

/** @param {Bytes} bytes @param {Meta} meta @returns {Promise<boolean>} whether bytes are what metadata state */
async function stated(bytes, meta) {
  try {
    await checkBytes("", bytes, meta);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
