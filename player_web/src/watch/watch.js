/**
 * The player watches itself: frames of the page, its memory, its graphics contexts, errors that nobody caught. It tells each thing once in a
 * while, and loads the page anew where nothing less helps.
 *
 * @typedef {Record<string, string | number | boolean | null>} Detail
 * @typedef {import("./reload_plan.js").Patience} Patience
 * @typedef {"heap" | "pixels" | "context" | "frames" | "errors" | "age"} Reason
 *
 * @typedef {object} Watched the stage, as far as it is watched
 * @property {() => Record<string, {kind: string}>} faces
 * @property {boolean} ready
 * @property {{size: number}} urls
 * @property {{made: number}} videos
 * @property {{made: number}} images
 */

import { SITS_OUT } from "./bench.js";
import { Contexts } from "./contexts.js";
import { FrameRate } from "./frame_rate.js";
import { above, measure } from "./memory.js";
import { ReloadPlan, allowed, remembered } from "./reload_plan.js";
import { renew, reveal } from "./renew.js";
import { Seldom } from "./seldom.js";

const MINUTE = 60_000;
/** Milliseconds that a page which leaves waits until what it told is written down: a storage that hangs must not keep it. */
const WRITE = 1000;
const TELL_EVERY = 10 * MINUTE;
/** Errors of scripts told in an hour, whatever they say. */
const MOST_ERRORS = 20;
const LOOK_EVERY = 1000;
/** Every so many looks the memory is measured; above its bound so many times in a row it is too much. */
const MEASURE = 30;
const TIMES = 3;
/** Looks without one frame of a page that is seen. */
const NO_FRAMES = 15;
/** Frames a second below which a whole minute is told. */
const SLOW = 10;
const OLD = 24 * 60 * MINUTE;
/** So many looks in a row all faces have been dark before an old page is loaded anew; looks, since a machine that slept has seen nothing. */
const NIGHT = 300;
/** @type {Record<Reason | "shell", Patience>} */
const PATIENCE = {
  heap: { boundary: 10 * MINUTE, at_last: 60 * MINUTE },
  pixels: { boundary: 10 * MINUTE, at_last: 60 * MINUTE },
  errors: { boundary: 5 * MINUTE, at_last: 10 * MINUTE },
  context: { boundary: 0, at_last: MINUTE },
  frames: { boundary: 0, at_last: 0 },
  age: { boundary: Infinity, at_last: Infinity },
  shell: { boundary: 0, at_last: 2 * MINUTE },
};
const PAST = "bangtin-reloaded";
const ONGOING = "bangtin-reloading";

