/**
 * What somebody at the machine sees when the server no longer hears this player: why, and a code to pair it anew. What plays goes
 * on, and the page comes only when a key is pressed or the mouse is clicked: nothing stands on a screen in service that nobody
 * approved.
 */

import { OtherKeys, keep, pair } from "../report/pairing.js";

const OPEN = 90_000;

/** @typedef {"revoked" | "unknown_key"} Trouble names of PAGES */

export class Desk {
  /** @type {Trouble | ""} */
  #trouble = "";
  #open = false;
  #asking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {import("../report/pairing.js").Offer | null} */
  #offer = null;
  #problem = "";

  /**
   * @param {object} ports
   * @param {import("./page.js").Page} ports.page
   * @param {() => boolean} ports.playing whether there is something that the page would cover
   * @param {Record<string, string>} ports.values for the texts
   * @param {Omit<Parameters<typeof pair>[0], "show" | "again"> & {before: import("../report/pairing.js").Kept}} ports.pairing
   * @param {(paired: import("../report/pairing.js").Kept) => void} ports.paired
   */
  constructor(ports) {
    this.ports = ports;
  }

  start() {
    addEventListener("keydown", (event) => (event.key === "Escape" && this.#open ? this.close() : this.#touched()));
    addEventListener("pointerdown", () => this.#touched());
  }

  /** @param {Trouble | ""} trouble what the server says of this player; empty: all is well */
  tell(trouble) {
    this.#trouble = trouble;
    if (!trouble && this.#open) this.close();
    if (trouble && !this.ports.playing()) this.#touched();
  }

  close() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.ports.page.lower();
  }

  #touched() {
    if (!this.#trouble) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ports.playing() && this.close(), OPEN);
    if (this.#open) return;
    this.#open = true;
    this.#show();
    if (!this.#asking) void this.#ask();
  }

  #show() {
    if (!this.#open || !this.#trouble) return;
    const { page, values } = this.ports;
    const address = this.#offer?.address ?? values.address;
    page.show(this.#trouble, { code: this.#offer?.code ?? null, qr: this.#offer?.qr, problem: this.#problem, values: { ...values, address }, over: true });
  }

  /** A code that was asked for stays good after the page has closed; no further one is asked for. */
  async #ask() {
    const { pairing, paired } = this.ports;
    this.#asking = true;
    try {
      const made = await pair({
        ...pairing,
        show: (offer, problem) => {
          this.#offer = offer;
          this.#problem = problem;
          this.#show();
        },
        again: () => this.#open,
      });
      if (made) paired(made);
    } catch (error) {
      if (!(error instanceof OtherKeys)) return console.error(error);
      this.#otherKeys(error);
    } finally {
      this.#asking = false;
      this.#offer = null;
    }
  }

  /** @param {OtherKeys} found */
  #otherKeys({ paired, keys }) {
    clearTimeout(this.#timer);
    this.#open = true;
    const { page, pairing } = this.ports;
    const trust = async () => this.ports.paired(await keep(pairing.database, paired, keys, ""));
    page.show("other_keys", { over: true, actions: [["close", () => this.close()], ["trust", () => void trust()]] });
  }
}
