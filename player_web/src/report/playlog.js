/**
 * The play log: what every face showed, from when until when (ITU-T H.782). Written down when it is shown, numbered from 1 in each
 * boot when it ends, kept until the server has it. It is bounded: after months without a network the oldest leave, and the server is
 * told where the log begins.
 *
 * @typedef {{face: string, kind: string, scene: string, item: string, proof: string, schedule: number | null, status: string}} Shown
 * @typedef {Shown & {boot: string, from: number}} Open
 * @typedef {Open & {seq: number, until: number | null}} Line
 */

import { Refused } from "./api.js";

const BATCH = 2000;
/** Most that is sent at once, in characters; the server takes 256 KiB. */
const LENGTH = 200_000;
/** Most lines kept: four faces with a new scene every ten seconds, twelve hours a day, for two months; as many again leave at most. */
const KEPT = 1_000_000;
/** So many leave together, so that room is made seldom. */
const LEAVE = 10_000;

export class PlayLog {
  /** @type {Map<string, Open>} */
  #open = new Map();
  #seq = 0;
  /** How many lines lie in the storage; not counted before something is written. @type {number | undefined} */
  #held;
  /** Writes happen one after another, so that numbers follow the order of the endings. @type {Promise<void>} */
  #queue = Promise.resolve();
  #sending = false;
  #batch = BATCH;
  /** Behind what was deleted last: a database steps over every deleted line that it has not yet tidied away. @type {IDBKeyRange | undefined} */
  #after;

  /**
   * @param {object} ports
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("./api.js").Api} ports.api
   * @param {string} ports.boot
   * @param {() => number} ports.now UTC milliseconds
   * @param {(error: unknown) => void} ports.failed storage refused
   * @param {number} [ports.most] lines kept
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** What an interrupted boot left open is closed: it was shown, at least until the player was last known alive. */
  async recover() {
    const { database } = this.ports;
    const left = await database.get("state", "playing");
    if (!left) return;
    const alive = (await database.get("state", "alive")) ?? 0;
    await database.write(["state", "playlog"], (stores) => {
      left.open.forEach((/** @type {Open} */ { boot, ...entry }, /** @type {number} */ index) => {
        const until = alive > entry.from ? Math.round(alive) : null;
        stores.playlog.put({ boot, seq: left.seq + 1 + index, ...entry, until, status: "interrupted" });
      });
      stores.state.delete("playing");
    });
  }