export class Watch {
  #rate = new FrameRate();
  #plan = new ReloadPlan();
  #tellings = new Seldom(TELL_EVERY);
  #errors = { hour: -1, told: 0 };
  #born = performance.now();
  #looks = 0;
  #framed = 0;
  #without = 0;
  #above = 0;
  #dark = 0;
  #leaving = false;
  #arrivedOnce = false;
  #request = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #contexts;
  #onError = (/** @type {ErrorEvent} */ { message, filename, lineno }) => this.#script(message, `${filename.split("/").pop()}:${lineno}`);
  #onRejection = (/** @type {PromiseRejectionEvent} */ { reason }) => this.#script(String(reason?.message ?? reason), "promise");

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root of the stage
   * @param {() => Watched | undefined} ports.stage
   * @param {(kind: string, detail: Detail) => void} ports.report
   * @param {() => Promise<unknown>} ports.settled resolves when all that was reported so far is written down
   * @param {import("./memory.js").Bounds} ports.bounds
   * @param {Storage} ports.memory outlives a reload of the page, not the browser
   * @param {() => number} [ports.now] monotonic, milliseconds
   */
  constructor(ports) {
    this.ports = { now: () => performance.now(), ...ports };
    this.#contexts = new Contexts({
      root: ports.root,
      lost: (face) => this.tell({ what: "context", reason: "lost", face }),
      gone: (face) => this.#reload("context", face),
    });
  }

  start() {
    if (this.#timer !== undefined) return;
    const turn = (/** @type {number} */ at) => {
      this.#request = requestAnimationFrame(turn);
      this.#framed += 1;
      this.#rate.frame(at);
    };
    this.#request = requestAnimationFrame(turn);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY);
    this.#contexts.start();
    window.addEventListener("error", this.#onError);
    window.addEventListener("unhandledrejection", this.#onRejection);
  }

  stop() {
    cancelAnimationFrame(this.#request);
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#contexts.stop();
    window.removeEventListener("error", this.#onError);
    window.removeEventListener("unhandledrejection", this.#onRejection);
  }

  /** @returns {{fps: number, dropped: number}} of the last minute */
  frames() {
    const { fps, dropped } = this.#rate.read(this.ports.now());
    return { fps, dropped };
  }

  /** All that is counted, for diagnostics and tests. */
  counts() {
    const stage = this.ports.stage();
    return { ...this.#rate.read(this.ports.now()), ...(stage && measure(this.ports.root, stage)), reload: this.#plan.reason };
  }

  /** A face changed what it shows. @param {string} face */
  shown(face) {
    this.#plan.changed(face, this.ports.now());
    if (this.ports.stage()?.ready) this.#arrived();
    void this.#go();
  }

  /** Something could not be shown. @param {string} what @param {string} reason @param {string} [face] */
  failed(what, reason, face = "") {
    if (reason === SITS_OUT) return;
    if (this.#tellings.may(`failed ${what} ${reason}`, this.ports.now())) this.ports.report("error", face ? { what, reason, face } : { what, reason });
  }

  /** A face's turn ended in an error. @param {string} face @param {unknown} error @param {boolean} rescued it shows the fallback from now on */
  broken(face, error, rescued) {
    const reason = String(/** @type {any} */ (error)?.message ?? error).slice(0, 200);
    this.tell({ what: "face", reason, face, did: rescued ? "fallback" : "" });
    if (rescued) this.#reload("errors", face);
  }

  /** @param {Detail} detail what happened, why, where, what was done */
  tell(detail) {
    const { what, reason, face, asset, did } = detail;
    if (this.#tellings.may([what, reason, face, asset, did].join(" "), this.ports.now())) this.ports.report("watchdog", detail);
  }

  /** The player's own files are new. */
  renewed() {
    this.#plan.plan("shell", this.ports.now(), PATIENCE.shell);
  }

  /** Looks at the memory now. */
  measure() {
    const stage = this.ports.stage();
    if (!stage) return;
    const held = measure(this.ports.root, stage);
    const what = above(held, this.ports.bounds);
    this.#above = what ? this.#above + 1 : 0;
    if (what && this.#above >= TIMES) this.#reload(what);
  }

  #look() {
    const now = this.ports.now();
    this.#looks += 1;
    this.#seen();
    if (this.#looks % MEASURE === 0) this.measure();
    if (this.#looks % 60 === 0) this.#slow(now);
    const kinds = this.#kinds();
    const dark = kinds !== undefined && kinds.length > 0 && kinds.every((kind) => kind === "closed" || kind === "blackout");
    this.#dark = dark ? this.#dark + 1 : 0;
    if (now - this.#born > OLD && this.#dark > NIGHT) this.#reload("age");
    void this.#go();
  }

  /** A page that is looked at must have frames. */
  #seen() {
    const framed = this.#framed;
    this.#framed = 0;
    if (document.hidden) this.#rate.pause();
    this.#without = framed || document.hidden ? 0 : this.#without + 1;
    if (this.#without === NO_FRAMES) this.#reload("frames");
  }

  /** @param {number} now */
  #slow(now) {
    const { fps, longest_ms } = this.#rate.read(now);
    if (fps > 0 && fps < SLOW && !document.hidden) this.tell({ what: "stage", reason: "slow", fps: Math.round(fps), longest_ms });
  }

  #kinds() {
    const faces = this.ports.stage()?.faces();
    return faces && Object.values(faces).map(({ kind }) => kind);
  }

  /** With what the page held, so that a leak that a reload mends is seen all the same. @param {Reason} reason @param {string} [face] */
  #reload(reason, face = "") {
    if (this.#plan.reason === reason) return;
    const stage = this.ports.stage();
    const held = stage && measure(this.ports.root, stage);
    const megabytes = (/** @type {number | null | undefined} */ bytes) => (bytes == null ? null : Math.round(bytes / 1e6));
    const figures = { heap_mb: megabytes(held?.heap), pixels_mb: megabytes(held?.pixels), nodes: held?.nodes ?? null };
    const may = allowed(this.#remember(PAST), reason, Date.now());
    this.tell({ what: "page", reason, did: may ? "planned" : "nothing", ...(face && { face }), ...figures });
    if (may) this.#plan.plan(reason, this.ports.now(), PATIENCE[reason]);
  }

  async #go() {
    const faces = this.ports.stage()?.faces() ?? {};
    const kinds = Object.fromEntries(Object.entries(faces).map(([face, { kind }]) => [face, kind]));
    if (this.#leaving || !this.#plan.due(kinds, this.ports.now())) return;
    this.#leaving = true;
    const { reason } = this.#plan;
    const at = Date.now();
    if (reason !== "shell") this.#keep(PAST, remembered(this.#remember(PAST), reason, at));
    this.#keep(ONGOING, { reason, at });
    await Promise.race([this.ports.settled(), new Promise((done) => setTimeout(done, WRITE))]);
    // What would not answer now is tried again a minute later.
    if (!(await renew())) setTimeout(() => (this.#leaving = false), MINUTE);
  }

  /** Every face shows what it should. After a reload: how long that took. */
  #arrived() {
    if (this.#arrivedOnce) return;
    this.#arrivedOnce = true;
    reveal();
    const began = this.#remember(ONGOING);
    if (!began) return;
    this.#keep(ONGOING, null);
    if (began.reason !== "shell") this.tell({ what: "page", reason: began.reason, did: "reloaded", took_ms: Date.now() - began.at });
  }

  /** @param {string} reason @param {string} at */
  #script(reason, at) {
    const now = this.ports.now();
    const hour = Math.floor(now / (60 * MINUTE));
    if (this.#errors.hour !== hour) this.#errors = { hour, told: 0 };
    if (this.#errors.told >= MOST_ERRORS || !this.#tellings.may(`script ${reason} ${at}`, now)) return;
    this.#errors.told += 1;
    this.ports.report("error", { what: "script", reason: reason.slice(0, 200), at });
  }

  /** @param {string} name @returns {any} */
  #remember(name) {
    try {
      return JSON.parse(this.ports.memory.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {unknown} value */
  #keep(name, value) {
    try {
      if (value === null) this.ports.memory.removeItem(name);
      else this.ports.memory.setItem(name, JSON.stringify(value));
    } catch {
      // A browser that refuses even that may load the page anew once too often.
    }
  }
}
