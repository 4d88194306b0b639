/**
 * The ruler of a day: a track per face coloured by programme, and a needle, which is a slider.
 *
 * @typedef {import("./days.js").Ruler} Day
 * @typedef {import("./days.js").Span} Span
 * @typedef {{from: number, until: number, faces: string[], change: string, text: string}} Difference
 * @typedef {Record<string, string>} Words
 */

const MINUTE = 60_000;

/** @param {string} tag @param {string} name @param {string} [text] */
export function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class Ruler {
  /** @type {Day | undefined} */
  #day;
  #dragging = false;

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root
   * @param {HTMLElement} ports.legend
   * @param {string[]} ports.faces letters in order
   * @param {Words} ports.words
   * @param {import("./zone.js").Zone} ports.zone
   * @param {(instant: number, dragging: boolean) => void} ports.moved somebody moved the needle
   */
  constructor(ports) {
    this.ports = ports;
    const { root, faces, words } = ports;
    const labels = element("div", "tm-ruler__labels");
    this.field = element("div", "tm-ruler__field");
    /** @type {Map<string, HTMLElement>} */
    this.tracks = new Map();
    for (const letter of faces) {
      labels.append(element("span", "tm-ruler__label", letter.toUpperCase()));
      const track = element("div", "tm-track");
      track.setAttribute("role", "list");
      track.setAttribute("aria-label", words.face.replace("{face}", letter.toUpperCase()));
      this.tracks.set(letter, track);
      this.field.append(track);
    }
    this.axis = element("div", "tm-axis");
    this.needle = element("div", "tm-needle");
    this.flag = element("span", "tm-needle__flag");
    this.needle.append(this.flag);
    for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": words.needle, "aria-orientation": "horizontal", "aria-valuenow": "0" })) {
      this.needle.setAttribute(name, value);
    }
    this.field.append(this.axis, this.needle);
    root.append(labels, this.field);
    this.field.addEventListener("pointerdown", (event) => this.#begin(event));
    this.field.addEventListener("pointermove", (event) => this.#dragging && this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.field.addEventListener(end, (event) => this.#end(/** @type {PointerEvent} */ (event)));
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0 || !this.#day) return;
    event.preventDefault();
    this.field.setPointerCapture(event.pointerId);
    this.#dragging = true;
    this.needle.focus({ preventScroll: true });
    this.#move(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#day) return;
    const box = this.field.getBoundingClientRect();
    const { from, until } = this.#day;
    const at = from + ((event.clientX - box.left) / box.width) * (until - from);
    const minute = Math.min(until - MINUTE, Math.max(from, from + Math.round((at - from) / MINUTE) * MINUTE));
    this.ports.moved(minute, this.#dragging);
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (!this.#dragging) return;
    this.#dragging = false;
    if (event.type === "pointerup") this.#move(event);
  }

  /** @param {number} instant */
  #percent(instant) {
    const { from, until } = /** @type {Day} */ (this.#day);
    return (100 * (instant - from)) / (until - from);
  }

  /** @param {Day} day @param {Difference[]} differences of that day, none while nothing is compared */
  show(day, differences) {
    this.#day = day;
    const titles = new Map(day.programmes.map((one) => [one.id, one]));
    for (const [letter, track] of this.tracks) {
      track.replaceChildren(...(day.faces[letter] ?? []).map((span) => this.#span(span, titles)));
      for (const one of differences) {
        if (!one.faces.includes(letter)) continue;
        const mark = element("i", `tm-mark tm-mark--${one.change}`);
        mark.title = one.text;
        this.#place(mark, one.from, one.until);
        track.append(mark);
      }
    }
    this.axis.replaceChildren(...day.hours.map((at, hour) => this.#hour(at, hour)));
    this.#legend(day);
  }

  /** @param {HTMLElement} made @param {number} from @param {number} until */
  #place(made, from, until) {
    const begin = Math.max(0, this.#percent(from));
    made.style.left = `${begin}%`;
    made.style.width = `${Math.min(100, this.#percent(until)) - begin}%`;
  }

  /** @param {number} at @param {number} hour */
  #hour(at, hour) {
    const made = element("span", `tm-axis__hour${hour % 6 === 0 ? " tm-axis__hour--main" : ""}`, String(hour).padStart(2, "0"));
    made.style.left = `${this.#percent(at)}%`;
    return made;
  }

  /** @param {Span} span @param {Map<string, {title: string, hue: number}>} titles */
  #span(span, titles) {
    const { words, zone } = this.ports;
    const made = element("span", `tm-span tm-span--${span.kind}`);
    this.#place(made, span.from, span.until);
    const until = span.until === this.#day?.until ? "24:00" : zone.hour(span.until);
    const names = span.parts.map((part) => titles.get(part.programme)?.title ?? words.pause);
    const shares = span.parts.map((part, index) => `${names[index]} ${Math.round(part.share * 100)} %`);
    const said = span.kind === "programme" ? (shares.length > 1 ? shares : names) : [words[span.kind]];
    made.title = [`${zone.hour(span.from)}–${until}`, ...said, ...(span.slots.length ? [`${words.slots}: ${span.slots.join(", ")}`] : [])].join("\n");
    made.setAttribute("role", "listitem");
    made.setAttribute("aria-label", made.title.replaceAll("\n", ", "));
    for (const part of span.parts) {
      const band = element("i", `tm-band${part.programme ? "" : " tm-band--pause"}`);
      band.style.flexGrow = String(part.share);
      band.style.setProperty("--tm-hue", String(titles.get(part.programme)?.hue ?? 0));
      made.append(band);
    }
    if (span.kind === "programme") made.append(element("b", "tm-span__name", names.filter(Boolean).join(" · ")));
    return made;
  }

  /** @param {Day} day */
  #legend(day) {
    const { legend, words } = this.ports;
    const rows = day.programmes.map(({ title, hue }) => {
      const row = element("li", "tm-legend__row");
      const swatch = element("i", "tm-swatch");
      swatch.style.setProperty("--tm-hue", String(hue));
      row.append(swatch, title);
      return row;
    });
    const kinds = new Set(Object.values(day.faces).flatMap((spans) => spans.map((span) => span.kind)));
    for (const kind of ["fallback", "closed"]) {
      if (!kinds.has(kind)) continue;
      const row = element("li", "tm-legend__row");
      row.append(element("i", `tm-swatch tm-span--${kind}`), words[kind]);
      rows.push(row);
    }
    legend.replaceChildren(...rows);
  }

  /** @param {number} instant */
  point(instant) {
    if (!this.#day) return;
    const percent = Math.min(100, Math.max(0, this.#percent(instant)));
    this.needle.style.left = `${percent}%`;
    this.needle.classList.toggle("tm-needle--late", percent > 92);
    const time = this.ports.zone.hour(instant);
    if (this.flag.textContent !== time) this.flag.textContent = time;
  }

  /** What a screen reader says of the needle. @param {number} instant @param {string} text */
  say(instant, text) {
    if (!this.#day) return;
    const { from, until } = this.#day;
    for (const [name, value] of Object.entries({ valuemin: 0, valuemax: Math.round((until - from) / 1000) - 1, valuenow: Math.round((instant - from) / 1000) })) {
      this.needle.setAttribute(`aria-${name}`, String(value));
    }
    this.needle.setAttribute("aria-valuetext", text);
  }
}
