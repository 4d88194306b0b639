/** What the technician's page tells, as rows of words; nothing secret is among it. */

import { EVENTS, GROUPS, KINDS, LABELS, REASONS, STATES, THINGS, WORDS } from "./service_texts.js";

/**
 * @typedef {"vi" | "en"} Language
 * @typedef {"" | "good" | "bad"} Tone
 * @typedef {{label: string, value: string, tone: Tone}} Row
 * @typedef {{name: string, title: string, rows: Row[]}} Group
 *
 * @typedef {object} Parts
 * @property {() => number} now UTC milliseconds of the server's clock
 * @property {() => number} monotonic
 * @property {import("../core/clock.js").Clock} clock
 * @property {import("../update/updater.js").Updater} updater
 * @property {import("../report/reporter.js").Reporter} reporter
 * @property {import("../report/events.js").Events} events
 * @property {import("../report/machine.js").Machine} machine
 * @property {() => import("../stage/stage.js").Stage | undefined} stage
 * @property {() => Promise<{used: number | null, quota: number | null}>} space bytes
 * @property {() => {fps: number, dropped: number} | null} frames
 * @property {() => boolean} silent the browser blocks sound
 * @property {{cluster: string, controller: string}} paired
 * @property {string} version of the player
 * @property {URL} origin
 * @property {string} seat
 */

/** What is shown without a PIN. */
const OPEN = new Set(["release", "clock", "network"]);
const EVENTS_SHOWN = 8;
const GIGABYTE = 1e9;
/** Uncertain beyond this is told in red, milliseconds. */
const FAR = 500;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @param {string} text @param {Record<string, string | number>} values */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {Parts} parts @param {Language} language @param {boolean} all else only what is told without a PIN @returns {Promise<Group[]>} */
export async function facts(parts, language, all) {
  const say = new Sayer(language);
  const tables = {
    release: release(parts, say),
    clock: clock(parts, say),
    network: network(parts, say),
    faces: all ? faces(parts, say) : [],
    storage: all ? await storage(parts, say) : [],
    machine: all ? machine(parts, say) : [],
    errors: all ? errors(parts, say) : [],
  };
  return Object.entries(tables)
    .filter(([name]) => all || OPEN.has(name))
    .map(([name, rows]) => ({ name, title: GROUPS[name][language], rows }));
}

class Sayer {
  /** @param {Language} language */
  constructor(language) {
    this.language = language;
  }

  /** @param {string} name of WORDS @param {Record<string, string | number>} [values] */
  word(name, values = {}) {
    return filled(WORDS[name][this.language], values);
  }

  /** @param {Record<string, import("./texts.js").Text>} words @param {string} name */
  of(words, name) {
    return words[name]?.[this.language] ?? name;
  }

  /** @param {string} label of LABELS @param {string | number} value @param {Tone} [tone] @returns {Row} */
  row(label, value, tone = "") {
    return { label: LABELS[label][this.language], value: String(value), tone };
  }

  /** @param {number} instant UTC milliseconds */
  at(instant) {
    return new Date(instant).toLocaleString(this.language === "vi" ? "vi-VN" : "en-GB", { timeZone: "Asia/Ho_Chi_Minh" });
  }

