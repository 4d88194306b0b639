/** Starts the player: whether it can run here, one window per seat, its storage, its pairing; then it plays. */

import { pairing } from "./asking.js";
import { Clock } from "./core/clock.js";
import { play } from "./play.js";
import { Api } from "./report/api.js";
import { address, complain, monotonic, origin, page, seat, stick } from "./setting.js";
import { Database } from "./storage/database.js";
import { openFiles } from "./storage/files.js";

/** @returns {Promise<string>} the page that says why it cannot run here, or nothing */
async function unfit() {
  if (!window.isSecureContext || !globalThis.crypto?.subtle) return "insecure";
  if (!globalThis.indexedDB || !(navigator.storage || globalThis.caches)) return "storage";
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return "browser";
  }
  return "";
}

/** One window per seat; the next one waits until this one is gone. */
async function takeSeat() {
  if (!navigator.locks) return;
  const held = (/** @type {LockOptions} */ options) =>
    new Promise((taken) => {
      navigator.locks.request(`bangtin-${seat}`, options, (lock) => {
        taken(lock !== null);
        return lock ? new Promise(() => {}) : undefined;
      });
    });
  if (await held({ ifAvailable: true })) return;
  page.show("elsewhere");
  await held({});
}

async function main() {
  const reason = await unfit();
  if (reason === "insecure" || reason === "browser") {
    const secure = new URL(".", address);
    secure.protocol = "https:";
    const local = new URL(".", address);
    local.hostname = "localhost";
    return page.show(reason, { values: { https: secure.href, localhost: local.href } });
  }
  page.show("starting");
  await takeSeat();
  stick.start();
  const opening = openFiles(seat);
  opening.catch(() => {}); // said where they are waited for
  /** @type {Database} */
  let database;
  try {
    if (reason) throw new Error(reason);
    database = await Database.open(seat, () => setTimeout(() => location.reload(), 5000));
  } catch (error) {
    complain(error);
    page.show("storage");
    setTimeout(() => location.reload(), 30_000);
    return;
  }
  const [ahead = 0, expiry] = await Promise.all([database.get("state", "clock"), database.get("state", "expiry")]);
  // A machine whose battery died wakes up in 1970; it is later than what was signed all the same.
  const floor = expiry?.floor ?? 0;
  const clock = new Clock(monotonic(), Math.max(Date.now() + ahead, floor) - monotonic());
  const api = new Api(new URL("api/player/v1/", origin), clock);
  await play(await pairing(database, api), database, api, clock, opening);
}

main().catch((error) => {
  complain(error);
  page.show("storage");
  setTimeout(() => location.reload(), 30_000);
});
