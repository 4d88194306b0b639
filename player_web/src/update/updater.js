/**
 * Keeps a player up to date: polls, verifies, downloads, and says which release and which notices hold.
 *
 * The notices act as soon as they are verified; a schedule waits until all its assets are here and its time has come.
 * What is refused changes nothing and is reported once. Downloads run beside the polls, so that a withdrawal never waits.
 *
 * @typedef {import("../core/releases.js").Release & {bytes: Uint8Array<ArrayBuffer>}} HeldRelease
 * @typedef {{version: number, sha256: string, document: import("../core/schedule.js").Notices}} HeldNotices
 * @typedef {import("./roles.js").Target} Target
 */

import { backoff, jittered } from "../core/jitter.js";
import { inForce, worthKeeping } from "../core/releases.js";
import { FormatError, assetsFor, noNotices, readNotices, readSchedule } from "../core/schedule.js";
import { StorageError } from "../storage/database.js";
import { Missing, TooLong, Unreachable } from "./download.js";
import { Refusal, checkBytes } from "./roles.js";
import { sha256 } from "./verify.js";

/** Longest documents accepted, bytes. */
const LIMITS = { "schedule.json": 32_000_000, "now.json": 4_000_000 };

export class Updater {
  /** @type {HeldRelease[]} */
  #releases = [];
  /** @type {HeldNotices} */
  #notices;
  /** @type {{version: number, sha256: string, bytes: Uint8Array} | undefined} notices that act but are not on the disk yet */
  #unkept;
  #floor = 0;
  #running = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Set<string>} */
  #reported = new Set();
  /** @type {AbortController | undefined} */
  #download;
  /** @type {Map<string, {attempt: number, until: number}>} documents that failed, and until when they rest (monotonic) */
  #resting = new Map();

  /**
   * @param {object} ports
   * @param {string} ports.cluster
   * @param {string} ports.controller
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("../storage/assets.js").Assets} ports.assets
   * @param {import("./tuf.js").TufClient} ports.tuf
   * @param {(path: string, limit: number) => Promise<Uint8Array<ArrayBuffer>>} ports.fetchTarget
   * @param {() => number} ports.now UTC milliseconds of the server's clock
   * @param {() => number} ports.random
   * @param {(kind: string, detail: Record<string, string | number | null>) => void} ports.report an event for the CMS
   * @param {() => void} ports.changed releases or notices differ
   * @param {number} pollMs
   */
  constructor(ports, pollMs) {
    this.ports = ports;
    this.pollMs = pollMs;
    this.reachable = false;
    this.#notices = { version: 0, sha256: "", document: noNotices(ports.cluster) };
  }

  /** Loads what is held; playing may begin after it, whether or not there is a network. */
  async load() {
    const { database, cluster } = this.ports;
    this.#floor = (await database.get("state", "floor")) ?? 0;
    for (const { order, version, sha256: hash, complete, bytes } of await database.all("releases")) {
      try {
        if ((await sha256(bytes)) !== hash) throw new FormatError("changed on the disk");
        const schedule = readSchedule(JSON.parse(new TextDecoder().decode(bytes)), cluster);
        this.#releases.push({ order, version, sha256: hash, complete, bytes, schedule });
      } catch (error) {
        this.ports.report("error", { what: "release", reason: String(error), version });
      }
    }
    const notices = await database.get("state", "notices");
    if (notices) {
      try {
        const document = readNotices(JSON.parse(new TextDecoder().decode(notices.bytes)), cluster);
        this.#notices = { version: notices.version, sha256: notices.sha256, document };
      } catch (error) {
        this.ports.report("error", { what: "now.json", reason: String(error), version: notices.version });
      }
    }
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(0);
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#download?.abort();
  }

