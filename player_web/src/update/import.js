/**
 * Takes a release from a stick: looks whether all of it is there and whose it is, then hands it to the updater, which verifies and
 * stores it as if it had come over the network. What is playing goes on. What is refused changes nothing.
 *
 * @typedef {import("./stick.js").Tree} Tree
 * @typedef {import("../core/schedule.js").Asset} Asset
 * @typedef {import("./roles.js").Target} Target
 *
 * @typedef {object} Progress what the operator's page shows
 * @property {"idle" | "checking" | "copying" | "done" | "already" | "refused"} step
 * @property {number} done bytes that were read and verified
 * @property {number} total bytes, 0 while not known
 * @property {string} [reason] of a refusal: those of `roles.js`, and "incomplete", "pulled", "nothing", "error"
 * @property {string} [what] the file that was refused
 * @property {string} [detail]
 * @property {number | null} [version] of the schedule
 * @property {number} [from] when the schedule takes effect, UTC milliseconds
 */

import { FormatError, assetsFor, readNotices, readSchedule } from "../core/schedule.js";
import { CHUNK_BYTES, lengthOf } from "../storage/chunks.js";
import { StorageError } from "../storage/database.js";
import { Missing, TooLong, Unreachable } from "./download.js";
import { Refusal, checkBytes } from "./roles.js";
import { Gone, chunkPath, folder, read, within } from "./stick.js";
import { TufClient } from "./tuf.js";
import { sha256 } from "./verify.js";

const MARKER = "bangtin.json";
const FORMAT = 1;
const DOCUMENT_LIMITS = { "schedule.json": 32_000_000, "now.json": 4_000_000 };

