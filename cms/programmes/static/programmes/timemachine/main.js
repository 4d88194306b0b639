/** Puts the time machine together: the player's own code over schedules compiled from present records. */

import { caption, frameOf } from "./captions.js";
import { Clockwork } from "./clockwork.js";
import { Comparison } from "./compare.js";
import { Days } from "./days.js";
import { listen } from "./keys.js";
import { Refused, ask } from "./net.js";
import { Reasons } from "./reasons.js";
import { POSTER, Row, settled, withPosters } from "./row.js";
import { Ruler } from "./ruler.js";
import { Zone } from "./zone.js";

/** @typedef {import("./days.js").Day} Day @typedef {import("./days.js").Programme} Programme */

/** Above this speed clips are posters and reasons wait. */
const CALM = 4;
const NO_SHA = "0".repeat(64);
const FIRST = 946_684_800_000;
const LAST = 4_102_444_800_000;

/** @template {HTMLElement} T @param {string} name @returns {T} */
const part = (name) => /** @type {T} */ (document.querySelector(`[data-tm-${name}]`));
const read = (/** @type {string} */ id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "null");
const monotonic = () => performance.now();

const config = read("tm-config");
/** @type {Record<string, string>} */
const words = read("tm-words");

/** @param {string} path @returns {Promise<any>} a module of the player, under the address that the CMS serves it at */
const player = (path) => import(`${config.player}src/${path}`);

async function start() {
  const [face, urls, pool, programmes, format] = await Promise.all(
    ["stage/face.js", "stage/urls.js", "stage/video_pool.js", "stage/programme.js", "core/schedule.js"].map(player),
  );
  const machine = new TimeMachine({ ...face, ...urls, ...pool, ...programmes, ...format });
  Object.defineProperty(window, "timemachine", { value: machine });
  machine.start();
}

class TimeMachine {
  /** @type {Map<string, string>} the day whose schedule names an asset */
  #sources = new Map();
  #chosen = "";
  #dragging = false;
  /** @type {Row | undefined} */
  #released;
  #scenes = "";
  #day = "";
  #drawn = "";
  #said = "";
  #attention = "";
  /** @type {Map<Programme, Programme>} */
  #stills = new Map();
  /** @type {Map<Programme, Programme>} */
  #quick = new Map();
  /** @type {Map<string, string>} what does not work, and what is said of it */
  #troubles = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settled;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /** @param {any} modules of the player */
  constructor(modules) {
    this.modules = modules;
    const zone = new Zone(config.timezone, document.documentElement.lang || "vi");
    this.zone = zone;
    this.root = part("root");
    this.clockwork = new Clockwork(config.at, monotonic);
    this.loadedAt = monotonic();
    const none = { ...modules.noNotices(config.cluster), values: config.values };
    const programme = (/** @type {any} */ schedule) => modules.programmeOf(schedule, none);
    this.days = new Days({
      url: config.urls.schedule,
      read: (document) => modules.readSchedule(document, config.cluster),
      programme,
      monotonic,
      loaded: (day) => this.#arrived(day),
      failed: (error) => this.#trouble("schedule", error),
    });
    this.row = this.#row(part("row"), (asset) => this.#sources.get(asset) ?? this.#day);
    this.ruler = new Ruler({
      root: part("ruler"),
      legend: part("legend"),
      faces: this.row.letters,
      words,
      zone,
      moved: (instant, dragging) => this.go(instant, dragging),
    });
    this.reasons = new Reasons({
      root: part("reasons"),
      url: config.urls.explain,
      words,
      failed: (error) => this.#trouble("reasons", error),
      heard: () => this.#calm("reasons"),
    });
    this.comparison = new Comparison({
      root: part("differences"),
      urls: config.urls,
      words,
      read: (document) => programme(modules.readSchedule(document, config.cluster)),
      changed: () => this.#compared(),
      go: (instant) => this.go(instant),
      failed: (error) => this.#trouble("compare", error),
      heard: () => this.#calm("compare"),
    });
  }

