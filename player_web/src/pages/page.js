/** Draws the page that stands before (and never over) the stage. */

import { PAGES, PROBLEMS } from "./texts.js";

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

/** A text in which `{name}` becomes a value set apart. @param {string} text @param {Record<string, string>} values */
function filled(text, values) {
  return text.split(/(\{\w+\})/).map((part) => {
    const value = values[part.slice(1, -1)];
    return /^\{\w+\}$/.test(part) && value !== undefined ? element("code", {}, value) : part;
  });
}

export class Page {
  #showing = "";

  /** @param {HTMLElement} root @param {string} seat */
  constructor(root, seat) {
    this.root = root;
    this.seat = seat;
  }

  /** Which page is shown; empty while playing. */
  get state() {
    return this.#showing;
  }

  /**
   * @param {string} name of PAGES
   * @param {{code?: string | null, values?: Record<string, string>, problem?: string}} [more] `code` null: a place is kept for it
   */
  show(name, more = {}) {
    const { title, steps = [], foot, numbered, trouble } = PAGES[name];
    this.#showing = name;
    const values = more.values ?? {};
    const section = element("section", {}, element("h1", {}, title.vi), element("p", { lang: "en" }, title.en));
    if (more.code !== undefined) {
      section.append(element("p", { class: more.code ? "code" : "code waiting", "aria-live": "polite" }, more.code ?? "····-····"));
    }
    if (steps.length) {
      const items = steps.map(({ vi, en }) =>
        element("li", {}, element("div", {}, ...filled(vi, values), element("span", { lang: "en" }, ...filled(en, values)))),
      );
      section.append(element(numbered ? "ol" : "ul", {}, ...items));
    }
    this.root.replaceChildren(this.#header(), section, this.#footer(PROBLEMS[more.problem ?? ""] ?? foot, !!trouble || !!more.problem));
    this.root.hidden = false;
    document.body.classList.remove("playing");
  }

  #header() {
    const mark = element("span", { class: "mark", "aria-hidden": "true" }, ...[0, 1, 2, 3].map(() => element("i", {})));
    const header = element("header", {}, mark, "Bảng Tin");
    if (this.seat !== "main") header.append(element("span", { class: "seat" }, this.seat));
    return header;
  }

  /** @param {import("./texts.js").Text | undefined} text @param {boolean} still */
  #footer(text, still) {
    const footer = element("footer", still ? { class: "still" } : {});
    if (text) footer.append(element("span", { class: "dot" }), element("span", {}, text.vi, " · ", element("span", { lang: "en" }, text.en)));
    return footer;
  }

  hide() {
    if (!this.#showing) return;
    this.#showing = "";
    this.root.hidden = true;
    this.root.replaceChildren();
    document.body.classList.add("playing");
  }
}
