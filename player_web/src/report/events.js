/** Events for the CMS: refusals, full storage, starts, errors. Kept until they are delivered; written down first. */

const BATCH = 100;
/** Most that are kept while there is no network; the oldest leave. */
const KEPT = 1000;

export class Events {
  /** @type {{at: number, kind: string, detail: object}[]} the latest, for the debug hook and the heartbeat */
  recent = [];
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

  /** @param {string} kind @param {Record<string, string | number | boolean | null>} detail */
  report(kind, detail) {
    const { database, boot, now } = this.ports;
    const event = { at: Math.round(now()), kind, detail };
    this.recent = [...this.recent.slice(-19), event];
    database
      .put("events", { ...event, boot })
      .then(() => this.send())
      .catch(() => {});
  }

  /** Delivers what waits. */
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

  /** @returns {Promise<boolean>} whether there may be more */
  async #sendBatch() {
    const { database, api } = this.ports;
    if (!api.signer) return false;
    const keys = await database.keys("events");
    if (keys.length > KEPT) {
      await database.delete("events", IDBKeyRange.upperBound(keys[keys.length - KEPT], true));
      return true;
    }
    const events = (await database.all("events", undefined, BATCH)).slice(0, keys.length);
    if (!events.length) return false;
    const { boot } = events[0];
    const other = events.findIndex((one) => one.boot !== boot);
    const batch = other < 0 ? events : events.slice(0, other);
    await api.signed("events", { boot, events: batch.map(({ at, kind, detail }) => ({ at, kind, detail })) });
    await database.delete("events", IDBKeyRange.upperBound(keys[batch.length - 1]));
    return true;
  }
}
