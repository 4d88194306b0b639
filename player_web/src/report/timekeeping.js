/** When the server is asked for its time: often after a start, then seldom, and at once when this machine's time jumped. */

import { jittered } from "../core/jitter.js";

/** Exchanges after a start: at least, and at most while the ways are slow and more of them still tell something. */
const LEAST = 4;
const MOST = 32;
/** Bounds this close need no further exchanges, milliseconds. */
const CLOSE = 4;
const PAUSE = 250;
const EVERY = 60_000;
const EACH_TIME = 3;
const LOOK = 5000;
/** A machine's clock that moved this much against the monotonic one was set, or the machine slept, milliseconds. */
const JUMP = 1000;

/** @param {import("./api.js").Api} api @returns {Promise<void>} one exchange, or none when nobody answers */
export const askTime = (api) => api.time().catch(() => {});

/** @param {import("./api.js").Api} api @param {() => number} random */
export function keepTime(api, random) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, jittered(PAUSE, random)));
  const begin = async () => {
    for (let count = 0; count < LEAST || (count < MOST && api.clock.uncertainty > CLOSE); count += 1) {
      if (count) await pause();
      await askTime(api);
      if (!api.clock.synchronised) return; // the next turn, or the browser's word of a network, tries again
    }
  };
  const some = async () => {
    for (let count = 0; count < EACH_TIME; count += 1) await askTime(api);
  };
  const turn = () =>
    setTimeout(() => {
      void (api.clock.synchronised ? some() : begin());
      turn();
    }, jittered(EVERY, random));
  let apart = Date.now() - performance.now();
  setInterval(() => {
    const present = Date.now() - performance.now();
    if (Math.abs(present - apart) > JUMP) void some();
    apart = present;
  }, LOOK);
  addEventListener("online", () => void some());
  void begin();
  turn();
}
