/**
 * The client workflow of The Update Framework (specification 1.0, section 5) for one cluster's repository.
 *
 * Each step is verified against the last and kept as soon as it holds, so that the highest version seen is never
 * forgotten; what fails is refused and changes nothing. Bounds on every download stand in LIMITS.
 *
 * @typedef {import("./roles.js").Root} Root
 * @typedef {import("./roles.js").Listing} Listing
 * @typedef {import("./roles.js").Targets} Targets
 * @typedef {import("./roles.js").Envelope} Envelope
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 *
 * @typedef {object} MetadataStore where verified metadata stays between starts
 * @property {(name: string) => Promise<Bytes | undefined>} get
 * @property {(name: string, bytes: Bytes) => Promise<void>} set
 * @property {(name: string) => Promise<void>} delete
 */

import { Missing, TooLong } from "./download.js";
import { Refusal, checkBytes, checkSignatures, expired, parse, roleChanged } from "./roles.js";

/** Longest metadata accepted where its length is not stated, bytes. */
export const LIMITS = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 };
const MAX_ROOT_ROTATIONS = 256;

/** @param {Bytes | undefined} left @param {Bytes | undefined} right */
function same(left, right) {
  return !!left && !!right && left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export class TufClient {
  /** @type {Bytes | undefined} the timestamp that led to `#targets` */
  #seen;
  /** @type {Targets | undefined} */
  #targets;
  /** @type {number} the earliest expiry among the trusted metadata, UTC milliseconds */
  #expires = 0;

  /**
   * @param {object} ports
   * @param {Bytes} ports.root the root pinned at pairing
   * @param {string | null} ports.cluster whose repository this is (null: any, for other repositories than ours)
   * @param {MetadataStore} ports.store
   * @param {(name: string, limit: number) => Promise<Bytes>} ports.fetch throws Missing, TooLong or Unreachable
   * @param {() => number} ports.now UTC milliseconds of the server's clock
   */
  constructor({ root, cluster, store, fetch, now }) {
    this.pinned = root;
    this.cluster = cluster;
    this.store = store;
    this.fetch = fetch;
    this.now = now;
  }

  /**
   * Brings the trusted metadata up to date.
   * @returns {Promise<Targets>} the trusted targets
   * @throws {Refusal | import("./download.js").Unreachable}
   */
  async refresh() {
    const offered = await this.#download("timestamp.json", LIMITS.timestamp);
    if (this.#targets && same(offered, this.#seen) && this.now() < this.#expires) return this.#targets;
    const root = await this.#updateRoot();
    const timestamp = await this.#updateTimestamp(root, offered);
    const snapshot = await this.#updateSnapshot(root, timestamp);
    const targets = await this.#updateTargets(root, snapshot);
    this.#targets = targets;
    this.#seen = offered;
    this.#expires = Math.min(...[root, timestamp, snapshot, targets].map((one) => Date.parse(one.expires)));
    return targets;
  }

  /** @returns {Promise<Root>} the root trusted so far: the pinned one and the chain kept after it */
  async trustedRoot() {
    const pinned = parse("root", this.pinned, null);
    await checkSignatures(pinned, pinned.signed, "root");
    /** @type {Root} */
    let root = pinned.signed;
    for (;;) {
      const kept = await this.store.get(`${root.version + 1}.root.json`);
      if (!kept) return root;
      root = await this.#nextRoot(root, kept);
    }
  }

  /** @param {Root} root @param {Bytes} bytes @returns {Promise<Root>} the next root, signed by both */
  async #nextRoot(root, bytes) {
    const next = parse("root", bytes, null);
    await checkSignatures(next, root, "root");
    if (next.signed.version !== root.version + 1) {
      throw new Refusal("root.json", "version", `${next.signed.version} after ${root.version}`, next.signed.version);
    }
    await checkSignatures(next, next.signed, "root");
    return next.signed;
  }

  /** @returns {Promise<Root>} */
  async #updateRoot() {
    let root = await this.trustedRoot();
    for (let count = 0; count < MAX_ROOT_ROTATIONS; count += 1) {
      const name = `${root.version + 1}.root.json`;
      let bytes;
      try {
        bytes = await this.fetch(name, LIMITS.root);
      } catch (error) {
        if (error instanceof Missing) break;
        if (error instanceof TooLong) throw new Refusal("root.json", "length");
        throw error;
      }
      const next = await this.#nextRoot(root, bytes);
      if (roleChanged(root, next, "timestamp") || roleChanged(root, next, "snapshot")) {
        await this.store.delete("timestamp.json");
        await this.store.delete("snapshot.json");
      }
      await this.store.set(name, bytes);
      root = next;
    }
    if (expired(root, this.now())) throw new Refusal("root.json", "expired", root.expires, root.version);
    return root;
  }

  /** @param {Root} root @param {Bytes} offered @returns {Promise<Listing>} */
  async #updateTimestamp(root, offered) {
    const kept = await this.#kept("timestamp", root);
    const next = parse("timestamp", offered, this.cluster);
    await checkSignatures(next, root, "timestamp");
    /** @type {Listing} */
    let timestamp = next.signed;
    if (kept && timestamp.version < kept.version) {
      throw new Refusal("timestamp.json", "version", `${timestamp.version} after ${kept.version}`, timestamp.version);
    }
    if (kept && timestamp.version === kept.version) {
      timestamp = kept;
    } else {
      const before = kept?.meta["snapshot.json"].version ?? 0;
      const after = timestamp.meta["snapshot.json"].version;
      if (after < before) throw new Refusal("timestamp.json", "version", `snapshot ${after} after ${before}`, timestamp.version);
      if (expired(timestamp, this.now())) throw new Refusal("timestamp.json", "expired", timestamp.expires, timestamp.version);
      await this.store.set("timestamp.json", offered);
    }
    if (expired(timestamp, this.now())) throw new Refusal("timestamp.json", "expired", timestamp.expires, timestamp.version);
    return timestamp;
  }

  /** @param {Root} root @param {Listing} timestamp @returns {Promise<Listing>} */
  async #updateSnapshot(root, timestamp) {
    const meta = timestamp.meta["snapshot.json"];
    const kept = await this.#kept("snapshot", root);
    if (kept && kept.version === meta.version && !expired(kept, this.now())) return kept;
    const bytes = await this.#download(this.#name(root, "snapshot", meta.version), meta.length ?? LIMITS.snapshot);
    await checkBytes("snapshot.json", bytes, meta);
    const next = parse("snapshot", bytes, this.cluster);
    await checkSignatures(next, root, "snapshot");
    /** @type {Listing} */
    const snapshot = next.signed;
    if (snapshot.version !== meta.version) {
      throw new Refusal("snapshot.json", "version", `${snapshot.version} instead of ${meta.version}`, snapshot.version);
    }
    for (const [name, before] of Object.entries(kept?.meta ?? {})) {
      const after = snapshot.meta[name];
      if (!after || after.version < before.version) {
        throw new Refusal("snapshot.json", "version", `${name} ${after?.version ?? "gone"} after ${before.version}`, snapshot.version);
      }
    }
    if (expired(snapshot, this.now())) throw new Refusal("snapshot.json", "expired", snapshot.expires, snapshot.version);
    await this.store.set("snapshot.json", bytes);
    return snapshot;
  }

  /** @param {Root} root @param {Listing} snapshot @returns {Promise<Targets>} */
  async #updateTargets(root, snapshot) {
    const meta = snapshot.meta["targets.json"];
    if (!meta) throw new Refusal("snapshot.json", "format", "no targets named", snapshot.version);
    const stored = await this.store.get("targets.json");
    try {
      if (stored) return await this.#checkTargets(root, meta, stored);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const bytes = await this.#download(this.#name(root, "targets", meta.version), meta.length ?? LIMITS.targets);
    const targets = await this.#checkTargets(root, meta, bytes);
    await this.store.set("targets.json", bytes);
    return targets;
  }

  /** @param {Root} root @param {import("./roles.js").Meta} meta @param {Bytes} bytes @returns {Promise<Targets>} */
  async #checkTargets(root, meta, bytes) {
    await checkBytes("targets.json", bytes, meta);
    const next = parse("targets", bytes, this.cluster);
    await checkSignatures(next, root, "targets");
    const version = next.signed.version;
    if (version !== meta.version) throw new Refusal("targets.json", "version", `${version} instead of ${meta.version}`, version);
    if (expired(next.signed, this.now())) throw new Refusal("targets.json", "expired", next.signed.expires, version);
    return next.signed;
  }

  /**
   * What was kept of a role, if it still holds under this root; an expired one still guards against rollback.
   * @param {"timestamp" | "snapshot"} role @param {Root} root
   * @returns {Promise<Listing | undefined>}
   */
  async #kept(role, root) {
    const bytes = await this.store.get(`${role}.json`);
    if (!bytes) return undefined;
    try {
      const envelope = parse(role, bytes, this.cluster);
      await checkSignatures(envelope, root, role);
      return envelope.signed;
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** @param {Root} root @param {string} role @param {number} version */
  #name(root, role, version) {
    return root.consistent_snapshot === false ? `${role}.json` : `${version}.${role}.json`;
  }

  /** A file that metadata names and the server lacks, or one that does not end, is a refusal. @param {string} name @param {number} limit */
  async #download(name, limit) {
    try {
      return await this.fetch(name, limit);
    } catch (error) {
      if (error instanceof Missing && name !== "timestamp.json") throw new Refusal(name.replace(/^\d+\./, ""), "missing");
      if (error instanceof TooLong) throw new Refusal(name.replace(/^\d+\./, ""), "length", `more than ${limit}`);
      throw error;
    }
  }
}
