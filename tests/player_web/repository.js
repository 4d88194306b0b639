/** A TUF repository in memory, signed with keys made on the spot: what python-tuf would refuse to write can be written here. */

import { olpc } from "../../player_web/src/core/canonical.js";
import { Missing, TooLong } from "../../player_web/src/update/download.js";
import { sha256, toHex, utf8 } from "../../player_web/src/update/verify.js";

export const NOW = Date.parse("2027-01-04T01:00:00Z");
const ROLES = ["root", "timestamp", "snapshot", "targets"];

/** A store that keeps its metadata in memory: the same port as the player's database. */
export function memory() {
  const kept = new Map();
  return {
    kept,
    get: async (name) => kept.get(name),
    set: async (name, bytes) => void kept.set(name, bytes),
    delete: async (name) => void kept.delete(name),
  };
}

/** @returns {Promise<{id: string, key: object, sign: (text: string) => Promise<string>}>} */
async function newKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: toHex(await crypto.subtle.exportKey("raw", publicKey)) } };
  const sign = async (text) => toHex(await crypto.subtle.sign("Ed25519", privateKey, utf8(text)));
  return { id: await sha256(utf8(olpc(key))), key, sign };
}

export class Repository {
  /** `signed` holds the signed parts by role, to be changed before `publish`. */
  static async make() {
    const made = new Repository();
    made.keys = Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await newKey()])));
    const common = (role) => ({ _type: role, version: 0, spec_version: "1.0.31", expires: "2027-02-01T00:00:00Z" });
    made.signed = Object.fromEntries(ROLES.map((role) => [role, { ...common(role), ...(role === "root" ? {} : { "x-bangtin-cluster": "tinh-bien" }) }]));
    made.signed.targets.targets = { "tinh-bien/schedule.json": { length: 2, hashes: { sha256: "00" }, custom: { version: 1 } } };
    made.files = new Map();
    made.asked = [];
    await made.root();
    made.pinned = made.files.get("1.root.json");
    await made.publish();
    return made;
  }

  /** A role's key is replaced; `root` tells of it. */
  async replace(role) {
    this.keys[role] = await newKey();
  }

  async root() {
    const root = this.signed.root;
    root.version += 1;
    root.consistent_snapshot = true;
    root.keys = Object.fromEntries(Object.values(this.keys).map(({ id, key }) => [id, key]));
    root.roles = Object.fromEntries(ROLES.map((role) => [role, { keyids: [this.keys[role].id], threshold: 1 }]));
    await this.write("root", `${root.version}.root.json`);
  }

  /** The next version of everything but the root. `alter` may change a signed part before it is signed: `(role, signed) => signed`. */
  async publish(alter = (role, signed) => signed) {
    const { timestamp, snapshot, targets } = this.signed;
    for (const signed of [timestamp, snapshot, targets]) signed.version += 1;
    timestamp["x-bangtin-made-at"] = NOW + timestamp.version;
    await this.write("targets", `${targets.version}.targets.json`, alter);
    snapshot.meta = { "targets.json": await this.meta(`${targets.version}.targets.json`, targets.version) };
    await this.write("snapshot", `${snapshot.version}.snapshot.json`, alter);
    timestamp.meta = { "snapshot.json": await this.meta(`${snapshot.version}.snapshot.json`, snapshot.version) };
    await this.write("timestamp", "timestamp.json", alter);
  }

  async meta(name, version) {
    const bytes = this.files.get(name);
    return { version, length: bytes.length, hashes: { sha256: await sha256(bytes) } };
  }

  async write(role, name, alter = (_, signed) => signed) {
    const signed = alter(role, structuredClone(this.signed[role]));
    let payload = "";
    try {
      payload = olpc(signed);
    } catch {
      payload = "no canonical form";
    }
    const signatures = [{ keyid: this.keys[role].id, sig: await this.keys[role].sign(payload) }];
    this.files.set(name, utf8(JSON.stringify({ signatures, signed })));
  }

  fetch = async (name, limit) => {
    this.asked.push(name);
    const bytes = this.files.get(name);
    if (!bytes) throw new Missing(name);
    if (bytes.length > limit) throw new TooLong(name);
    return bytes;
  };
}
