/**
 * How this browser becomes the player of a controller: it shows a code that an operator types in, or claims an invitation. It makes
 * its own key, and signs every question with it, so that a code belongs to the screen that shows it.
 *
 * @typedef {object} Paired
 * @property {string} key_id
 * @property {string} controller
 * @property {string} cluster
 * @property {object} root the province's TUF root document, trusted from here on
 * @property {number} poll_ms
 *
 * @typedef {object} Offer
 * @property {number} id
 * @property {string} secret
 * @property {string} code what the screen shows
 * @property {string} [address] the page of the CMS where it is typed in
 * @property {string[]} [qr] the rows of a QR code that leads there with the code filled in
 *
 * @typedef {{key_id: string, controller: string, cluster: string, root: string, poll_ms: number, privateKey: CryptoKey, code: string}} Kept
 * @typedef {import("../storage/database.js").Database} Database
 * @typedef {import("./api.js").Api} Api
 */

import { Unreachable } from "../update/download.js";
import { Refused } from "./api.js";
import { keyId, makeKey } from "./key.js";

const ASK_EVERY = 2500;

/** The server's keys are not those that this player trusts. Only a person at the machine may decide that they shall be. */
export class OtherKeys extends Error {
  /** @param {Paired} paired @param {CryptoKeyPair} keys */
  constructor(paired, keys) {
    super("the server's root is not the one this player trusts");
    this.paired = paired;
    this.keys = keys;
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function screenSize() {
  const ratio = window.devicePixelRatio;
  return { width: Math.max(1, Math.round(window.screen.width * ratio)), height: Math.max(1, Math.round(window.screen.height * ratio)) };
}

/**
 * Keeps a pairing. What an earlier one left stays where it is still true: with the same root, for the same cluster.
 * @param {Database} database @param {Paired} paired @param {CryptoKeyPair} keys @param {string} code
 * @param {Kept} [before] the pairing whose root is trusted on
 * @returns {Promise<Kept>}
 */
export async function keep(database, { key_id, controller, cluster, root, poll_ms }, keys, code, before) {
  const trusted = before?.root ?? JSON.stringify(root);
  const pairing = { key_id, controller, cluster, root: trusted, poll_ms, privateKey: keys.privateKey, code };
  const stays = before?.cluster === cluster;
  await database.write(
    ["state", "metadata", "releases", "playlog", "events"],
    (stores) => {
      const { state, playlog, ...others } = stores;
      if (!stays) for (const store of [state, ...Object.values(others)]) store.clear();
      if (!stays || before.controller !== controller) {
        playlog.clear();
        state.delete("playing");
      }
      for (const name of ["revoked", "asking", "claiming"]) state.delete(name);
      state.put(pairing, "pairing");
    },
    true,
  );
  return pairing;
}

/**
 * Claims an invitation. The key is kept first, so that asking again after a lost answer is the same request.
 * @param {Api} api @param {Database} database @param {string} code
 * @throws {Refused | TypeError}
 */
export async function claim(api, database, code) {
  const begun = await database.get("state", "claiming");
  const { keys, publicKey } = begun?.code === code ? begun : await makeKey();
  await database.put("state", { code, keys, publicKey }, "claiming");
  const signer = { id: await keyId(publicKey), privateKey: keys.privateKey };
  const paired = await api.signed("pairings/claim", { code, public_key: publicKey, screen: screenSize() }, signer);
  return keep(database, forMe(paired, signer.id), keys, code);
}

/** @param {Paired} paired @param {string} id @returns {Paired} @throws {Refused} when the answer is meant for another screen */
function forMe(paired, id) {
  if (paired?.key_id !== id || !paired.root || !paired.cluster || !paired.controller) throw new Refused(409, { error: "not mine" });
  return paired;
}

/**
 * Shows codes until an operator has typed one in. Key and code outlive a restart of the page.
 * @param {object} ports
 * @param {Api} ports.api
 * @param {Database} ports.database
 * @param {string} ports.seat
 * @param {(offer: Offer | null, problem: string) => void} ports.show null while no code is known
 * @param {Kept} [ports.before] an earlier pairing; its root stays the one that is trusted
 * @param {(paired: Paired) => Promise<boolean>} [ports.trusts] whether a server answers to that root
 * @param {() => boolean} [ports.again] whether another code is wanted when one has ended
 * @returns {Promise<Kept | null>} null when no more codes are wanted
 * @throws {OtherKeys | import("../storage/database.js").StorageError}
 */
export async function pair({ api, database, seat, show, before, trusts = async () => true, again = () => true }) {
  const begun = await database.get("state", "asking");
  let { keys, publicKey } = begun ?? (await makeKey());
  /** @type {Offer | null} */
  let offer = begun?.offer ?? null;
  for (;;) {
    const signer = { id: await keyId(publicKey), privateKey: keys.privateKey };
    try {
      if (!offer) {
        if (!again()) return null;
        offer = await api.signed("pairings", { public_key: publicKey, screen: screenSize(), seat }, signer);
        await database.put("state", { keys, publicKey, offer }, "asking").catch(() => {});
      }
      const shown = /** @type {Offer} */ (offer);
      show(shown, "");
      const paired = await wait(api, shown, signer, (problem) => show(shown, problem));
      offer = null;
      if (!paired) continue;
      forMe(paired, signer.id);
      if (before && !(await untilKnown(() => trusts(paired), () => show(shown, "offline")))) throw new OtherKeys(paired, keys);
      return await keep(database, paired, keys, "", before);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError || error instanceof DOMException)) throw error;
      if (error instanceof Refused && error.body?.error === "revoked") ({ keys, publicKey } = await makeKey());
      show(offer, error instanceof Refused && (error.status === 429 || error.status === 503) ? "busy" : "offline");
      await pause(Math.max(ASK_EVERY * 2, api.rest));
    }
  }
}

/** @param {() => Promise<boolean>} ask @param {() => void} waiting @returns {Promise<boolean>} asked until the network answers */
async function untilKnown(ask, waiting) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      waiting();
      await pause(ASK_EVERY);
    }
  }
}

/**
 * @param {Api} api @param {Offer} offer @param {import("./api.js").Signer} signer @param {(problem: string) => void} problem
 * @returns {Promise<Paired | null>} null when the code has ended
 */
async function wait(api, offer, signer, problem) {
  for (;;) {
    try {
      const answer = await api.signed(`pairings/${offer.id}/status`, { secret: offer.secret }, signer);
      problem("");
      if (answer.status === "paired") return answer;
    } catch (error) {
      if (error instanceof Refused && (error.status === 410 || error.status === 404 || error.body?.revoked)) return null;
      problem(error instanceof Refused && error.status === 503 ? "notready" : "offline");
    }
    await pause(Math.max(ASK_EVERY, api.rest));
  }
}

/**
 * Whether the server takes back that it revoked this player: an answer that nobody signed must not end a programme for good.
 * @param {Api} api
 * @returns {Promise<"revoked" | "heard" | "unknown">} unknown: the server does not answer, or says something else
 */
export async function stillRevoked(api) {
  try {
    await api.signed("events", { boot: "start", events: [] });
    return "heard";
  } catch (error) {
    return error instanceof Refused && error.status === 403 && error.body?.revoked === true ? "revoked" : "unknown";
  }
}