  /** @param {number} value @param {number} [digits] */
  number(value, digits = 0) {
    return value.toLocaleString(this.language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function release({ updater }, say) {
  const current = updater.current();
  if (!current) return [say.row("version", say.word("none"), "bad"), ...waiting(updater, say)];
  return [
    say.row("version", `${say.word("whole", { version: current.version })} · ${current.sha256.slice(0, 8)}`),
    say.row("since", say.at(current.schedule.valid_from)),
    say.row("until", say.at(current.schedule.valid_until)),
    ...waiting(updater, say),
  ];
}

/** @param {Parts["updater"]} updater @param {Sayer} say @returns {Row[]} */
function waiting(updater, say) {
  const soon = updater.soon();
  const rows = updater.pending().map((version) =>
    soon?.version === version ? say.word("from", { version, at: say.at(soon.schedule.valid_from) }) : say.word("fetching", { version }),
  );
  return [say.row("next", rows.join("; ") || say.word("nothing"))];
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function clock({ clock: { heard, synchronised, uncertainty, rate }, now, monotonic }, say) {
  const at = now();
  const rows = [say.row("time", say.at(at)), say.row("offset", off(Date.now() - at, say))];
  if (!synchronised || heard === null) return [...rows, say.row("heard", say.word("never"), "bad")];
  rows.push(say.row("uncertainty", `± ${say.number(uncertainty, 1)} ms`, uncertainty < FAR ? "good" : "bad"));
  rows.push(say.row("heard", say.word("ago", { seconds: Math.round((monotonic() - heard) / 1000) })));
  if (rate) rows.push(say.row("rate", `${say.number(rate * 1e6, 1)} ppm`));
  return rows;
}

/** @param {number} ms how far the machine's clock is ahead @param {Sayer} say in the largest unit of which there are two */
function off(ms, say) {
  for (const [unit, word] of /** @type {[number, string][]} */ ([[DAY, "days"], [HOUR, "hours"]])) {
    const count = Math.trunc(ms / unit);
    if (Math.abs(count) >= 2) return say.word(word, { count: say.number(count) });
  }
  return `${say.number(ms / 1000, 3)} s`;
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function network({ updater, reporter, origin, monotonic }, say) {
  const { reachable, pollMs, polled } = updater;
  return [
    say.row("server", origin.origin),
    say.row("reachable", say.word(reachable ? "reachable" : "unreachable"), reachable ? "good" : "bad"),
    say.row("polled", polled === null ? say.word("never") : say.word("ago", { seconds: Math.round((monotonic() - polled) / 1000) })),
    say.row("poll", say.word("seconds", { seconds: say.number(pollMs / 1000, 1) })),
    say.row("reports", say.of(STATES, reporter.state), reporter.state === "online" ? "good" : "bad"),
  ];
}

/** @param {Parts} parts @param {Sayer} say @returns {Promise<Row[]>} */
async function storage({ space, updater }, say) {
  const { used, quota } = await space();
  const persisted = (await navigator.storage?.persisted?.().catch(() => null)) ?? null;
  const missing = updater.holdings.missing();
  const size = (/** @type {number | null} */ bytes) => (bytes === null ? "?" : `${say.number(bytes / GIGABYTE, 2)} GB`);
  return [
    say.row("used", `${size(used)} / ${size(quota)}`),
    say.row("persisted", say.word(persisted === null ? "unknown" : persisted ? "yes" : "no"), persisted === false ? "bad" : ""),
    say.row("missing", say.number(missing), missing ? "bad" : "good"),
  ];
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function faces({ stage, updater, paired }, say) {
  const schedule = updater.current()?.schedule;
  const placed = schedule?.controllers[paired.controller]?.faces ?? {};
  return Object.entries(stage()?.faces() ?? {}).map(([id, { kind, scene, waiting: waits }]) => {
    const { rect: [x, y, width, height] = [0, 0, 0, 0], rotation = 0 } = placed[id] ?? {};
    const item = scene === null ? "" : (schedule?.scenes[scene]?.item ?? scene);
    const shown = [say.of(KINDS, kind), item, waits ? say.word("waiting") : ""].filter(Boolean).join(" · ");
    return { label: id.toUpperCase(), value: `${shown}\n${width} × ${height} px · (${x}, ${y})${rotation ? ` · ${rotation}°` : ""}`, tone: waits ? "bad" : "" };
  });
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function machine({ machine: { temperature }, frames, silent, version, paired, seat, updater }, say) {
  const canvas = updater.current()?.schedule.controllers[paired.controller]?.canvas;
  const dense = window.devicePixelRatio;
  const counted = frames();
  return [
    say.row("controller", `${paired.controller} · ${paired.cluster}${seat === "main" ? "" : ` · ${seat}`}`),
    say.row("player", version),
    say.row("canvas", canvas ? `${canvas[0]} × ${canvas[1]} px` : say.word("unknown")),
    say.row("screen", `${Math.round(innerWidth * dense)} × ${Math.round(innerHeight * dense)} px`),
    say.row("sound", say.word(silent() ? "blocked" : "allowed"), silent() ? "bad" : ""),
    say.row("temperature", temperature === null ? say.word("unknown") : `${say.number(temperature)} °C`),
    say.row("frames", counted ? say.number(counted.fps) : say.word("unknown")),
  ];
}

/** @param {Parts} parts @param {Sayer} say @returns {Row[]} */
function errors({ events }, say) {
  const rows = events.recent.slice(-EVENTS_SHOWN).reverse().map(({ at, kind, detail }) => {
    const { what: thing, reason, did, version } = /** @type {Record<string, any>} */ (detail);
    const what = thing && say.of(THINGS, String(thing));
    const words = [say.of(EVENTS, kind), what, reason && say.of(REASONS, String(reason).slice(0, 120)), did && say.of(REASONS, String(did)), version];
    return { label: say.at(at), value: words.filter((one) => one !== undefined && one !== null && one !== "").join(" · "), tone: /** @type {Tone} */ ("") };
  });
  return rows.length ? rows : [{ label: "", value: say.word("quiet"), tone: "" }];
}