  /** @param {HTMLElement} root @param {(asset: string) => string} source */
  #row(root, source) {
    return new Row({
      root,
      player: this.modules,
      fetch: async (asset) => {
        const sha = asset.replace(POSTER, "");
        const url = asset === sha ? config.urls.asset : config.urls.poster;
        return (await ask(url.replace("SOURCE", source(sha)).replace(NO_SHA, sha))).blob();
      },
      pace: () => (this.clockwork.playing ? this.clockwork.speed : 1),
      failed: () => this.#failed(),
    });
  }

  start() {
    this.root.classList.add("tm--live");
    for (const hidden of this.root.querySelectorAll("[data-tm-live]")) /** @type {HTMLElement} */ (hidden).hidden = false;
    this.#listen();
    this.#day = this.zone.day(this.clockwork.now());
    this.#attention = this.#day;
    this.days.want(this.#day);
    const turn = () => {
      requestAnimationFrame(turn);
      this.#tick();
    };
    turn();
  }

  #listen() {
    const field = /** @type {HTMLInputElement} */ (part("field"));
    const form = /** @type {HTMLFormElement} */ (part("form"));
    form.addEventListener("submit", (event) => (event.preventDefault(), this.#typed(field)));
    field.addEventListener("change", () => this.#typed(field));
    part("now").addEventListener("click", (event) => (event.preventDefault(), this.go(config.now + monotonic() - this.loadedAt)));
    part("back").addEventListener("click", () => this.go(this.zone.daysOn(this.clockwork.now(), -1)));
    part("on").addEventListener("click", () => this.go(this.zone.daysOn(this.clockwork.now(), 1)));
    part("play").addEventListener("click", () => this.toggle());
    for (const speed of this.root.querySelectorAll("input[name=speed]")) {
      speed.addEventListener("change", () => this.#speed(Number(/** @type {HTMLInputElement} */ (speed).value)));
    }
    for (const pick of this.root.querySelectorAll("[data-tm-pick]")) {
      pick.addEventListener("click", () => this.#choose(/** @type {HTMLElement} */ (pick).dataset.tmPick ?? ""));
    }
    const compare = /** @type {HTMLInputElement} */ (part("compare"));
    compare.addEventListener("change", () => void this.comparison.toggle(compare.checked, this.#day));
    const cluster = /** @type {HTMLSelectElement | null} */ (part("cluster"));
    cluster?.addEventListener("change", () => location.assign(`${cluster.value}?at=${encodeURIComponent(this.#iso())}`));
    const holidays = /** @type {HTMLSelectElement | null} */ (part("holidays"));
    holidays?.addEventListener("change", () => {
      if (holidays.value) this.go(this.zone.instant(`${holidays.value}T${this.#iso().slice(11)}`));
      holidays.value = "";
    });
    listen(this.root, this.ruler.needle, {
      by: (ms) => this.go(this.clockwork.now() + ms),
      days: (days) => this.go(this.zone.daysOn(this.clockwork.now(), days)),
      to: (time) => this.go(this.zone.instant(`${this.#day}T${time}`)),
      toggle: () => this.toggle(),
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.#refresh());
  }

  /** @param {HTMLInputElement} field */
  #typed(field) {
    const instant = this.zone.instant(field.value);
    const wrong = !(instant >= FIRST && instant < LAST);
    part("wrong").textContent = wrong ? words.noTime : "";
    part("wrong").hidden = !wrong;
    field.setAttribute("aria-invalid", String(wrong));
    if (!wrong) this.go(instant);
  }

  /** @param {number} instant UTC ms @param {boolean} [dragging] */
  go(instant, dragging = false) {
    if (!(instant >= FIRST && instant < LAST)) return;
    this.#dragging = dragging;
    this.clockwork.set(instant);
    this.#drawn = "";
    this.#scenes = "";
  }

  toggle() {
    if (this.clockwork.playing) this.clockwork.pause();
    else this.clockwork.play();
    this.#drawn = "";
    this.#scenes = "";
    this.#buttons();
  }

  /** @param {number} speed */
  #speed(speed) {
    this.clockwork.run(speed);
    this.#drawn = "";
    this.#scenes = "";
  }

  #buttons() {
    const play = part("play");
    play.classList.toggle("tm-play--on", this.clockwork.playing);
    // Read aloud only what somebody can listen to in peace.
    part("reasons").setAttribute("aria-live", this.clockwork.playing ? "off" : "polite");
    /** @type {HTMLElement} */ (play.querySelector("[data-tm-play-word]")).textContent = this.clockwork.playing ? words.pauseButton : words.play;
  }

  /** @param {string} letter */
  #choose(letter) {
    this.#chosen = this.#chosen === letter ? "" : letter;
    for (const pick of this.root.querySelectorAll("[data-tm-pick]")) {
      pick.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (pick).dataset.tmPick === this.#chosen));
    }
    this.#scenes = "";
  }

  /** Whether time runs too fast for clips and reasons. */
  get #fast() {
    return this.clockwork.playing && this.clockwork.speed > CALM;
  }

  #tick() {
    const instant = this.clockwork.now();
    const day = this.zone.day(instant);
    if (day !== this.#day) this.#newDay(day);
    this.days.want(day);
    const document = this.days.covering(day, instant);
    this.clockwork.hold(!document);
    this.#clock(instant);
    if (!document) return;
    this.days.want(this.zone.day(this.zone.daysOn(instant, 1)));
    this.#draw(document.programme, instant);
    this.#told(document, instant);
  }

  /** @param {string} day */
  #newDay(day) {
    this.#day = day;
    const known = this.days.get(day);
    if (known) this.ruler.show(known.ruler, this.comparison.of(day));
    void this.comparison.want(day);
  }

  /** @param {number} instant */
  #clock(instant) {
    this.ruler.point(instant);
    const text = this.zone.said(instant);
    const moment = part("moment");
    if (moment.textContent !== text) moment.textContent = text;
    const field = /** @type {HTMLInputElement} */ (part("field"));
    if (document.activeElement !== field) {
      const value = this.zone.text(instant);
      if (field.value !== value) field.value = value;
    }
  }

  /** @param {Programme} programme @param {number} instant */
  #draw(programme, instant) {
    const compared = this.comparison.on ? this.comparison.programme : undefined;
    if (this.clockwork.playing && !this.#fast && !this.#dragging) {
      this.row.run(programme, instant);
      if (compared) this.#released?.run(compared, instant);
      return;
    }
    const key = `${instant} ${this.#fast} ${this.#dragging}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const known = this.#fast || this.#dragging ? this.#quick : this.#stills;
    this.row.still(this.#standing(known, programme), instant);
    if (compared) this.#released?.still(this.#standing(known, compared), instant);
  }

  /** @param {Map<Programme, Programme>} known @param {Programme} programme */
  #standing(known, programme) {
    let made = known.get(programme);
    if (!made) {
      made = settled(known === this.#quick ? withPosters(programme) : programme);
      if (known.size > 8) known.clear();
      known.set(programme, made);
    }
    return made;
  }

  /** What is on the faces changed: captions, reasons, what is spoken. @param {Day} day @param {number} instant */
  #told(day, instant) {
    const { programme } = day;
    const results = this.row.letters.map((letter) => frameOf(programme, letter, instant));
    const scenes = `${results.map((one) => `${one?.kind} ${one?.scene}`).join(",")} ${this.clockwork.playing} ${this.#fast} ${this.#chosen}`;
    if (scenes === this.#scenes) return;
    this.#scenes = scenes;
    const released = this.comparison.on ? this.comparison.programme : undefined;
    const titles = this.row.letters.map((letter) => caption({ row: part("row"), released: part("released") }, day, letter, instant, words, released));
    if (this.#fast) this.reasons.rest();
    else this.reasons.want(instant, this.#chosen);
    const said = [this.zone.said(instant), ...this.row.letters.map((letter, index) => `${words.face.replace("{face}", letter.toUpperCase())}: ${titles[index]}`)].join("; ");
    if (!this.#fast && said !== this.#said) this.ruler.say(instant, (this.#said = said));
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.#rested(), 600);
  }

  /** Nobody moved for a moment: the address says where one is, and what wants attention belongs to the day. */
  #rested() {
    if (this.clockwork.playing) return;
    const address = new URL(location.href);
    address.searchParams.set("at", this.#iso());
    address.searchParams.delete("cluster");
    history.replaceState(history.state, "", address);
    if (this.#attention !== this.#day) void this.#attend(this.#day);
  }

  #iso() {
    return this.zone.text(this.clockwork.now());
  }

  /** @param {string} day */
  async #attend(day) {
    this.#attention = day;
    try {
      const answer = await ask(`${config.urls.attention}?day=${day}`);
      const text = await answer.text();
      if (this.#attention === day) part("attention").innerHTML = text;
      this.#calm("attention");
    } catch (error) {
      this.#attention = "";
      this.#trouble("attention", error);
    }
  }

  /** @param {Day} day */
  #arrived(day) {
    for (const asset of Object.keys(day.schedule.assets)) this.#sources.set(asset, day.ruler.day);
    if (day.ruler.day === this.#day) {
      this.ruler.show(day.ruler, this.comparison.of(this.#day));
      this.#drawn = "";
      this.#scenes = "";
    }
    this.#calm("schedule");
  }

  /** The page is looked at again: records may have changed meanwhile. */
  #refresh() {
    this.comparison.forget();
    void this.comparison.want(this.#day);
    this.days.load(this.#day).catch(() => {});
  }

  #compared() {
    const root = part("released");
    root.hidden = !this.comparison.on;
    this.root.classList.toggle("tm--comparing", this.comparison.on);
    if (this.comparison.on && !this.#released) this.#released = this.#row(root, () => "in-force");
    const known = this.days.get(this.#day);
    if (known) this.ruler.show(known.ruler, this.comparison.of(this.#day));
    root.classList.toggle("tm-row--none", this.comparison.on && this.comparison.none);
    this.#drawn = "";
    this.#scenes = "";
  }

  /** A picture could not be had: what is there stays, and after a while it is tried again. */
  #failed() {
    this.#trouble("picture", undefined, words.pictureMissing);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#calm("picture");
      this.row.retry();
      this.#released?.retry();
      this.#drawn = "";
    }, 4000);
  }

  /** @param {string} of what did not work @param {unknown} error @param {string} [text] */
  #trouble(of, error, text) {
    const refused = error instanceof Refused;
    this.#troubles.set(of, text ?? (refused ? (error.status === 401 ? words.session : error.words || words.refused) : words.unreachable));
    this.#status();
  }

  /** @param {string} of what works again */
  #calm(of) {
    if (this.#troubles.delete(of)) this.#status();
  }

  #status() {
    const [text] = this.#troubles.values();
    part("status").textContent = text ?? "";
    part("status").hidden = !text;
  }

  /** What the faces show, for whoever watches. */
  get state() {
    const { playing, speed } = this.clockwork;
    return { instant: this.clockwork.now(), playing, speed, day: this.#day, busy: this.row.busy, faces: this.row.state() };
  }
}

start().catch((error) => {
  console.error(error);
  const status = part("status");
  status.textContent = words.unreachable;
  status.hidden = false;
});
