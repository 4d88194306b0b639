/**
 * Keeps a player up to date: polls, verifies, downloads, and says which release and which notices hold.
 *
 * The notices act as soon as they are verified; a schedule waits until all its assets are here and its time has come.
 * What is refused changes nothing and is reported once. Downloads run beside the polls, so that a withdrawal never waits.
 *
 * @typedef {import("./holdings.js").HeldRelease} HeldRelease
 * @typedef {{version: number, sha256: string, document: import("../core/schedule.js").Notices}} HeldNotices
 * @typedef {import("./roles.js").Target} Target
 * @typedef {import("./source.js").Source} Source
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 */

import { jittered } from "../core/jitter.js";
import { FormatError, noNotices, readNotices, readSchedule } from "../core/schedule.js";
import { Attempts } from "./attempts.js";
import { Missing, TooLong, Unreachable } from "./download.js";
import { Downloads } from "./downloads.js";
import { Holdings, SCHEDULE_LIMIT } from "./holdings.js";
import { Refusal, checkBytes } from "./roles.js";
import { sha256 } from "./verify.js";

/** Longest documents accepted, bytes. */
const LIMITS = { "schedule.json": SCHEDULE_LIMIT, "now.json": 4_000_000 };

export class Updater {
  /** @type {HeldNotices} */
  #notices;
  /** @type {{version: number, sha256: string, bytes: Bytes} | undefined} what they were read from */
  #kept;
  /** They act but are not on the disk yet. */
  #unkept = false;
  #running = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Polls and imports wait for one another: they write the same trusted metadata. @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {object} ports
   * @param {string} ports.cluster
   * @param {string} ports.controller
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("../storage/assets.js").Assets} ports.assets
   * @param {import("./tuf.js").TufClient} ports.tuf
   * @param {(path: string, limit: number) => Promise<Bytes>} ports.fetchTarget
   * @param {() => number} ports.now UTC milliseconds of the server's clock
   * @param {() => number} ports.random
   * @param {(kind: string, detail: Record<string, string | number | null>) => void} ports.report an event for the CMS
   * @param {() => void} ports.changed releases or notices differ
   * @param {Promise<unknown>} [ports.opened] the first frame is there: downloads for later may begin
   * @param {number} pollMs
   */
  constructor(ports, pollMs) {
    this.ports = ports;
    this.pollMs = pollMs;
    this.reachable = false;
    /** @type {number | null} when it was asked last, as a monotonic reading */
    this.polled = null;
    this.#notices = { version: 0, sha256: "", document: noNotices(ports.cluster) };
    const attempts = new Attempts(ports.random, ports.report);
    this.attempts = attempts;
    const failed = (/** @type {string} */ what, /** @type {unknown} */ error) => attempts.failed(what, error);
    this.holdings = new Holdings({ ...ports, notices: () => this.#notices.document, failed });
    this.downloads = new Downloads({ ...ports, holdings: this.holdings, attempts, notices: () => this.#notices });
  }

  /** Loads what is held; playing may begin after it, whether or not there is a network. */
  async load() {
    const { database, cluster } = this.ports;
    await this.holdings.load();
    const notices = await database.get("state", "notices");
    if (!notices) return;
    try {
      if ((await sha256(notices.bytes)) !== notices.sha256) throw new FormatError("changed on the disk");
      const document = readNotices(JSON.parse(new TextDecoder().decode(notices.bytes)), cluster);
      this.#notices = { version: notices.version, sha256: notices.sha256, document };
      this.#kept = notices;
    } catch (error) {
      this.ports.report("error", { what: "now.json", reason: String(error), version: notices.version });
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
    this.downloads.stop();
  }

  /** The release in force now, if any. @returns {HeldRelease | undefined} */
  current() {
    return this.holdings.current();
  }

  /** The complete release that waits for its time, if any. @returns {HeldRelease | undefined} */
  soon() {
    return this.holdings.soon();
  }

  /** What would be in force at an instant, of what is held. @param {number} instant @returns {HeldRelease | undefined} */
  at(instant) {
    return this.holdings.at(instant);
  }

  /** @returns {HeldNotices} */
  notices() {
    return this.#notices;
  }

  /** Versions that are being fetched or wait for their time. */
  pending() {
    return this.holdings.pending();
  }

  /** One poll, now. Tests and hints call it too. */
  poll() {
    return this.#inTurn(async () => {
      const { cluster, fetchTarget, tuf } = this.ports;
      this.polled = performance.now();
      try {
        const targets = await tuf.refresh();
        this.reachable = true;
        await this.#guarded("now.json", () => this.#takeNotices(targets.targets[`${cluster}/now.json`], targets.version, fetchTarget));
        await this.#guarded("schedule.json", async () => {
          await this.holdings.recover(fetchTarget);
          await this.#takeSchedule(targets.targets[`${cluster}/schedule.json`], targets.version, fetchTarget);
        });
      } catch (error) {
        this.reachable = !(error instanceof Unreachable);
        this.attempts.failed("release", error);
        if (!this.reachable) await this.#guarded("release", () => this.#sayWhenStale());
      }
      if (this.#running) this.downloads.bring();
    });
  }

  /**
   * Takes everything that another source offers, as a poll would, and waits until it is here. Meanwhile nothing is fetched
   * from the usual one; what is already here stays, so a second attempt goes on.
   * @param {{refresh: () => Promise<{targets: Record<string, Target>, version: number}>}} tuf what that source says, verified
   * @param {Source} source
   * @param {AbortSignal} [signal]
   * @returns {Promise<HeldRelease | undefined>} its schedule, complete
   * @throws {Refusal | import("../storage/database.js").StorageError | Missing | Unreachable}
   */
  take(tuf, source, signal) {
    const { assets, cluster } = this.ports;
    return this.downloads.instead(async () => {
      this.attempts.forget();
      // Only what touches the trusted metadata keeps the polls waiting: a withdrawal over the network acts meanwhile.
      let urgent = {};
      const found = await this.#inTurn(async () => {
        const { targets, version } = await tuf.refresh();
        const schedule = targets[`${cluster}/schedule.json`];
        const notices = targets[`${cluster}/now.json`];
        await this.#takeNotices(notices, version, source.target);
        if (notices?.hashes.sha256 === this.#notices.sha256) urgent = this.#notices.document.assets;
        await this.#takeSchedule(schedule, version, source.target);
        const newest = this.holdings.newest();
        return schedule && newest?.sha256 === schedule.hashes.sha256 ? newest : undefined;
      });
      const options = { signal, fetchChunk: source.chunk };
      await assets.fetchAll(new Map(Object.entries(urgent)), options);
      if (found) await this.downloads.complete(found, options);
      return found;
    });
  }

  /** An asset rotted: it is fetched again at once. */
  mend() {
    if (this.#running) this.downloads.bring();
    this.ports.changed();
  }

  /** Compares the documents on the disk with those in use. */
  async scrub() {
    await this.holdings.scrub();
    const kept = this.#kept;
    if (!kept || this.#unkept) return;
    const row = await this.ports.database.get("state", "notices");
    if (row?.sha256 === kept.sha256 && (await sha256(row.bytes)) === kept.sha256) return;
    if (this.#kept !== kept) return;
    this.#unkept = true;
    await this.#keepNotices();
    this.ports.report("repaired", { what: "now.json", reason: "hash", version: kept.version });
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  #inTurn(work) {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Without an answer for so long that what was signed last has expired: the CMS hears of it when it can be told again. */
  async #sayWhenStale() {
    const refusal = await this.ports.tuf.lapsed();
    if (refusal) throw refusal;
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
      this.attempts.failed(what, error);
    }
  }

  /**
   * A target's bytes, as the metadata state them.
   * @param {"schedule.json" | "now.json"} name @param {Target} target @param {number} version @param {Source["target"]} fetch
   */
  async #fetch(name, target, version, fetch) {
    const stated = target.hashes.sha256;
    if (!stated) throw new Refusal(name, "hash", "no sha256", version);
    if (target.length > LIMITS[name]) throw new Refusal(name, "length", `${target.length}`, version);
    try {
      const bytes = await fetch(`${this.ports.cluster}/${stated}.${name}`, target.length);
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

  /** @param {Target | undefined} target @param {number} targetsVersion @param {Source["target"]} fetch */
  async #takeNotices(target, targetsVersion, fetch) {
    await this.#keepNotices();
    if (!target || target.hashes.sha256 === this.#notices.sha256) return;
    const hash = target.hashes.sha256;
    await this.attempts.run(hash, async () => {
      const version = target.custom?.version ?? targetsVersion;
      const bytes = await this.#fetch("now.json", target, version, fetch);
      const document = this.#read("now.json", bytes, version, readNotices);
      this.#notices = { version, sha256: hash, document };
      this.ports.changed();
      this.#kept = { version, sha256: hash, bytes };
      this.#unkept = true;
    });
    await this.#keepNotices();
  }

  /** Written down until it succeeds: after a restart without a network, what was withdrawn must not come back. */
  async #keepNotices() {
    const notices = this.#kept;
    if (!this.#unkept || !notices) return;
    try {
      await this.ports.database.put("state", notices, "notices", true);
      if (this.#kept === notices) this.#unkept = false;
    } catch (error) {
      this.attempts.failed("now.json", error);
    }
  }

  /** @param {Target | undefined} target @param {number} targetsVersion @param {Source["target"]} fetch */
  async #takeSchedule(target, targetsVersion, fetch) {
    if (!target || target.hashes.sha256 === this.holdings.newest()?.sha256) return;
    const hash = target.hashes.sha256;
    await this.attempts.run(hash, async () => {
      const version = target.custom?.version ?? targetsVersion;
      const bytes = await this.#fetch("schedule.json", target, version, fetch);
      const schedule = this.#read("schedule.json", bytes, version, readSchedule);
      await this.holdings.add({ version, sha256: hash, bytes, schedule });
      this.downloads.superseded();
      this.ports.changed();
    });
  }
}
