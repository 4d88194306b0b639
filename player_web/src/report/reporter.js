/** Sends heartbeats, and with them what waits in the outbox. */

import { jittered } from "../core/jitter.js";
import { Refused } from "./api.js";

const EVERY = 10_000;
/** A revoked player knocks seldom: where it is stays known, and a revocation that was no more than a forged answer passes. */
const KNOCK = 300_000;
/** So long the play log is sent at a time; after that a heartbeat goes first, milliseconds. */
const SPELL = 5000;
/** A server that says otherwise is wrong, milliseconds. */
const MOST_POLL = 3_600_000;

/** @typedef {"unknown" | "online" | "offline" | "busy" | "refused" | "revoked" | "unknown_key"} State */

/** @param {unknown} error @returns {State} what became of a report */
function stateAfter(error) {
  if (!(error instanceof Refused)) return "offline";
  if (error.status === 403 && error.body?.revoked === true) return "revoked";
  if (error.status === 401 && error.body?.error === "unknown_key") return "unknown_key";
  if (error.status === 429 || error.status === 503) return "busy";
  return error.status >= 500 ? "offline" : "refused"; // a proxy says so when nobody is behind it
}

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
   * @param {(request: string | null) => void} ports.wanted the server wants a screenshot, or none any more
   * @param {(told: any) => void} ports.servicePin what the server says of the controller's PIN
   * @param {(state: State) => void} ports.changed what the server says of this player is not what it said before
   */
  constructor(ports) {
    this.ports = ports;
    /** @type {State} */
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
      const more = await this.beat();
      const { api, random } = this.ports;
      const rest = api.rest * (1 + 0.2 * random());
      const every = more ? 0 : jittered(this.state === "revoked" ? KNOCK : EVERY, random, 0.1);
      if (this.#running) this.#next(Math.max(rest, every));
    }, delay);
  }

  /** @returns {Promise<boolean>} whether more waits, and the server takes it */
  async beat() {
    const { api, database, events, playLog } = this.ports;
    const before = this.state;
    let more = false;
    try {
      const answer = await api.signed("heartbeat", await this.ports.heartbeat());
      this.state = "online";
      if (Number.isSafeInteger(answer.poll_ms) && answer.poll_ms >= 200 && answer.poll_ms <= MOST_POLL) this.ports.pollEvery(answer.poll_ms);
      this.ports.servicePin(answer.service_pin);
      this.ports.wanted(typeof answer.screenshot === "string" ? answer.screenshot : null);
      await events.send();
      more = await playLog.send(SPELL);
    } catch (error) {
      this.state = stateAfter(error);
    }
    if (this.state !== before) this.ports.changed(this.state);
    // Known for the next start: when the player was last alive, and how far this machine's clock is off.
    const now = this.ports.now();
    const remember = (/** @type {Record<string, IDBObjectStore>} */ { state }) => {
      state.put(now, "alive");
      if (api.clock.synchronised) state.put(now - Date.now(), "clock");
    };
    await database.write(["state"], remember).catch(() => {});
    return more;
  }
}
