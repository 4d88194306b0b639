/** The bar that says what a change does, and the saving of it. */

/** @typedef {import("./hours.js").Row} Row */

export class Change {
  /** @param {HTMLFormElement} bar @param {string} url @param {{saved(): void, given_up(errors: string[], stale: boolean): void}} then */
  constructor(bar, url, then) {
    this.bar = bar;
    this.url = url;
    this.then = then;
    this.scopes = /** @type {HTMLFieldSetElement} */ (bar.querySelector("fieldset"));
    this.words = /** @type {HTMLElement} */ (bar.querySelector("[role=status]"));
    this.save = /** @type {HTMLButtonElement} */ (bar.querySelector("[type=submit]"));
    this.waiting = this.words.textContent ?? "";
    this.asked = 0;
    /** @type {Record<string, string> | null} */
    this.values = null;
    /** @type {Promise<void>} */
    this.said = Promise.resolve();
    bar.addEventListener("submit", (event) => {
      event.preventDefault();
      this.commit();
    });
    bar.querySelector("[data-bk-cancel]")?.addEventListener("click", () => this.drop());
  }

  get open() {
    return !this.bar.hidden;
  }

  /** Ask what a change means and show it. @param {DOMStringMap} block @param {Row} row */
  propose(block, row) {
    this.said = this.explain(block, row);
  }

  /** @param {DOMStringMap} block @param {Row} row */
  async explain(block, row) {
    const { slot = "", row: number = "", day = "", seen = "" } = block;
    this.values = { slot, row: number, day, seen, to: row.day, start: String(row.start), end: String(row.end) };
    this.bar.hidden = false;
    this.save.disabled = true;
    this.words.textContent = this.waiting;
    const turn = ++this.asked;
    const chosen = this.scope;
    const answer = await this.ask(`${this.url}?${new URLSearchParams(this.values)}`, {});
    if (turn !== this.asked) return;
    if (!answer.scopes) return this.refuse(answer);
    this.offer(answer.scopes, chosen);
    this.save.disabled = false;
  }

  get scope() {
    const chosen = /** @type {HTMLInputElement | null} */ (this.scopes.querySelector("input:checked"));
    return chosen ? chosen.value : "";
  }

  /** @param {{value: string, label: string, lines: string[]}[]} scopes @param {string} chosen */
  offer(scopes, chosen) {
    const first = scopes.find((one) => one.value === chosen) ?? scopes[0];
    const say = (/** @type {string[]} */ lines) => this.words.replaceChildren(...lines.map(paragraph));
    const legend = this.scopes.querySelector("legend");
    this.scopes.hidden = scopes.length < 2;
    this.scopes.replaceChildren(
      ...(legend ? [legend] : []),
      ...scopes.map((one) => {
        const label = document.createElement("label");
        const radio = document.createElement("input");
        Object.assign(radio, { type: "radio", name: "scope", value: one.value, checked: one === first });
        radio.addEventListener("change", () => say(one.lines));
        label.append(radio, one.label);
        return label;
      }),
    );
    say(first.lines);
  }

  async commit() {
    await this.said;
    if (!this.values || this.save.disabled) return;
    this.save.disabled = true;
    const body = new FormData(this.bar);
    for (const [name, value] of Object.entries(this.values)) body.set(name, value);
    const answer = await this.ask(this.url, { method: "POST", body });
    if (answer.saved) this.then.saved();
    else this.refuse(answer);
  }

  /** @param {{errors?: string[], stale?: boolean}} answer */
  refuse(answer) {
    this.close();
    this.then.given_up(answer.errors ?? [this.bar.dataset.failed ?? ""], Boolean(answer.stale));
  }

  drop() {
    if (!this.open) return;
    this.close();
    this.then.given_up([], false);
  }

  close() {
    this.asked++;
    this.values = null;
    this.bar.hidden = true;
    this.scopes.querySelectorAll("label").forEach((one) => one.remove());
  }

  /** @param {string} url @param {RequestInit} how @returns {Promise<any>} */
  async ask(url, how) {
    try {
      const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
      const response = await fetch(url, { ...how, headers, redirect: "manual", credentials: "same-origin" });
      return response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
    } catch {
      return {};
    }
  }
}

/** @param {string} text */
export function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
