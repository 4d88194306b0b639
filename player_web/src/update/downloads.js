/**
 * Brings what is missing, beside the polls: pictures of notices, what rotted of the release on screen, and the assets of other
 * releases, the newest first. Each has a way of its own, so that an alert waits for no release, and no mending for a long download.
 * Room is made before anything is fetched.
 *
 * @typedef {import("./holdings.js").HeldRelease} HeldRelease
 * @typedef {import("../storage/assets.js").FetchChunk} FetchChunk
 */

import { StorageError } from "../storage/database.js";
import { Slots } from "../storage/parallel.js";
import { NoRoom } from "./attempts.js";
import { Refusal } from "./roles.js";

/** Chunks of notices and of what is on screen fetched at a time, beside those of a release. */
const URGENT = 2;

export class Downloads {
  /** @type {Map<string, AbortController>} what is under way */
  #lanes = new Map();
  #urgent = new Slots(URGENT);
  #held = 0;

  /**
   * @param {object} ports
   * @param {import("../storage/assets.js").Assets} ports.assets
   * @param {import("./holdings.js").Holdings} ports.holdings
   * @param {import("./attempts.js").Attempts} ports.attempts
   * @param {() => {sha256: string, document: import("../core/schedule.js").Notices}} ports.notices
   * @param {() => void} ports.changed
   * @param {Promise<unknown>} [ports.opened] until then what is for later leaves disk and processor to the first frame
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** Whether anything is being fetched. */
  get busy() {
    return this.#lanes.size > 0 || this.#held > 0;
  }

  /** Starts fetching what is missing, unless that is under way. */
  bring() {
    const { assets, attempts, holdings, notices, changed } = this.ports;
    if (this.#held) return;
    const urgent = new Map(Object.entries(notices().document.assets));
    if (assets.missingBytes(urgent)) {
      this.#lane("notices", (signal) =>
        attempts.run(`assets of ${notices().sha256}`, async () => {
          await assets.fetchAll(urgent, { signal, slots: this.#urgent });
          changed();
        }),
      );
    }
    for (const { release, shown } of holdings.lacking()) {
      if (attempts.rests(`assets of ${release.sha256}`)) continue;
      this.#lane(shown ? "screen" : "release", async (signal) => {
        if (!shown) await this.ports.opened;
        if (signal.aborted) return;
        try {
          await attempts.run(`assets of ${release.sha256}`, () => this.complete(release, { signal, slots: shown ? this.#urgent : undefined }));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          throw new Refusal(error.what, error.reason, error.detail, release.version);
        }
      });
    }
  }

  /** @param {string} name @param {(signal: AbortSignal) => Promise<void>} work */
  #lane(name, work) {
    if (this.#lanes.has(name)) return;
    const control = new AbortController();
    this.#lanes.set(name, control);
    work(control.signal)
      .catch((error) => {
        if (!control.signal.aborted) this.ports.attempts.failed("assets", error);
      })
      .finally(() => {
        if (this.#lanes.get(name) === control) this.#lanes.delete(name);
      });
  }

  /** There is a newer release: what was fetched for the last one alone is not wanted any more. */
  superseded() {
    this.#lanes.get("release")?.abort();
    this.#lanes.delete("release");
  }

  stop() {
    for (const control of this.#lanes.values()) control.abort();
    this.#lanes.clear();
  }

  /** Nothing is fetched from the usual source while work runs. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async instead(work) {
    this.#held += 1;
    this.stop();
    try {
      return await work();
    } finally {
      this.#held -= 1;
    }
  }

  /**
   * Brings all assets of a release.
   * @param {HeldRelease} release
   * @param {{signal?: AbortSignal, fetchChunk?: FetchChunk, slots?: Slots}} options
   * @throws {Refusal | StorageError | import("./download.js").Unreachable}
   */
  async complete(release, options) {
    const { assets, holdings, changed } = this.ports;
    const wanted = holdings.assetsOf(release);
    await this.#room(release, wanted);
    try {
      await assets.fetchAll(wanted, options);
    } catch (error) {
      // The disk was fuller than the browser thought: the next attempt finds more room, if there was any to make.
      if (error instanceof StorageError && error.full && !(await holdings.free())) throw await this.#noRoom(release, wanted);
      throw error;
    }
    if (options.signal?.aborted || !holdings.holds(release)) return;
    await holdings.complete(release);
    changed();
  }

  /** @param {HeldRelease} release @param {Map<string, import("../core/schedule.js").Asset>} wanted @throws {NoRoom} */
  async #room(release, wanted) {
    const { assets, holdings } = this.ports;
    for (;;) {
      try {
        return await assets.reserve(wanted);
      } catch (error) {
        if (!(error instanceof StorageError && error.full)) throw error;
        if (!(await holdings.free())) throw await this.#noRoom(release, wanted);
      }
    }
  }

  /** @param {HeldRelease} release @param {Map<string, import("../core/schedule.js").Asset>} wanted */
  async #noRoom(release, wanted) {
    const { used, quota } = await this.ports.assets.space();
    const needed = this.ports.assets.missingBytes(wanted);
    const free = used === null || quota === null ? null : Math.max(0, quota - used);
    // Some browsers name a round figure that says nothing of the disk; what they refuse is what counts.
    return new NoRoom(needed, free !== null && free < needed ? free : null, release.version);
  }
}
