/** Draws the page that stands before the stage; over it only where somebody at the machine asked for it. */

import { drawing, isCode } from "./qr.js";
import { ACTIONS, PAGES, PROBLEMS } from "./texts.js";

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

/** An address breaks after its slashes only, so that a person copies it rightly. @param {string} value */
const breakable = (value) => value.split(/(?<=[^/]\/)(?!\/)/).flatMap((part, index) => (index ? [element("wbr", {}), part] : [part]));

/** A text in which `{name}` becomes a value set apart. @param {string} text @param {Record<string, string>} values */
function filled(text, values) {
  return text.split(/(\{\w+\})/).map((part) => {
    const value = values[part.slice(1, -1)];
    return /^\{\w+\}$/.test(part) && value !== undefined ? element("code", {}, ...breakable(value)) : part;
  });
}

/**
 * @typedef {object} More
 * @property {string | null} [code] null: a place is kept for it
 * @property {string[]} [qr] rows of a QR code that stands beside the code
 * @property {Record<string, string>} [values] what stands for `{name}` in the texts
 * @property {string} [problem] of PROBLEMS, in the place of the foot
 * @property {boolean} [over] it stands over what is played until `lower`
 * @property {[string, () => void][]} [actions] names of ACTIONS, and what their buttons do; the first has the focus
 */

export class Page {
  #showing = "";
  #over = false;

  /** @param {HTMLElement} root @param {string} seat @param {string} [size] of the screen, in words */
  constructor(root, seat, size = "") {
    this.root = root;
    this.seat = seat;
    this.size = size;
  }

  /** Which page is shown; empty while playing. */
  get state() {
    return this.#showing;
  }

  /** @param {string} name of PAGES @param {More} [more] */
  show(name, more = {}) {
    const { title, steps = [], foot, numbered, trouble } = PAGES[name];
    if (more.code !== undefined && this.#showing === name && this.#same(more)) return;
    this.#showing = name;
    this.#over = !!more.over;
    const values = more.values ?? {};
    const head = element("div", { class: "title" }, element("h1", {}, title.vi), element("p", { lang: "en" }, title.en));
    const section = element("section", {}, head);
    if (more.code !== undefined) section.append(this.#code(more));
    if (steps.length) {
      const items = steps.map(({ vi, en }) =>
        element("li", {}, element("div", {}, ...filled(vi, values), element("span", { lang: "en" }, ...filled(en, values)))),
      );
      section.append(element(numbered ? "ol" : "ul", {}, ...items));
    }
    const buttons = (more.actions ?? []).map(([action, run]) => this.#button(action, run));
    if (buttons.length) section.append(element("p", { class: "actions" }, ...buttons));
    this.root.replaceChildren(this.#header(), section, this.#footer(PROBLEMS[more.problem ?? ""] ?? foot, !!trouble || !!more.problem));
    this.root.dataset.problem = more.problem ?? "";
    this.root.classList.toggle("codes", more.code !== undefined);
    this.root.hidden = false;
    document.body.classList.remove("playing");
    buttons[0]?.focus();
  }

  /** Nothing is drawn anew for an answer that changes nothing. @param {More} more */
  #same({ code, problem = "" }) {
    return this.root.querySelector(".code:not(.waiting)")?.textContent === code && this.root.dataset.problem === problem;
  }

  /** @param {More} more */
  #code({ code, qr }) {
    const shown = element("p", { class: code ? "code" : "code waiting", "aria-live": "polite" }, code ?? "····-····");
    return element("div", { class: "asking" }, ...(code && isCode(qr) ? [drawing(qr)] : []), shown);
  }

  /** @param {string} action @param {() => void} run */
  #button(action, run) {
    const { vi, en } = ACTIONS[action];
    const button = element("button", { type: "button" }, vi, element("span", { lang: "en" }, en));
    button.addEventListener("click", run);
    return button;
  }

  #header() {
    const mark = element("span", { class: "mark", "aria-hidden": "true" }, ...[0, 1, 2, 3].map(() => element("i", {})));
    const header = element("header", {}, mark, "Bảng Tin");
    const facts = [this.seat === "main" ? "" : this.seat, this.size].filter(Boolean);
    if (facts.length) header.append(element("span", { class: "seat" }, facts.join(" · ")));
    return header;
  }

  /** @param {import("./texts.js").Text | undefined} text @param {boolean} still */
  #footer(text, still) {
    const footer = element("footer", still ? { class: "still" } : {});
    if (text) footer.append(element("span", { class: "dot" }), element("span", {}, text.vi, " · ", element("span", { lang: "en" }, text.en)));
    return footer;
  }

  /** The stage has something to show: the page goes, unless somebody at the machine asked for it. */
  hide() {
    if (this.#showing && !this.#over) this.lower();
  }

  /** The page goes. */
  lower() {
    if (!this.#showing) return;
    this.#showing = "";
    this.#over = false;
    this.root.hidden = true;
    this.root.replaceChildren();
    document.body.classList.add("playing");
  }
}
