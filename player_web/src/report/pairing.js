/**
 * How this browser becomes the player of a controller: it shows a code that an operator types in, or claims an invitation.
 *
 * @typedef {object} Paired
 * @property {string} key_id
 * @property {string} controller
 * @property {string} cluster
 * @property {object} root the province's TUF root document, trusted from here on
 * @property {number} poll_ms
 */

import { Refused } from "./api.js";
import { makeKey } from "./key.js";

const ASK_EVERY = 2500;

/** @param {number} milliseconds @returns {Promise<void>} */
const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function screenSize() {
  const ratio = window.devicePixelRatio;
  return { width: Math.max(1, Math.round(window.screen.width * ratio)), height: Math.max(1, Math.round(window.screen.height * ratio)) };
}

/**
 * Keeps a pairing; whatever an earlier one left is forgotten, for its root is not this one's.
 * @param {import("../storage/database.js").Database} database @param {Paired} paired @param {CryptoKeyPair} keys @param {string} code
 */
async function keep(database, { key_id, controller, cluster, root, poll_ms }, keys, code) {
  const pairing = { key_id, controller, cluster, root: JSON.stringify(root), poll_ms, privateKey: keys.privateKey, code };
  await database.write(
    ["state", "metadata", "releases", "playlog", "events"],
    (stores) => {
      for (const store of Object.values(stores)) store.clear();
      stores.state.put(pairing, "pairing");
    },
    true,
  );
  return pairing;
}

/**
 * Claims an invitation. The key is kept first, so that asking again after a lost answer is the same request.
 * @param {import("./api.js").Api} api @param {import("../storage/database.js").Database} database @param {string} code
 * @throws {Refused | TypeError}
 */
export async function claim(api, database, code) {
  const begun = await database.get("state", "claiming");
  const { keys, publicKey } = begun?.code === code ? begun : await makeKey();
  await database.put("state", { code, keys, publicKey }, "claiming");
  const paired = await api.post("pairings/claim", { code, public_key: publicKey, screen: screenSize() });
  return keep(database, paired, keys, code);
}

/**
 * Shows codes until an operator has typed one in.
 * @param {import("./api.js").Api} api @param {import("../storage/database.js").Database} database @param {string} seat
 * @param {(code: string | null, problem: string) => void} show `code` null while none is known
 */
export async function pair(api, database, seat, show) {
  const { keys, publicKey } = await makeKey();
  for (;;) {
    try {
      const offer = await api.post("pairings", { public_key: publicKey, screen: screenSize(), seat });
      show(offer.code, "");
      const paired = await wait(api, offer, (problem) => show(offer.code, problem));
      if (paired) return await keep(database, paired, keys, "");
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError || error instanceof DOMException)) throw error;
      show(null, error instanceof Refused && error.status === 429 ? "busy" : "offline");
      await rest(ASK_EVERY * 2);
    }
  }
}

/**
 * @param {import("./api.js").Api} api @param {{id: number | string, secret: string}} offer @param {(problem: string) => void} problem
 * @returns {Promise<Paired | null>} null when the code has expired
 */
async function wait(api, offer, problem) {
  for (;;) {
    await rest(ASK_EVERY);
    try {
      const answer = await api.post(`pairings/${offer.id}/status`, { secret: offer.secret });
      problem("");
      if (answer.status === "paired") return answer;
    } catch (error) {
      if (error instanceof Refused && (error.status === 410 || error.status === 404)) return null;
      problem("offline");
    }
  }
}
