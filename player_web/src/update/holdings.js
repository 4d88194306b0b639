/**
 * The releases that a player holds: which is in force, which are kept, what room can be made. Documents that rotted on the disk
 * are written or fetched anew.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {import("../core/releases.js").Release & {bytes: Bytes}} HeldRelease
 * @typedef {{order: number, version: number, sha256: string, complete: boolean, bytes: Bytes}} Row
 */

import { inForce, spare, worthKeeping } from "../core/releases.js";
import { FormatError, assetsFor, readSchedule } from "../core/schedule.js";
import { Missing, TooLong } from "./download.js";
import { sha256 } from "./verify.js";

/** Longest schedule accepted, bytes. */
export const SCHEDULE_LIMIT = 32_000_000;

/** @param {Bytes} bytes @param {string} cluster */
function read(bytes, cluster) {
  return readSchedule(JSON.parse(new TextDecoder().decode(bytes)), cluster);
}

export class Holdings {
  /** @type {HeldRelease[]} by order */
  #releases = [];
  /** @type {Row[]} whose documents rotted on the disk */
  #lost = [];
  #floor = 0;

  /**
   * @param {object} ports
   * @param {string} ports.cluster
   * @param {string} ports.controller
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("../storage/assets.js").Assets} ports.assets
   * @param {() => import("../core/schedule.js").Notices} ports.notices
   * @param {() => number} ports.now UTC milliseconds
   * @param {(kind: string, detail: Record<string, string | number | null>) => void} ports.report
   * @param {(what: string, error: unknown) => void} ports.failed
   */
  constructor(ports) {
    this.ports = ports;
  }

  async load() {
    const { database, cluster, report } = this.ports;
    this.#floor = (await database.get("state", "floor")) ?? 0;
    for (const row of /** @type {Row[]} */ (await database.all("releases"))) {
      if ((await sha256(row.bytes)) !== row.sha256) {
        this.#lost.push(row);
        continue;
      }
      try {
        this.#releases.push({ ...row, schedule: read(row.bytes, cluster) });
      } catch (error) {
        report("error", { what: "release", reason: String(error), version: row.version });
      }
    }
  }