  /** The release in force now, if any. @returns {HeldRelease | undefined} */
  current() {
    const release = inForce(this.#releases, this.ports.now(), this.#floor);
    if (release && release.order > this.#floor) this.#enter(release);
    return release;
  }

  /** The complete release that waits for its time, if any. @returns {HeldRelease | undefined} */
  soon() {
    const newest = this.#releases.at(-1);
    return newest?.complete && newest.order > this.#floor ? newest : undefined;
  }

  /** What would be in force at an instant, of what is held. @param {number} instant @returns {HeldRelease | undefined} */
  at(instant) {
    return inForce(this.#releases, instant, this.#floor) ?? this.#releases.findLast((one) => one.complete);
  }

  /** @returns {HeldNotices} */
  notices() {
    return this.#notices;
  }

  /** Versions that are being fetched or wait for their time. */
  pending() {
    const current = inForce(this.#releases, this.ports.now(), this.#floor);
    return this.#releases.filter((one) => !current || one.order > current.order).map((one) => one.version);
  }

  /** One poll, now. Tests and hints call it too. */
  async poll() {
    try {
      const targets = await this.ports.tuf.refresh();
      this.reachable = true;
      await this.#guarded("now.json", () => this.#takeNotices(targets.targets[`${this.ports.cluster}/now.json`], targets.version));
      await this.#guarded("schedule.json", () => this.#takeSchedule(targets.targets[`${this.ports.cluster}/schedule.json`], targets.version));
    } catch (error) {
      this.reachable = !(error instanceof Unreachable);
      this.#failed("release", error);
    }
    this.#bring();
  }

  /** @param {number} delay milliseconds */
  #schedule(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.poll();
      if (this.#running) this.#schedule(jittered(this.pollMs, this.ports.random));
    }, delay);
  }

  /** The documents are independent: one that is refused does not hold back the other. @param {string} what @param {() => Promise<void>} work */
  async #guarded(what, work) {
    try {
      await work();
    } catch (error) {
      this.#failed(what, error);
    }
  }

  /** @param {string} what @param {unknown} error */
  #failed(what, error) {
    if (error instanceof Unreachable || error instanceof Missing) return;
    if (error instanceof Refusal) {
      this.#once("refused", { what: error.what, reason: error.reason, detail: error.detail, version: error.version });
    } else if (error instanceof StorageError) {
      this.#once("storage", { what, reason: error.message });
    } else {
      this.#once("error", { what, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {string} kind @param {Record<string, string | number | null>} detail */
  #once(kind, detail) {
    const key = JSON.stringify([kind, detail]);
    if (this.#reported.has(key)) return;
    if (this.#reported.size > 500) this.#reported.clear();
    this.#reported.add(key);
    this.ports.report(kind, detail);
  }

  /**
   * A target's bytes, as the metadata state them.
   * @param {"schedule.json" | "now.json"} name @param {Target} target @param {number} version
   */
  async #fetch(name, target, version) {
    const stated = target.hashes.sha256;
    if (!stated) throw new Refusal(name, "hash", "no sha256", version);
    if (target.length > LIMITS[name]) throw new Refusal(name, "length", `${target.length}`, version);
    try {
      const bytes = await this.ports.fetchTarget(`${this.ports.cluster}/${stated}.${name}`, target.length);
      await checkBytes(name, bytes, { ...target, version });
      return bytes;
    } catch (error) {
      if (error instanceof Missing) throw new Refusal(name, "missing", "", version);
      if (error instanceof TooLong) throw new Refusal(name, "length", `more than ${target.length}`, version);
      throw error;
    }
  }

  /**
   * @template T @param {"schedule.json" | "now.json"} name @param {Uint8Array} bytes @param {number} version
   * @param {(document: any, cluster: string) => T} read @returns {T}
   */
  #read(name, bytes, version, read) {
    try {
      return read(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), this.ports.cluster);
    } catch (error) {
      throw new Refusal(name, "format", error instanceof FormatError ? error.message : "not JSON", version);
    }
  }

  /**
   * Runs work on a document unless it failed a short while ago.
   * @param {string} hash @param {() => Promise<void>} work
   */
  async #attempt(hash, work) {
    const resting = this.#resting.get(hash);
    if (resting && performance.now() < resting.until) return;
    try {
      await work();
      this.#resting.delete(hash);
    } catch (error) {
      const attempt = (resting?.attempt ?? -1) + 1;
      if (this.#resting.size > 50) this.#resting.clear();
      const wait = error instanceof Unreachable ? 0 : backoff(attempt, this.ports.random, 2000, 60_000);
      this.#resting.set(hash, { attempt, until: performance.now() + wait });
      throw error;
    }
  }

