/**
 * The panel with which a technician imports a release from a stick: Ctrl + Alt + U, or `#import` in the address. It stands in
 * front of a corner of the picture, never stops what plays behind it, and goes by itself.
 *
 * @typedef {import("./texts.js").Text} Text
 * @typedef {import("../update/import.js").Importer} Importer
 */

import { chosenFiles, chosenFolder } from "../update/stick.js";
import { BUTTONS, REFUSED, SAID } from "./stick_texts.js";

/** Milliseconds after which the panel goes when nobody does anything, and when all is done. */
const IDLE = 120_000;
const DONE = 20_000;
const MEGABYTE = 1_000_000;

/** @param {string} text @param {Record<string, string>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0);
}

export class StickPanel {
  /** @type {HTMLElement | undefined} */
  #root;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Importer | undefined} */
  #importer;
  #cluster = "";
  #now = Date.now;
  #words = document.createElement("p");
  #english = document.createElement("p");
  #bar = document.createElement("progress");
  #choose = document.createElement("button");

  /** Listens for the key and the address; until `use` the panel says that the screen must be paired first. */
  start() {
    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey && event.altKey && event.code === "KeyU") {
        event.preventDefault();
        this.open();
      } else if (event.key === "Escape" && this.shown) {
        event.preventDefault();
        this.close();
      }
    });
    const wanted = () => new URLSearchParams(location.hash.slice(1)).has("import") && this.open();
    window.addEventListener("hashchange", wanted);
    wanted();
  }

  get shown() {
    return this.#root !== undefined;
  }

  /** @param {Importer} importer @param {string} cluster @param {() => number} now UTC milliseconds by the server's clock: the machine's own may be wrong */
  use(importer, cluster, now) {
    this.#importer = importer;
    this.#cluster = cluster;
    this.#now = now;
    this.draw();
  }

  open() {
    if (!this.#root) {
      this.#importer?.begin();
      this.#build();
    }
    this.draw();
    this.#choose.focus();
  }

  close() {
    clearTimeout(this.#timer);
    this.#root?.remove();
    this.#root = undefined;
    if (new URLSearchParams(location.hash.slice(1)).has("import")) history.replaceState(null, "", location.pathname + location.search);
  }

  #build() {
    const root = document.createElement("aside");
    root.id = "stick";
    root.setAttribute("role", "dialog");
    root.setAttribute("aria-label", SAID.title.vi);
    const title = document.createElement("h2");
    const english = document.createElement("span");
    english.lang = "en";
    english.textContent = SAID.title.en;
    title.append(SAID.title.vi, " ", english);
    this.#words.setAttribute("role", "status");
    this.#english.lang = "en";
    this.#bar.max = 1;
    this.#choose.type = "button";
    this.#choose.onclick = () => void this.#pick();
    const close = document.createElement("button");
    close.type = "button";
    close.className = "quiet";
    close.append(BUTTONS.close.vi, " · Esc");
    close.onclick = () => this.close();
    const actions = document.createElement("div");
    actions.append(this.#choose, close);
    root.append(title, this.#words, this.#english, this.#bar, actions);
    document.body.append(root);
    this.#root = root;
  }

  /** Shows how far the import is. */
  draw() {
    if (!this.#root) return;
    const { step, done, total } = this.#importer?.progress ?? { step: "unpaired", done: 0, total: 0 };
    const [text, values] = this.#said();
    this.#words.textContent = filled(text.vi, values);
    this.#english.textContent = filled(text.en, values);
    this.#root.dataset.step = step;
    this.#root.dataset.reason = this.#importer?.progress.reason ?? "";
    const busy = step === "checking" || step === "copying";
    this.#bar.hidden = !busy && step !== "done";
    if (step === "checking" || !total) this.#bar.removeAttribute("value");
    else this.#bar.value = Math.min(1, done / total);
    if (step === "done") this.#bar.value = 1;
    const focused = this.#root.contains(document.activeElement) || document.activeElement === document.body;
    this.#choose.hidden = busy || step === "unpaired" || step === "done";
    if (focused && !this.#choose.hidden) this.#choose.focus();
    this.#choose.textContent = (step === "refused" ? BUTTONS.again : BUTTONS.choose).vi;
    clearTimeout(this.#timer);
    if (!busy) this.#timer = setTimeout(() => this.close(), step === "done" || step === "already" ? DONE : IDLE);
  }

  /** @returns {[Text, Record<string, string>]} */
  #said() {
    /** @type {Record<string, string>} */
    const values = { cluster: this.#cluster };
    const progress = this.#importer?.progress;
    if (!progress) return [SAID.unpaired, values];
    const { step, reason = "error", detail = "", what = "", done, total, version, from } = progress;
    if (step === "idle") return [SAID.ready, values];
    Object.assign(values, { detail, what, done: megabytes(done), total: megabytes(total), version: String(version ?? "–") });
    if (step !== "refused") {
      const later = from !== undefined && from > this.#now() + 1000 ? new Date(from).toLocaleString("vi-VN") : "";
      Object.assign(values, { when: later ? ` từ ${later}` : " ngay", when_en: later ? ` from ${later} on` : " now" });
      return [SAID[step], values];
    }
    const counted = /^\d+$/.test(detail);
    Object.assign(values, { missing: counted ? `: thiếu ${detail} tệp` : "", missing_en: counted ? `: ${detail} files are missing` : "" });
    const why = REFUSED[reason] ?? REFUSED.error;
    return [{ vi: `${SAID.refused.vi} ${why.vi}`, en: `${SAID.refused.en} ${why.en}` }, values];
  }

  async #pick() {
    if (!this.#importer) return;
    const choose = /** @type {any} */ (window).showDirectoryPicker;
    if (choose) {
      try {
        return await this.#importer.take(chosenFolder(await choose.call(window, { id: "bangtin-usb", mode: "read" })));
      } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") return undefined;
      }
    }
    return this.#pickFiles();
  }

  /** Browsers without that picker, or where a policy forbids it, have the older one. */
  #pickFiles() {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", multiple: true, webkitdirectory: true, hidden: true });
    input.onchange = () => void this.#importer?.take(chosenFiles(input.files ?? []));
    this.#root?.querySelector("input")?.remove();
    this.#root?.append(input);
    input.click();
  }
}