  /** The release in force now, if any. @returns {HeldRelease | undefined} */
  current() {
    const release = inForce(this.#releases, this.ports.now(), this.#floor);
    if (release && release.order > this.#floor) this.#enter(release);
    return release;
  }

  /** @returns {HeldRelease | undefined} without consequences */
  #inForce() {
    return inForce(this.#releases, this.ports.now(), this.#floor);
  }

  /** The complete release that waits for its time, if any. @returns {HeldRelease | undefined} */
  soon() {
    const newest = this.newest();
    return newest?.complete && newest.order > this.#floor ? newest : undefined;
  }

  /** What would be in force at an instant, of what is held. @param {number} instant @returns {HeldRelease | undefined} */
  at(instant) {
    return inForce(this.#releases, instant, this.#floor) ?? this.#releases.findLast((one) => one.complete);
  }

  /** @returns {HeldRelease | undefined} whether or not it is complete */
  newest() {
    return this.#releases.at(-1);
  }

  /** Versions that are being fetched or wait for their time. */
  pending() {
    const current = this.#inForce();
    return this.#releases.filter((one) => !current || one.order > current.order).map((one) => one.version);
  }

  /** Releases that lack something, the newest first. @returns {{release: HeldRelease, shown: boolean}[]} `shown`: it is in force */
  lacking() {
    const { assets } = this.ports;
    const current = this.#inForce();
    return this.#releases
      .filter((one) => !one.complete || assets.missingBytes(this.assetsOf(one)) > 0)
      .map((release) => ({ release, shown: release === current }))
      .reverse();
  }

  /** @returns {number} assets of complete releases that are not here any more, and of those that are being fetched */
  missing() {
    const wanted = new Set(this.#releases.flatMap((one) => [...this.assetsOf(one).keys()]));
    return [...wanted].filter((hash) => !this.ports.assets.has(hash)).length;
  }

  /** @returns {string[]} assets that stand in when those of a scene fail, and those of notices */
  vital() {
    const { controller, notices } = this.ports;
    const schedule = this.#inForce()?.schedule;
    const faces = schedule?.scenes[schedule.fallback].faces ?? {};
    const mine = Object.entries(faces).filter(([face]) => schedule?.controllers[controller]?.faces[face]);
    return [...mine.flatMap(([, layers]) => layers.map((layer) => layer.asset)), ...Object.keys(notices().assets)];
  }

  /** @param {HeldRelease} release */
  assetsOf(release) {
    return assetsFor(release.schedule, this.ports.controller);
  }

  /** @param {HeldRelease} release */
  holds(release) {
    return this.#releases.includes(release);
  }

  /**
   * A verified schedule, to be completed. One before it that never was complete gives way.
   * @param {{version: number, sha256: string, bytes: Bytes, schedule: import("../core/schedule.js").Schedule}} found
   */
  async add(found) {
    const newest = this.newest();
    if (newest && !newest.complete) await this.#drop([newest]);
    const order = Math.max(newest?.order ?? 0, this.#floor, ...this.#lost.map((row) => row.order)) + 1;
    const release = { order, complete: false, ...found };
    await this.#store(release);
    this.#releases.push(release);
    return release;
  }

  /** All its assets are here. @param {HeldRelease} release */
  async complete(release) {
    if (release.complete) return;
    release.complete = true;
    await this.#store(release);
  }

  /** @param {Row} release */
  #store({ order, version, sha256: hash, complete, bytes }) {
    return this.ports.database.put("releases", { order, version, sha256: hash, complete, bytes }, undefined, true);
  }

  /** @param {Row[]} releases */
  async #drop(releases) {
    this.#releases = this.#releases.filter((one) => !releases.includes(one));
    this.#lost = this.#lost.filter((one) => !releases.includes(one));
    await this.ports.database.write(["releases"], (stores) => {
      for (const release of releases) stores.releases.delete(release.order);
    });
  }

  /** @param {HeldRelease} release comes into force for the first time */
  #enter(release) {
    this.#floor = release.order;
    this.ports.report("update", { what: "schedule.json", reason: "in_force", version: release.version });
    const keep = async () => {
      await this.ports.database.put("state", release.order, "floor", true);
      await this.tidy();
    };
    keep().catch((error) => this.ports.failed("state", error));
  }

  /** Forgets releases and assets that are no longer needed. @returns {Promise<number>} how many assets */
  async tidy() {
    const kept = worthKeeping(this.#releases, this.#inForce());
    await this.#drop(this.#releases.filter((one) => !kept.includes(one)));
    return this.#evict();
  }

  /** @returns {Promise<number>} how many assets no release names any more */
  #evict() {
    const needed = new Map(this.#releases.map((release) => [release, this.assetsOf(release)]));
    return this.ports.assets.evict((hash) => {
      if (Object.hasOwn(this.ports.notices().assets, hash)) return true;
      for (const release of this.#releases) {
        const wanted = needed.get(release) ?? this.assetsOf(release);
        needed.set(release, wanted);
        if (wanted.has(hash)) return true;
      }
      return false;
    });
  }

  /** Makes room: what nothing names, then the oldest release that is not on screen. @returns {Promise<boolean>} whether anything went */
  async free() {
    if (await this.tidy()) return true;
    const oldest = spare(this.#releases, this.#inForce());
    if (!oldest) return false;
    await this.#drop([oldest]);
    await this.#evict();
    return true;
  }

  /**
   * Fetches documents that rotted on the disk, by their hash.
   * @param {(path: string, limit: number) => Promise<Bytes>} fetch
   */
  async recover(fetch) {
    const { cluster, report } = this.ports;
    for (const row of this.#lost) {
      try {
        const bytes = await fetch(`${cluster}/${row.sha256}.schedule.json`, SCHEDULE_LIMIT);
        if ((await sha256(bytes)) !== row.sha256) throw new Missing(row.sha256);
        const release = { ...row, bytes, schedule: read(bytes, cluster) };
        await this.#store(release);
        this.#lost = this.#lost.filter((one) => one !== row);
        this.#releases = [...this.#releases, release].sort((left, right) => left.order - right.order);
        report("repaired", { what: "schedule.json", reason: "hash", version: row.version });
      } catch (error) {
        const gone = error instanceof Missing || error instanceof TooLong || error instanceof FormatError || error instanceof SyntaxError;
        if (!gone) throw error;
        await this.#drop([row]);
      }
    }
  }

  /** Compares the documents on the disk with those in use; what differs is written again. */
  async scrub() {
    const rows = new Map((await this.ports.database.all("releases")).map((/** @type {Row} */ row) => [row.order, row]));
    for (const release of this.#releases) {
      const row = rows.get(release.order);
      if (row?.sha256 === release.sha256 && (await sha256(row.bytes)) === release.sha256) continue;
      if (!this.holds(release)) continue;
      await this.#store(release);
      this.ports.report("repaired", { what: "schedule.json", reason: "hash", version: release.version });
    }
  }
}