  /** @param {Target | undefined} target @param {number} targetsVersion */
  async #takeNotices(target, targetsVersion) {
    await this.#keepNotices();
    if (!target || target.hashes.sha256 === this.#notices.sha256) return;
    await this.#attempt(target.hashes.sha256, async () => {
      const version = target.custom?.version ?? targetsVersion;
      const bytes = await this.#fetch("now.json", target, version);
      const document = this.#read("now.json", bytes, version, readNotices);
      this.#notices = { version, sha256: target.hashes.sha256, document };
      this.ports.changed();
      this.#unkept = { version, sha256: target.hashes.sha256, bytes };
    });
    await this.#keepNotices();
  }

  /** Written down until it succeeds: after a restart without a network, what was withdrawn must not come back. */
  async #keepNotices() {
    const notices = this.#unkept;
    if (!notices) return;
    try {
      await this.ports.database.put("state", notices, "notices", true);
      if (this.#unkept === notices) this.#unkept = undefined;
    } catch (error) {
      this.#failed("now.json", error);
    }
  }

  /** @param {Target | undefined} target @param {number} targetsVersion */
  async #takeSchedule(target, targetsVersion) {
    const newest = this.#releases.at(-1);
    if (!target || target.hashes.sha256 === newest?.sha256) return;
    const hash = target.hashes.sha256;
    await this.#attempt(hash, async () => {
      const version = target.custom?.version ?? targetsVersion;
      const bytes = await this.#fetch("schedule.json", target, version);
      const schedule = this.#read("schedule.json", bytes, version, readSchedule);
      if (newest && !newest.complete) await this.#drop([newest]);
      const order = Math.max(newest?.order ?? 0, this.#floor) + 1;
      const release = { order, version, sha256: hash, complete: false, bytes, schedule };
      await this.#store(release);
      this.#releases.push(release);
      this.#download?.abort();
      this.#download = undefined;
      this.ports.changed();
    });
  }

  /** @param {HeldRelease} release */
  #store({ order, version, sha256: hash, complete, bytes }) {
    return this.ports.database.put("releases", { order, version, sha256: hash, complete, bytes }, undefined, true);
  }

  /** @param {HeldRelease[]} releases */
  async #drop(releases) {
    this.#releases = this.#releases.filter((one) => !releases.includes(one));
    await this.ports.database.write(["releases"], (stores) => {
      for (const release of releases) stores.releases.delete(release.order);
    });
  }

  /** Starts fetching what is missing, unless that is under way: alerts' pictures first, the newest release, the one in force. */
  #bring() {
    if (this.#download || !this.#running) return;
    const { assets, controller } = this.ports;
    const current = inForce(this.#releases, this.ports.now(), this.#floor);
    const release = [this.#releases.at(-1), current].find(
      (one) => one && (!one.complete || assets.missingBytes(assetsFor(one.schedule, controller)) > 0),
    );
    const urgent = new Map(Object.entries(this.#notices.document.assets));
    if (!release && !assets.missingBytes(urgent)) return;
    const control = new AbortController();
    this.#download = control;
    const finished = async () => {
      if (assets.missingBytes(urgent)) {
        await this.#attempt(`assets of ${this.#notices.sha256}`, () => assets.fetchAll(urgent));
        this.ports.changed();
      }
      if (release) await this.#attempt(`assets of ${release.sha256}`, () => this.#complete(release, control.signal));
    };
    finished()
      .catch((error) => {
        if (!control.signal.aborted) this.#failed("assets", error instanceof Refusal ? this.#ofRelease(error, release) : error);
      })
      .finally(() => {
        if (this.#download === control) this.#download = undefined;
      });
  }

  /** @param {Refusal} refusal @param {HeldRelease | undefined} release */
  #ofRelease(refusal, release) {
    return new Refusal(refusal.what, refusal.reason, refusal.detail, release?.version ?? null);
  }

  /** @param {HeldRelease} release @param {AbortSignal} signal */
  async #complete(release, signal) {
    const { assets, controller } = this.ports;
    const wanted = assetsFor(release.schedule, controller);
    try {
      await assets.plan(assets.missingBytes(wanted));
    } catch {
      await this.#tidy();
      await assets.plan(assets.missingBytes(wanted));
    }
    await assets.fetchAll(wanted, signal);
    if (signal.aborted || !this.#releases.includes(release)) return;
    if (!release.complete) {
      release.complete = true;
      await this.#store(release);
    }
    this.ports.changed();
  }

  /** @param {HeldRelease} release comes into force for the first time */
  #enter(release) {
    this.#floor = release.order;
    this.ports.report("update", { what: "schedule.json", reason: "in_force", version: release.version });
    const keep = async () => {
      await this.ports.database.put("state", release.order, "floor", true);
      await this.#tidy();
    };
    keep().catch((error) => this.#failed("state", error));
  }

  /** Forgets releases and assets that are no longer needed. */
  async #tidy() {
    const { assets, controller } = this.ports;
    const current = inForce(this.#releases, this.ports.now(), this.#floor);
    const kept = worthKeeping(this.#releases, current);
    await this.#drop(this.#releases.filter((one) => !kept.includes(one)));
    const needed = new Map(this.#releases.map((release) => [release, assetsFor(release.schedule, controller)]));
    await assets.evict((hash) => {
      if (Object.hasOwn(this.#notices.document.assets, hash)) return true;
      for (const release of this.#releases) {
        const wanted = needed.get(release) ?? assetsFor(release.schedule, controller);
        needed.set(release, wanted);
        if (wanted.has(hash)) return true;
      }
      return false;
    });
  }
}
