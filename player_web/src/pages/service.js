/**
 * The technician's page: Ctrl + Alt + D, or five touches of the upper left corner within three seconds, then the controller's PIN. It
 * stands over what is played, which goes on, and goes by itself. Without a PIN known (a player that never was online) it tells of release,
 * clock and network only. An alert that begins takes the screen back.
 *
 * @typedef {import("./service_facts.js").Language} Language
 */

import { PATTERNS } from "../core/patterns.js";
import { DIGITS } from "../report/service_pin.js";
import { facts, filled } from "./service_facts.js";
import { PatternShow } from "./service_patterns.js";
import { LABELS, SAID } from "./service_texts.js";

/** Milliseconds after which the page goes when nobody does anything. */
const IDLE = 300_000;
const EVERY = 1000;
/** A touch of the corner: how many, within how long, how near, px. */
const TOUCHES = 5;
const WITHIN = 3000;
const CORNER = 160;

/**
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export class ServicePage {
  /** @type {"" | "pin" | "facts" | "patterns" | "pattern"} */
  #view = "";
  /** @type {Language} */
  #language = "vi";
  #typed = "";
  #all = false;
  #checking = false;
  #face = "";
  #alarms = 0;
  /** @type {number[]} */
  #touches = [];
  #root = element("aside", { id: "service", role: "dialog" });
  #said = element("p", { class: "said", role: "status" });
  #body = element("div", { class: "groups" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idle;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beat;

  /**
   * @param {object} ports
   * @param {import("../report/service_pin.js").PinLock} ports.lock
   * @param {import("./service_facts.js").Parts} ports.parts
   * @param {HTMLElement} ports.root of the stage
   * @param {(kind: string, detail: Record<string, string>) => void} ports.report
   */
  constructor(ports) {
    this.ports = ports;
    this.patterns = new PatternShow({ root: ports.root, faces: () => this.#faces(), report: ports.report, over: () => this.close() });
  }

  start() {
    window.addEventListener("keydown", (event) => this.#key(event), true);
    window.addEventListener("pointerdown", (event) => this.#touch(event), true);
  }

  /** What is shown of it; empty while it is away. */
  get view() {
    return this.#view;
  }

  #faces() {
    return this.ports.parts.stage()?.faces() ?? {};
  }

  #alarmed() {
    return Object.values(this.#faces()).filter(({ kind }) => kind === "alert" || kind === "blackout").length;
  }

  /** @param {string} by keys or touch */
  async open(by) {
    if (this.#view) return;
    this.#view = "pin";
    this.#typed = "";
    this.#all = false;
    this.#alarms = this.#alarmed();
    document.body.append(this.#root);
    document.body.classList.add("service");
    this.#beat = setInterval(() => void this.#refresh(), EVERY);
    this.#stay();
    if (!(await this.ports.lock.known())) {
      this.ports.report("service", { what: "page", reason: "opened", by, pin: "none" });
      return this.#go("facts");
    }
    this.#said.textContent = "";
    delete this.#root.dataset.said;
    this.#go("pin");
    return this.#tellClosed();
  }

  close() {
    if (!this.#view) return;
    const inside = this.#view !== "pin";
    this.#view = "";
    clearInterval(this.#beat);
    clearTimeout(this.#idle);
    this.patterns.end();
    this.#root.remove();
    document.body.classList.remove("service");
    if (inside) this.ports.report("service", { what: "page", reason: "closed" });
  }

  #stay() {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), IDLE);
  }

  /** @param {PointerEvent} event */
  #touch(event) {
    if (this.#view) {
      this.#stay();
      if (this.#view !== "pattern") return;
      event.preventDefault();
      return this.#back();
    }
    if (event.clientX > Math.min(CORNER, innerWidth / 4) || event.clientY > Math.min(CORNER, innerHeight / 4)) {
      this.#touches = [];
      return undefined;
    }
    this.#touches = [...this.#touches.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
    if (this.#touches.length < TOUCHES) return undefined;
    this.#touches = [];
    return void this.open("touch");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#view) {
      if (!(event.ctrlKey && event.altKey && event.code === "KeyD")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      return void this.open("keys");
    }
    event.stopImmediatePropagation();
    this.#stay();
    if (this.#view === "pattern") {
      event.preventDefault();
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      return step ? this.#step(step) : this.#back();
    }
    if (event.key === "Escape") return this.#view === "patterns" ? this.#go("facts") : this.close();
    const lines = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (lines) {
      event.preventDefault();
      this.#root.querySelector(".scroll, .patterns")?.scrollBy(0, (lines * innerHeight) / 6);
    }
    if (this.#view === "pin" && (/^\d$/.test(event.key) || event.key === "Backspace")) {
      event.preventDefault();
      this.#type(event.key);
    }
  }

  /** @param {string} key a digit, or Backspace */
  #type(key) {
    if (key === "Backspace") this.#typed = this.#typed.slice(0, -1);
    else if (this.#typed.length < DIGITS) this.#typed += key;
    this.#dots();
    if (this.#typed.length === DIGITS) void this.#try();
  }

  async #try() {
    const typed = this.#typed;
    this.#typed = "";
    this.#say(SAID.checking);
    if ((await this.ports.lock.closed()) > 0) {
      this.#dots();
      return this.#tellClosed(true);
    }
    this.#checking = true;
    const right = await this.ports.lock.open(typed).finally(() => (this.#checking = false));
    if (this.#view !== "pin") return;
    this.ports.report("service", { what: "page", reason: right ? "opened" : "wrong_pin" });
    this.#all = right;
    if (right) return this.#go("facts");
    this.#dots();
    await this.#tellClosed(true);
  }

  /** For how long no PIN is taken. @param {boolean} [tried] one was typed just now */
  async #tellClosed(tried = false) {
    if (this.#view !== "pin" || this.#checking) return;
    const closed = await this.ports.lock.closed();
    if (closed > 0) this.#say(SAID.wrong, { seconds: Math.ceil(closed / 1000) });
    else if (tried || this.#root.dataset.said === SAID.wrong.en) this.#say(SAID.again);
  }

  /** @param {import("./texts.js").Text} text @param {Record<string, string | number>} [values] */
  #say(text, values = {}) {
    this.#root.dataset.said = text.en;
    this.#said.textContent = filled(text[this.#language], values);
  }

  #dots() {
    this.#root.querySelectorAll(".dots i").forEach((dot, number) => dot.classList.toggle("on", number < this.#typed.length));
  }

  /** @param {"pin" | "facts" | "patterns"} view */
  #go(view) {
    this.#view = view;
    this.#draw();
    void this.#refresh();
  }

  async #refresh() {
    const alarms = this.#alarmed();
    if (alarms > this.#alarms) return this.close();
    this.#alarms = alarms;
    if (this.#view === "pin") return this.#tellClosed();
    if (this.#view !== "facts") return undefined;
    const groups = await facts(this.ports.parts, this.#language, this.#all);
    const made = groups.map(({ name, title, rows }) => {
      const list = rows.flatMap(({ label, value, tone }) => [element("dt", {}, label), element("dd", { class: tone }, value)]);
      return element("section", { "data-group": name }, element("h2", {}, title), element("dl", {}, ...list));
    });
    return this.#body.replaceChildren(...made);
  }

  #draw() {
    const { parts } = this.ports;
    const bar = element("header", {}, element("h1", {}, SAID.title[this.#language]));
    const buttons = element("nav", {});
    if (this.#view === "facts" && this.#all) buttons.append(this.#button(SAID.patterns, () => this.#go("patterns"), "patterns"));
    if (this.#view === "patterns") buttons.append(this.#button(SAID.facts, () => this.#go("facts"), "facts"));
    buttons.append(this.#button(SAID.language, () => this.#turn(), "language"), this.#button(SAID.close, () => this.close(), "close", " · Esc"));
    bar.append(buttons);
    const parent = { pin: () => this.#pad(), facts: () => element("div", { class: "scroll" }, this.#body), patterns: () => this.#choices() };
    const main = parent[/** @type {"pin" | "facts" | "patterns"} */ (this.#view)]();
    const note = this.#view === "pin" ? filled(SAID.where[this.#language], { controller: parts.paired.controller }) : this.#note();
    this.#root.dataset.view = this.#view;
    this.#root.lang = this.#language;
    this.#root.setAttribute("aria-label", SAID.title[this.#language]);
    this.#root.replaceChildren(bar, main, element("footer", {}, note));
    this.#dots();
    /** @type {HTMLElement | null} */ (this.#root.querySelector("button"))?.focus();
  }

  #note() {
    if (this.#view === "patterns") return SAID.choose[this.#language];
    return (this.#all ? SAID.behind : SAID.limited)[this.#language];
  }

  #turn() {
    this.#language = this.#language === "vi" ? "en" : "vi";
    this.#said.textContent = "";
    this.#draw();
    void this.#refresh();
  }

  /** @param {import("./texts.js").Text} text @param {() => void} run @param {string} name @param {string} [more] */
  #button(text, run, name, more = "") {
    const button = element("button", { type: "button", "data-name": name }, text[this.#language], more);
    button.addEventListener("click", run);
    return button;
  }

  #pad() {
    const dots = element("p", { class: "dots", "aria-hidden": "true" }, ...Array.from({ length: DIGITS }, () => element("i", {})));
    const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"].map((label) => {
      const key = element("button", { type: "button", "data-key": label, tabindex: "-1" }, label);
      key.addEventListener("click", () => this.#type(label === "⌫" ? "Backspace" : label));
      return key;
    });
    const ask = element("div", { class: "ask" }, element("h2", {}, SAID.pin[this.#language]), dots, this.#said);
    return element("div", { class: "pin" }, ask, element("div", { class: "pad" }, ...keys));
  }

  #choices() {
    const letters = Object.keys(this.#faces());
    const choose = (/** @type {string} */ face) => {
      this.#face = face;
      for (const one of faces.children) one.setAttribute("aria-pressed", String(one.getAttribute("data-face-of") === face));
    };
    const face = (/** @type {string} */ id, /** @type {string} */ label) => {
      const button = element("button", { type: "button", "data-face-of": id, "aria-pressed": String(this.#face === id) }, label);
      button.addEventListener("click", () => choose(id));
      return button;
    };
    if (!letters.includes(this.#face)) this.#face = "";
    const faces = element("div", { class: "faces" }, face("", SAID.all[this.#language]), ...letters.map((id) => face(id, id.toUpperCase())));
    const patterns = Object.entries(PATTERNS).map(([name, { text, proves }]) => {
      const button = this.#button(text, () => this.#show(name), name);
      button.append(element("small", {}, proves[this.#language]));
      return button;
    });
    return element("div", { class: "choices" }, faces, element("div", { class: "patterns", "aria-label": LABELS.canvas[this.#language] }, ...patterns));
  }

  /** @param {string} name of PATTERNS */
  #show(name) {
    this.#view = "pattern";
    this.#root.dataset.view = "pattern";
    this.patterns.show(name, this.#face ? [this.#face] : Object.keys(this.#faces()));
  }

  /** @param {number} step */
  #step(step) {
    const names = Object.keys(PATTERNS);
    this.#show(names[(names.indexOf(this.patterns.name) + step + names.length) % names.length]);
  }

  #back() {
    this.patterns.end();
    this.#go("patterns");
  }
}
