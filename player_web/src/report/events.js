/**
 * Events for the CMS: refusals, full storage, starts, errors. Written down first, numbered, kept until they are delivered; one that
 * comes twice is known by its number. What repeats itself while it waits is one event with a count.
 *
 * @typedef {Record<string, string | number | boolean | null>} Detail
 * @typedef {{at: number, kind: string, detail: Detail, boot: string, times?: number, until?: number}} Row rows of formats before have no counts
 */

const BATCH = 100;
/** Most of each class that are kept while there is no network; the oldest leave, and how many is told. */
const KEPT = 1000;
/** The same again within so many milliseconds, while the first waits, only counts. */
const TOGETHER = 6 * 3_600_000;
/** What somebody must act on, in a class of its own, so that chatter does not push it out. */
const GRAVE = new Set(["refused", "storage", "watchdog", "service", "lost"]);

export class Events {
  /** @type {{at: number, kind: string, detail: Detail}[]} the latest, for the debug hook and the heartbeat */
  recent = [];
  /** What waits, oldest first: number → whether it is grave. @type {Map<number, boolean> | undefined} */
  #waiting;
  /** What of it may still count up, by kind and detail. @type {Map<string, {seq: number, row: Row}>} */
  #open = new Map();
  /** How many left unsent and are not told of yet; the event that tells of those before. */
  #lost = 0;
  #told = 0;
  /** One change of the storage after another. @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #sending = false;
  #again = false;

  /**
   * @param {object} ports
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("./api.js").Api} ports.api
   * @param {string} ports.boot
   * @param {() => number} ports.now UTC milliseconds
   */
  constructor(ports) {
    this.ports = ports;
  }

  /** @param {string} kind @param {Detail} detail */
  report(kind, detail) {
    const at = Math.round(this.ports.now());
    this.recent = [...this.recent.slice(-19), { at, kind, detail }];
    this.#queued(() => this.#note({ at, kind, detail, boot: this.ports.boot }))
      .then(() => this.send())
      .catch(() => {});
  }

  /** Resolves when all that was told so far is written down. */
  settled() {
    return this.#queue;
  }

  /** Delivers what waits. @throws {TypeError | import("./api.js").Refused} */
  async send() {
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    try {
      do {
        this.#again = false;
        while (await this.#sendBatch());
      } while (this.#again);
    } finally {
      this.#sending = false;
    }
  }

  /** @template T @param {() => Promise<T>} change @returns {Promise<T>} */
  #queued(change) {
    const done = this.#queue.then(change);
    this.#queue = done.catch(() => {});
    return done;
  }

  /** @returns {Promise<Map<number, boolean>>} */
  async #known() {
    if (this.#waiting) return this.#waiting;
    const { database } = this.ports;
    const [keys, rows] = await Promise.all([database.keys("events"), database.all("events")]);
    this.#lost = (await database.get("state", "events_lost")) ?? 0;
    this.#waiting = new Map(keys.map((key, place) => [Number(key), GRAVE.has(rows[place]?.kind)]));
    return this.#waiting;
  }

  /** @param {Row} event */
  async #note(event) {
    const { database } = this.ports;
    const waiting = await this.#known();
    const what = JSON.stringify([event.kind, event.detail]);
    const same = this.#open.get(what);
    if (same && Math.abs(event.at - same.row.at) < TOGETHER) {
      same.row = { ...same.row, times: (same.row.times ?? 1) + 1, until: event.at };
      return database.put("events", same.row, same.seq);
    }
    const seq = Number(await database.append("events", event));
    waiting.set(seq, GRAVE.has(event.kind));
    this.#open.set(what, { seq, row: event });
    await this.#bound(waiting, GRAVE.has(event.kind));
  }

  /** The oldest of a class that has grown too large leave. @param {Map<number, boolean>} waiting @param {boolean} grave */
  async #bound(waiting, grave) {
    const own = [...waiting].filter(([, one]) => one === grave).map(([seq]) => seq);
    const gone = own.slice(0, Math.max(0, own.length - KEPT));
    if (!gone.length) return;
    const lost = this.#lost + gone.length;
    await this.ports.database.write(["state", "events"], ({ state, events }) => {
      for (const seq of gone) events.delete(seq);
      state.put(lost, "events_lost");
    });
    this.#lost = lost;
    this.#forget(gone);
  }

  /** @param {number[]} gone */
  #forget(gone) {
    for (const seq of gone) this.#waiting?.delete(seq);
    for (const [what, { seq }] of this.#open) if (!this.#waiting?.has(seq)) this.#open.delete(what);
  }

  /** What is sent now counts no further. @returns {Promise<[number, Row][]>} the first of one boot, oldest first */
  async #take() {
    const { database, boot, now } = this.ports;
    const waiting = await this.#known();
    if (this.#lost && !waiting.has(this.#told)) {
      const told = { at: Math.round(now()), kind: "lost", detail: { what: "events", number: this.#lost }, boot };
      const seq = Number(await database.append("events", told));
      await database.delete("state", "events_lost");
      waiting.set(seq, true);
      this.#told = seq;
      this.#lost = 0;
    }
    const keys = (await database.keys("events", undefined, BATCH)).map(Number);
    const rows = (await database.all("events", undefined, BATCH)).slice(0, keys.length);
    const other = rows.findIndex((one) => one.boot !== rows[0].boot);
    const batch = /** @type {[number, Row][]} */ (keys.map((seq, place) => [seq, rows[place]])).slice(0, other < 0 ? BATCH : other);
    const last = batch.at(-1)?.[0] ?? 0;
    for (const [what, { seq }] of this.#open) if (seq <= last) this.#open.delete(what);
    return batch;
  }

  /** @returns {Promise<boolean>} whether there may be more */
  async #sendBatch() {
    const { database, api } = this.ports;
    if (!api.signer || api.rest > 0) return false;
    const batch = await this.#queued(() => this.#take());
    if (!batch.length) return false;
    const events = batch.map(([seq, { at, kind, detail, times = 1, until }]) => ({ seq, at, kind, detail, times, until: until ?? null }));
    await api.signed("events", { boot: batch[0][1].boot, events });
    const sent = batch.map(([seq]) => seq);
    await this.#queued(() => database.delete("events", IDBKeyRange.upperBound(sent[sent.length - 1])));
    this.#forget(sent);
    return true;
  }
}