/** Why a stick is refused as a whole. */
class Unfit extends Error {
  /** @param {string} reason @param {string} [detail] */
  constructor(reason, detail = "") {
    super(`${reason} ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/**
 * Trusted metadata to try something out with: what is written stays here.
 * @param {import("./tuf.js").MetadataStore} store @returns {import("./tuf.js").MetadataStore}
 */
function overlay(store) {
  /** @type {Map<string, import("./source.js").Bytes | undefined>} */
  const changed = new Map();
  return {
    get: async (name) => (changed.has(name) ? changed.get(name) : store.get(name)),
    set: async (name, bytes) => void changed.set(name, bytes),
    delete: async (name) => void changed.set(name, undefined),
  };
}

export class Importer {
  /** @type {Progress} */
  progress = { step: "idle", done: 0, total: 0 };
  /**
   * @param {object} ports
   * @param {string} ports.cluster
   * @param {string} ports.controller
   * @param {TufClient} ports.tuf the client of the network: what it has seen counts for sticks too
   * @param {import("../storage/assets.js").Assets} ports.assets
   * @param {import("./updater.js").Updater} ports.updater
   * @param {(kind: string, detail: Record<string, string | number | null>) => void} ports.report an event for the CMS
   * @param {() => void} [ports.changed] the progress differs
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** Whether a stick is being read. */
  get busy() {
    return this.progress.step === "checking" || this.progress.step === "copying";
  }

  /** What became of the last stick is read; the next may come. */
  begin() {
    if (!this.busy) this.progress = { step: "idle", done: 0, total: 0 };
  }

  /**
   * Imports what lies in a chosen folder: the stick, or `bangtin-<cluster>` on it. Never throws; `progress` says what became of it.
   * @param {Tree} chosen
   */
  async take(chosen) {
    if (this.busy) return;
    this.#show({ step: "checking", done: 0, total: 0, reason: undefined, what: undefined, detail: undefined, version: null, from: undefined });
    try {
      await this.#take(await this.#locate(chosen));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {Partial<Progress>} change */
  #show(change) {
    this.progress = { ...this.progress, ...change };
    this.ports.changed?.();
  }

  /**
   * The folder of this cluster in what was chosen. @param {Tree} chosen
   * @returns {Promise<{tree: Tree, schedule: string}>} and the hash of the schedule that it says it has: a hint, no more
   */
  async #locate(chosen) {
    const { cluster } = this.ports;
    for (const tree of [chosen, within(chosen, `bangtin-${cluster}`)]) {
      if (await tree(MARKER)) {
        const about = await this.#about(tree);
        if (about.cluster !== cluster) throw new Unfit("cluster", String(about.name || about.cluster).slice(0, 80));
        if (about.format !== FORMAT) throw new Unfit("format", String(about.format));
        return { tree, schedule: String(about.schedule?.sha256 ?? "") };
      }
      if (await tree("metadata/timestamp.json")) throw new Unfit("incomplete");
      if (await tree("DOC-TRUOC.txt")) throw new Unfit("incomplete");
    }
    throw new Unfit("nothing");
  }

  /** @param {Tree} tree @returns {Promise<any>} */
  async #about(tree) {
    try {
      const about = JSON.parse(new TextDecoder().decode(await read(tree, MARKER, 1_000_000)));
      if (typeof about === "object" && about !== null) return about;
    } catch (error) {
      if (error instanceof Gone) throw error;
    }
    throw new Unfit("incomplete");
  }

  /** @param {{tree: Tree, schedule: string}} found */
  async #take({ tree, schedule }) {
    const { updater } = this.ports;
    const stick = folder(tree);
    const refresh = await this.#wanted(stick, tree, schedule);
    if (!refresh) return this.#show({ step: "already" });
    this.#show({ step: "copying" });
    const chunk = async (/** @type {string} */ hash, /** @type {number} */ limit) => {
      const bytes = await stick.chunk(hash, limit);
      this.#show({ done: Math.min(this.progress.total, this.progress.done + bytes.length) });
      return bytes;
    };
    const release = await updater.take({ refresh }, { ...stick, chunk });
    if (!release?.complete) throw new Error("overtaken by a newer release");
    this.#show({ step: "done", done: this.progress.total });
    this.ports.report("imported", { what: "schedule.json", reason: "usb", version: this.progress.version ?? null });
  }

  /**
   * What is to be imported, as the updater asks for it; nothing when all of it is here.
   * @param {import("./source.js").Source} stick @param {Tree} tree @param {string} schedule as the stick says, unsigned
   * @returns {Promise<(() => Promise<{targets: Record<string, Target>, version: number}>) | undefined>}
   */
  async #wanted(stick, tree, schedule) {
    const { assets, cluster, updater } = this.ports;
    const newest = updater.holdings.newest();
    try {
      const { hash, now, ...shown } = await this.#examine(stick, tree);
      this.#show(shown);
      const known = newest?.sha256 === hash && newest.complete && !shown.total && now === updater.notices().sha256;
      return known ? undefined : () => this.#refresh(stick.metadata);
    } catch (error) {
      if (!(error instanceof Refusal && error.reason === "version" && newest && newest.sha256 === schedule)) throw error;
      // Not newer, but the very release that this player knows: the stick may bring what the network could not.
      const total = assets.missingBytes(updater.holdings.assetsOf(newest));
      this.#show({ version: newest.version, total });
      if (newest.complete && !total) return undefined;
      const target = { length: newest.bytes.length, hashes: { sha256: newest.sha256 } };
      return async () => ({ targets: { [`${cluster}/schedule.json`]: target }, version: newest.version });
    }
  }

  /**
   * The client of the network asks the stick this once, so that what it remembers is what was seen last, wherever that was.
   * @param {import("./source.js").Source["metadata"]} metadata
   */
  async #refresh(metadata) {
    const { tuf } = this.ports;
    const network = tuf.fetch;
    tuf.fetch = metadata;
    try {
      return await tuf.refresh();
    } finally {
      tuf.fetch = network;
    }
  }

  /**
   * Verifies the metadata and documents of the stick and looks whether every chunk that is wanted is there; writes nothing.
   * @param {import("./source.js").Source} source @param {Tree} tree
   */
  async #examine(source, tree) {
    const { cluster, controller, tuf, assets } = this.ports;
    const trial = new TufClient({ root: tuf.pinned, cluster, store: overlay(tuf.store), fetch: source.metadata, now: tuf.now });
    const { targets, version: targetsVersion } = await trial.refresh();
    const target = targets[`${cluster}/schedule.json`];
    if (!target) throw new Unfit("incomplete");
    const version = target.custom?.version ?? targetsVersion;
    const schedule = await this.#document(source, "schedule.json", target, version, readSchedule);
    const offered = targets[`${cluster}/now.json`];
    const notices = offered && (await this.#document(source, "now.json", offered, version, readNotices));
    /** @type {Map<string, Asset>} */
    const wanted = new Map([...assetsFor(schedule, controller), ...Object.entries(notices?.assets ?? {})]);
    let absent = 0;
    let total = 0;
    for (const [hash, asset] of wanted) {
      if (assets.has(hash)) continue;
      total += asset.bytes;
      absent += await this.#absent(tree, hash, asset);
    }
    if (absent) throw new Unfit("incomplete", String(absent));
    return { hash: target.hashes.sha256, now: offered?.hashes.sha256 ?? "", version, total, from: schedule.valid_from };
  }

  /**
   * @template T @param {import("./source.js").Source} source @param {"schedule.json" | "now.json"} name @param {Target} target
   * @param {number} version @param {(document: any, cluster: string) => T} parse @returns {Promise<T>}
   */
  async #document(source, name, target, version, parse) {
    const limit = Math.min(target.length, DOCUMENT_LIMITS[name]);
    const bytes = await source.target(`${this.ports.cluster}/${target.hashes.sha256}.${name}`, limit);
    await checkBytes(name, bytes, { ...target, version });
    try {
      return parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), this.ports.cluster);
    } catch (error) {
      throw new Refusal(name, "format", error instanceof FormatError ? error.message : "not JSON", version);
    }
  }

  /** How many files of an asset the stick lacks, or has of another length. @param {Tree} tree @param {string} hash @param {Asset} asset */
  async #absent(tree, hash, asset) {
    const lacks = async (/** @type {string} */ chunk, /** @type {number} */ length) => ((await tree(chunkPath(chunk)))?.size === length ? 0 : 1);
    if (!asset.manifest) return lacks(hash, asset.bytes);
    let manifest;
    try {
      manifest = await read(tree, chunkPath(asset.manifest), CHUNK_BYTES);
    } catch (error) {
      if (error instanceof Missing) return 1;
      throw error;
    }
    if ((await sha256(manifest)) !== asset.manifest) throw new Refusal("asset", "hash", hash.slice(0, 12));
    let absent = 0;
    for (const [index, chunk] of JSON.parse(new TextDecoder().decode(manifest)).chunks.entries()) {
      absent += await lacks(String(chunk), lengthOf(index, asset.bytes));
    }
    return absent;
  }

  /** @param {unknown} error */
  #refuse(error) {
    const { reason, what, detail, version } = explained(error);
    this.#show({ step: "refused", reason, what, detail });
    if (reason === "nothing") return;
    this.ports.report("refused", { what, reason, detail, version: version ?? this.progress.version ?? null, source: "usb" });
  }
}

/** @param {unknown} error @returns {{reason: string, what: string, detail: string, version?: number | null}} */
function explained(error) {
  if (error instanceof Unfit) return { reason: error.reason, what: MARKER, detail: error.detail };
  if (error instanceof Refusal) return { reason: error.reason === "missing" ? "incomplete" : error.reason, what: error.what, detail: error.detail, version: error.version };
  if (error instanceof Gone) return { reason: "pulled", what: "usb", detail: "" };
  if (error instanceof TooLong) return { reason: "hash", what: error.message.slice(0, 120), detail: "" };
  if (error instanceof Missing) return { reason: "incomplete", what: error.message.slice(0, 120), detail: "" };
  if (error instanceof StorageError) return { reason: "storage", what: "usb", detail: error.message };
  if (error instanceof Unreachable) return { reason: "pulled", what: "usb", detail: error.message.slice(0, 120) };
  return { reason: "error", what: "usb", detail: String(error).slice(0, 200) };
}