  /** @param {string} face @param {{kind: string, scene: string | null, item: string, proof: string, status: string, schedule?: number | null}} shown */
  shown(face, { kind, scene, item, proof, status, schedule = null }) {
    const { boot, now } = this.ports;
    const at = Math.round(now());
    const before = this.#open.get(face);
    this.#open.set(face, { boot, face, kind, scene: scene ?? "", item, proof, schedule, from: at, status });
    const ended = before ? { ...before, seq: ++this.#seq, until: Math.max(at, before.from) } : null;
    this.#note(ended);
  }

  /**
   * What a watchdog saw tells what became of the present play: a clip that gave way to its picture, a graphics context that is gone.
   * @param {Record<string, unknown>} seen
   */
  watched({ what, did, reason, face }) {
    const status = what === "clip" && did === "picture" ? "content_failure" : what === "context" && reason === "lost" ? "hardware_failure" : "";
    const open = this.#open.get(String(face));
    if (!status || !open || open.status === status) return;
    this.#open.set(open.face, { ...open, status });
    this.#note(null);
  }

  /** Resolves when all that was told so far is written down. */
  settled() {
    return this.#queue;
  }

  /** @param {Line | null} ended */
  #note(ended) {
    const playing = { open: [...this.#open.values()], seq: this.#seq };
    this.#queue = this.#queue.then(() => this.#write(ended, playing)).catch(this.ports.failed);
  }

  /** @param {Line | null} ended @param {object} playing */
  async #write(ended, playing) {
    const { database, most = KEPT } = this.ports;
    await database.write(["state", "playlog"], (stores) => {
      if (ended) stores.playlog.put(ended);
      stores.state.put(playing, "playing");
    });
    if (!ended) return;
    this.#held = this.#held === undefined ? await database.count("playlog") : this.#held + 1;
    if (this.#held > most) await this.#thin(Math.min(LEAVE, Math.ceil(most / 10)));
  }

  /** The oldest leave; where each boot's log begins from now on is kept until the server has heard of it. @param {number} number */
  async #thin(number) {
    const { database } = this.ports;
    const keys = /** @type {[string, number][]} */ (await database.keys("playlog", undefined, number));
    const begins = new Map((await database.get("state", "plays_lost")) ?? []);
    for (const [boot, seq] of keys) begins.set(boot, seq + 1);
    await database.write(["state", "playlog"], ({ state, playlog }) => {
      playlog.delete(IDBKeyRange.upperBound(keys[keys.length - 1]));
      state.put([...begins], "plays_lost");
    });
    this.#held = (this.#held ?? 0) - keys.length;
  }

  /**
   * Sends what has ended, oldest boot first, until all is acknowledged, the server does not follow, or the time is up.
   * @param {number} [spell] milliseconds
   * @returns {Promise<boolean>} whether more waits
   * @throws {TypeError | Refused}
   */
  async send(spell = Infinity) {
    if (this.#sending) return false;
    this.#sending = true;
    const ends = performance.now() + spell;
    this.#after = undefined;
    try {
      await this.#tellLost();
      while (await this.#sendBatch()) if (performance.now() >= ends) return true;
      return false;
    } finally {
      this.#sending = false;
    }
  }

  /** Boots whose first lines left before they could be sent. */
  async #tellLost() {
    const { database, api } = this.ports;
    const lost = /** @type {[string, number][]} */ ((await database.get("state", "plays_lost")) ?? []);
    for (const [boot, oldest] of lost) await api.signed("playlog", { boot, entries: [], oldest });
    if (lost.length) await this.#told(new Map(lost));
  }

  /** More may have left meanwhile. @param {Map<string, number>} told */
  #told(told) {
    const { database } = this.ports;
    const change = async () => {
      const now = /** @type {[string, number][]} */ ((await database.get("state", "plays_lost")) ?? []);
      const rest = now.filter(([boot, oldest]) => told.get(boot) !== oldest);
      await (rest.length ? database.put("state", rest, "plays_lost") : database.delete("state", "plays_lost"));
    };
    this.#queue = this.#queue.then(change).catch(this.ports.failed);
    return this.#queue;
  }

  /** @returns {Promise<boolean>} whether there may be more */
  async #sendBatch() {
    const { database, api } = this.ports;
    /** @type {Line[]} */
    const lines = await database.all("playlog", this.#after, this.#batch);
    if (!lines.length) return false;
    const { boot, seq: oldest } = lines[0];
    const other = lines.findIndex((one) => one.boot !== boot);
    const batch = packed(other < 0 ? lines : lines.slice(0, other));
    let acknowledged;
    try {
      ({ acknowledged } = await api.signed("playlog", { boot, oldest, ...batch }));
    } catch (error) {
      // A proxy on the way takes less than the server.
      if (!(error instanceof Refused && error.status === 413) || this.#batch === 1) throw error;
      this.#batch = Math.ceil(this.#batch / 2);
      return true;
    }
    if (!Number.isSafeInteger(acknowledged) || acknowledged < oldest) return false;
    await database.delete("playlog", IDBKeyRange.bound([boot, oldest], [boot, acknowledged]));
    this.#after = IDBKeyRange.lowerBound([boot, acknowledged], true);
    // Whoever has acknowledged more than was sent has it from before.
    const gone = lines.findIndex((one) => one.boot !== boot || one.seq > acknowledged);
    if (this.#held !== undefined) this.#held = Math.max(0, this.#held - (gone < 0 ? lines.length : gone));
    return true;
  }
}

/**
 * Lines as they are sent: what was shown once, when it was shown each time. As many of the first as fit into a message.
 * @param {Line[]} lines of one boot
 */
export function packed(lines) {
  /** @type {Map<string, number>} */
  const places = new Map();
  /** @type {Shown[]} */
  const shown = [];
  /** @type {[number, number, number, number | null][]} */
  const plays = [];
  let length = 0;
  for (const { face, kind, scene, item, proof, schedule = null, status, seq, from, until } of lines) {
    const what = { face, kind, scene, item, proof, schedule, status };
    const key = JSON.stringify(what);
    const place = places.get(key) ?? places.size;
    length += 50 + (place === places.size ? key.length + 1 : 0);
    if (length > LENGTH && plays.length) break;
    if (place === places.size) {
      places.set(key, place);
      shown.push(what);
    }
    plays.push([seq, place, from, until]);
  }
  return { shown, plays };
}
