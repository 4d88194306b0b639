/** The clock of expiry with what it must remember between starts. */

import { ExpiryClock } from "../core/expiry_clock.js";

/** How often the time that has passed is written down, milliseconds: as much is lost when the power goes. */
const EVERY = 300_000;
const DAY = 86_400_000;

/**
 * @param {object} ports
 * @param {import("../storage/database.js").Database} ports.database
 * @param {string} ports.pairing which pairing this is; a new one begins anew, with a person before the screen
 * @param {() => number} ports.server the server's time, UTC milliseconds
 * @param {(kind: string, detail: Record<string, string | number | null>) => void} ports.report
 * @returns {Promise<{now: () => number, heard: (made: number | null) => void}>} the ports of a TufClient
 */
export async function expiryClock({ database, pairing, server, report }) {
  const kept = await database.get("state", "expiry");
  const known = kept?.pairing === pairing;
  const clock = new ExpiryClock(performance.now(), known ? kept : { offset: server() - Date.now(), floor: null });
  let told = false;
  const keep = () => {
    database.put("state", { pairing, ...clock.kept(performance.now()) }, "expiry").catch(() => {}); // the next turn tries again
  };
  keep();
  setInterval(keep, EVERY);
  return {
    now: () => {
      const [monotonic, machine, said] = [performance.now(), Date.now(), server()];
      const wrong = clock.disagreement(monotonic, machine, said);
      if (wrong !== 0 && !told) {
        report("error", { what: "clock", reason: wrong < 0 ? "server_behind" : "server_ahead", detail: `${Math.round(Math.abs(wrong) / DAY)} d` });
      }
      told = wrong !== 0;
      return clock.now(monotonic, machine, said);
    },
    heard: (made) => {
      clock.heard(performance.now(), made);
      keep();
    },
  };
}
