/**
 * The play log: what every face showed, from when until when. Written down when it is shown, numbered from 1 in each boot
 * when it ends, kept until the server has it.
 *
 * @typedef {{boot: string, face: string, kind: string, scene: string, item: string, proof: string, from: number, status: string}} Open
 */

const BATCH = 300;

export class PlayLog {
  /** @type {Map<string, Open>} */
  #open = new Map();
  #seq = 0;
  /** Writes happen one after another, so that numbers follow the order of the endings. @type {Promise<void>} */
  #queue = Promise.resolve();
  #sending = false;

  /**
   * @param {object} ports
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("./api.js").Api} ports.api
   * @param {string} ports.boot
   * @param {() => number} ports.now UTC milliseconds
   * @param {(error: unknown) => void} ports.failed storage refused
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

  /** @param {string} face @param {{kind: string, scene: string | null, item: string, proof: string, status: string}} shown */
  shown(face, { kind, scene, item, proof, status }) {
    const { boot, now } = this.ports;
    const at = Math.round(now());
    const before = this.#open.get(face);
    this.#open.set(face, { boot, face, kind, scene: scene ?? "", item, proof, from: at, status });
    const ended = before ? { ...before, seq: ++this.#seq, until: Math.max(at, before.from) } : null;
    const playing = { open: [...this.#open.values()], seq: this.#seq };
    this.#queue = this.#queue.then(() => this.#write(ended, playing)).catch(this.ports.failed);
  }

  /** @param {object | null} ended @param {object} playing */
  #write(ended, playing) {
    return this.ports.database.write(["state", "playlog"], (stores) => {
      if (ended) stores.playlog.put(ended);
      stores.state.put(playing, "playing");
    });
  }

  /** Sends what has ended, oldest boot first, until all is acknowledged or the server does not follow. */
  async send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (await this.#sendBatch());
    } finally {
      this.#sending = false;
    }
  }

  /** @returns {Promise<boolean>} whether there may be more */
  async #sendBatch() {
    const { database, api } = this.ports;
    const entries = await database.all("playlog", undefined, BATCH);
    if (!entries.length) return false;
    const { boot, seq: oldest } = entries[0];
    const batch = entries.filter((one) => one.boot === boot).map(({ boot: _, ...entry }) => entry);
    const { acknowledged } = await api.signed("playlog", { boot, entries: batch, oldest });
    if (!Number.isSafeInteger(acknowledged) || acknowledged < oldest) return false;
    await database.delete("playlog", IDBKeyRange.bound([boot, 0], [boot, acknowledged]));
    return true;
  }
}
