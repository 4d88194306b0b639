/** How a page becomes the player of a controller, and how it becomes so again. */

import { Refused } from "./report/api.js";
import { OtherKeys, claim, keep, pair, stillRevoked } from "./report/pairing.js";
import { continues } from "./report/trust.js";
import { address, complain, monotonic, origin, page, seat, values } from "./setting.js";
import { network } from "./update/source.js";

/** @typedef {import("./report/api.js").Api} Api */
/** @typedef {import("./storage/database.js").Database} Database */

/**
 * How codes are asked for. A player that was paired before goes on trusting its root, whatever a server says of it, unless somebody
 * opened the page with `?pair`.
 * @param {Database} database @param {Api} api @param {any} known
 */
export function asking(database, api, known) {
  const before = address.searchParams.has("pair") ? undefined : known;
  /** @type {(paired: import("./report/pairing.js").Paired) => Promise<boolean>} */
  const trusts = (paired) => continues(before, paired, database, network(origin, paired.cluster).metadata, () => api.clock.now(monotonic()));
  return { api, database, seat, before, trusts };
}

/** @param {Database} database @param {Api} api @returns {Promise<any>} the pairing, old or new */
export async function pairing(database, api) {
  const known = await database.get("state", "pairing");
  const revoked = known && (await database.get("state", "revoked")) && (await confirmed(database, api, known));
  const code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  while (code && code !== known?.code) {
    page.show("claiming");
    try {
      return await claim(api, database, code);
    } catch (error) {
      complain(error);
      if (known && !revoked) break;
      const refused = error instanceof Refused && error.status < 500 && error.status !== 429;
      if (refused) page.show("invitation");
      else page.show("claiming", { problem: error instanceof Refused && error.rest ? "busy" : "offline" });
      await new Promise((resolve) => setTimeout(resolve, Math.max(refused ? 8000 : 3000, api.rest)));
      if (refused) break;
    }
  }
  if (known && !revoked && !address.searchParams.has("pair")) return known;
  return askForCode(database, api, known, revoked ? "revoked" : "pairing");
}

/**
 * @param {Database} database @param {Api} api @param {any} known @param {string} name of the page
 * @returns {Promise<any>}
 */
async function askForCode(database, api, known, name) {
  const show = (/** @type {import("./report/pairing.js").Offer | null} */ offer, /** @type {string} */ problem) =>
    page.show(name, { code: offer?.code ?? null, qr: offer?.qr, problem, values: { address: offer?.address ?? values.address } });
  show(null, "");
  const knock = async () => name === "revoked" && (await stillRevoked(api)) === "heard" && location.reload();
  const knocking = setInterval(knock, 60_000);
  try {
    const made = await pair({ ...asking(database, api, known), show });
    const done = new URL(location.href);
    done.searchParams.delete("pair");
    history.replaceState(null, "", done);
    return made;
  } catch (error) {
    if (!(error instanceof OtherKeys)) throw error;
    return new Promise((resolve) => {
      const trust = async () => resolve(await keep(database, error.paired, error.keys, ""));
      page.show("other_keys", { actions: [["close", () => location.reload()], ["trust", () => void trust()]] });
    });
  } finally {
    clearInterval(knocking);
  }
}

/**
 * Whether the server stands by the revocation it once told. While it does the page says so; where it cannot be asked, what is
 * held plays: nobody signed that answer.
 * @param {Database} database @param {Api} api @param {any} known
 */
async function confirmed(database, api, known) {
  api.signer = { id: known.key_id, privateKey: known.privateKey };
  const said = await stillRevoked(api);
  if (said === "heard") await database.delete("state", "revoked");
  return said === "revoked";
}
