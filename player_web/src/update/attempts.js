/** What failed rests a while before it is tried again, and is told once. */

import { backoff } from "../core/jitter.js";
import { StorageError } from "../storage/database.js";
import { Missing, Slow, Unreachable } from "./download.js";
import { Refusal } from "./roles.js";

/** What was to be stored does not fit, whatever may be thrown out. */
export class NoRoom extends StorageError {
  /** @param {number} needed bytes @param {number | null} free bytes, as far as the browser tells @param {number} version of the release */
  constructor(needed, free, version) {
    super(`${needed} bytes wanted, ${free ?? "?"} free`);
    this.detail = { what: "assets", reason: "space", version, needed, free };
  }
}

/** @typedef {Record<string, string | number | null>} Detail */

/** Most different complaints remembered. */
const REMEMBERED = 500;
const RESTING = 50;

/** @param {string} url @returns {string} what people know the file by */
function nameOf(url) {
  const name = new URL(url).pathname.split("/").at(-1) ?? "";
  return name.endsWith(".json") ? name.replace(/^[0-9a-f]{64}\.|^\d+\./, "") : "asset";
}

export class Attempts {
  /** @type {Set<string>} */
  #told = new Set();
  /** @type {Map<string, {attempt: number, until: number}>} what failed, and until when it rests (monotonic) */
  #resting = new Map();

  /** @param {() => number} random @param {(kind: string, detail: Detail) => void} report */
  constructor(random, report) {
    this.random = random;
    this.report = report;
  }

  /**
   * Runs work unless it failed a short while ago. A network that is away is no failure of the work.
   * @param {string} key @param {() => Promise<void>} work
   */
  async run(key, work) {
    if (this.rests(key)) return;
    const resting = this.#resting.get(key);
    try {
      await work();
      this.#resting.delete(key);
    } catch (error) {
      if (!(error instanceof Unreachable)) {
        const attempt = (resting?.attempt ?? -1) + 1;
        if (this.#resting.size > RESTING) this.#resting.clear();
        this.#resting.set(key, { attempt, until: performance.now() + backoff(attempt, this.random, 2000, 60_000) });
      }
      throw error;
    }
  }

  /** Whether it failed a short while ago. @param {string} key */
  rests(key) {
    return performance.now() < (this.#resting.get(key)?.until ?? 0);
  }

  /** What rests is tried again at once: somebody did something about it. */
  forget() {
    this.#resting.clear();
  }

  /** A failure for the CMS. That the network is away is none; that it gives a file by drops is one. @param {string} what @param {unknown} error */
  failed(what, error) {
    if (error instanceof Slow) return this.#once("refused", { what: nameOf(error.url), reason: "slow", detail: "", version: null });
    if (error instanceof Unreachable || error instanceof Missing) return;
    if (error instanceof Refusal) {
      this.#once("refused", { what: error.what, reason: error.reason, detail: error.detail, version: error.version });
    } else if (error instanceof NoRoom) {
      const { needed, version } = error.detail;
      this.#once("storage", error.detail, `${needed} ${version}`);
    } else if (error instanceof StorageError) {
      this.#once("storage", { what, reason: error.message });
    } else {
      this.#once("error", { what, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {string} kind @param {Detail} detail @param {string} [same] what makes two of them the same */
  #once(kind, detail, same = JSON.stringify(detail)) {
    const key = `${kind} ${same}`;
    if (this.#told.has(key)) return;
    if (this.#told.size > REMEMBERED) this.#told.clear();
    this.#told.add(key);
    this.report(kind, detail);
  }
}
