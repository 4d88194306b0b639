/** Sends heartbeats, and with them what waits in the outbox. */

import { jittered } from "../core/jitter.js";
import { Refused } from "./api.js";

const EVERY = 10_000;

export class Reporter {
  #running = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} ports
   * @param {import("../storage/database.js").Database} ports.database
   * @param {import("./api.js").Api} ports.api
   * @param {import("./playlog.js").PlayLog} ports.playLog
   * @param {import("./events.js").Events} ports.events
   * @param {() => Promise<object>} ports.heartbeat the body
   * @param {() => number} ports.now UTC milliseconds
   * @param {() => number} ports.random
   * @param {(poll: number) => void} ports.pollEvery the server says how often to poll
   * @param {() => void} ports.revoked
   */
  constructor(ports) {
    this.ports = ports;
    /** @type {"unknown" | "online" | "offline" | "refused"} */
    this.state = "unknown";
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#next(0);
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** @param {number} delay milliseconds */
  #next(delay) {
    this.#timer = setTimeout(async () => {
      await this.beat();
      if (this.#running) this.#next(jittered(EVERY, this.ports.random, 0.1));
    }, delay);
  }

  async beat() {
    const { api, database, events, playLog } = this.ports;
    try {
      const answer = await api.signed("heartbeat", await this.ports.heartbeat());
      this.state = "online";
      if (Number.isSafeInteger(answer.poll_ms) && answer.poll_ms >= 200) this.ports.pollEvery(answer.poll_ms);
      await events.send();
      await playLog.send();
    } catch (error) {
      this.state = error instanceof Refused ? "refused" : "offline";
      if (error instanceof Refused && error.status === 403 && error.body?.revoked === true) {
        this.stop();
        this.ports.revoked();
      }
    }
    // Known for the next start: when the player was last alive, and how far this machine's clock is off.
    const now = this.ports.now();
    const remember = (/** @type {Record<string, IDBObjectStore>} */ { state }) => {
      state.put(now, "alive");
      if (api.clock.synchronised) state.put(now - Date.now(), "clock");
    };
    await database.write(["state"], remember).catch(() => {});
  }
}
