/**
 * What a face shows at an instant. Mirrors `cms/schedule/frame.py`; both run the vectors of `tests/vectors/frame/`. Pure;
 * finds its way by bisection. Which schedule is in force is not its matter.
 *
 * @typedef {import("./schedule.js").Schedule} Schedule
 * @typedef {import("./schedule.js").Scene} Scene
 * @typedef {import("./schedule.js").Segment} Segment
 * @typedef {import("./schedule.js").Notices} Notices
 * @typedef {import("./schedule.js").Alert} Alert
 * @typedef {import("./schedule.js").Blackout} Blackout
 * @typedef {import("./schedule.js").Power} Power
 *
 * @typedef {object} FrameResult `kind` closed and blackout are black and silent
 * @property {"programme" | "fallback" | "closed" | "blackout" | "alert"} kind
 * @property {string | null} scene
 * @property {number} offset_ms since the scene came in
 * @property {number} until the next instant at which anything but offsets changes
 * @property {string | null} previous the scene underneath while one comes in; null: black
 * @property {number} previous_offset_ms
 * @property {number} progress 0…1 of the transition, linear in time
 * @property {boolean} withdrawn the fallback stands in for a withdrawn scene
 *
 * @typedef {{scene: string, began: number, ends: number, count: number}} Place an entry of a loop
 */

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** No end known. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * How many of the sorted values are not above a value.
 * @param {ArrayLike<number>} sorted @param {number} value
 */
export function bisect(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A schedule made ready for many questions. */
export class ScheduleIndex {
  /** @type {Map<string, Float64Array>} */
  #starts = new Map();
  /** @type {Map<string, Float64Array>} */
  #ends = new Map();

  /** @param {Schedule} schedule */
  constructor(schedule) {
    this.schedule = schedule;
  }

  /** @param {string} face @param {number} instant @returns {number} number of the segment; -1 before the first */
  segment(face, instant) {
    let starts = this.#starts.get(face);
    if (!starts) {
      starts = Float64Array.from(this.schedule.faces[face].segments, (one) => one.from);
      this.#starts.set(face, starts);
    }
    return bisect(starts, instant) - 1;
  }

  /** @param {Segment} segment @param {number} instant @returns {Place} */
  place(segment, instant) {
    const id = /** @type {string} */ (segment.loop);
    const loop = this.schedule.loops[id];
    const { turns } = this.schedule;
    let ends = this.#ends.get(id);
    if (!ends) {
      let sum = 0;
      ends = Float64Array.from(loop, (one) => (sum += turns[one][1]));
      this.#ends.set(id, ends);
    }
    const length = ends[ends.length - 1];
    const turn = Math.floor((instant - segment.from) / length);
    const base = segment.from + turn * length;
    const number = bisect(ends, instant - base);
    return { scene: turns[loop[number]][0], began: base + (number ? ends[number - 1] : 0), ends: base + ends[number], count: ends.length };
  }
}

/**
 * @param {FrameResult["kind"]} kind @param {number} until @param {Partial<FrameResult>} [more]
 * @returns {FrameResult}
 */
function result(kind, until, more = {}) {
  return { kind, scene: null, offset_ms: 0, until, previous: null, previous_offset_ms: 0, progress: 1, withdrawn: false, ...more };
}

/**
 * Blackout beats alerts, alerts beat everything else, also closing hours.
 * @param {Schedule | ScheduleIndex} schedule
 * @param {Notices | null} notices
 * @param {string} face
 * @param {number} instant UTC milliseconds
 * @returns {FrameResult}
 * @throws {RangeError} when the schedule has no such face
 */
export function frame(schedule, notices, face, instant) {
  const index = schedule instanceof ScheduleIndex ? schedule : new ScheduleIndex(schedule);
  if (!Object.hasOwn(index.schedule.faces, face)) throw new RangeError(face);
  const blackouts = notices?.blackout.filter((one) => one.faces.includes(face)) ?? [];
  const alerts = notices?.alerts.filter((one) => one.faces.includes(face)) ?? [];
  const dark = darkUntil(blackouts, instant);
  if (dark !== null) return result("blackout", dark);
  // What begins later ends what is shown now.
  const limit = Math.min(FOREVER, ...[...blackouts, ...alerts].map((one) => one.from).filter((from) => from > instant));
  const active = alerts.filter((one) => one.from <= instant && instant < one.until);
  if (active.length && notices) return alertFrame(index.schedule, notices, active, instant, limit);
  const withdrawn = new Set(notices?.withdrawn ?? []);
  if (instant >= index.schedule.valid_until) return afterwards(index, face, instant, limit);
  const { segments } = index.schedule.faces[face];
  const number = index.segment(face, instant);
  if (number < 0 || instant >= segments[number].until) {
    return result("closed", Math.min(segments[number + 1]?.from ?? index.schedule.valid_until, limit));
  }
  const segment = segments[number];
  if (segment.kind === "closed" || segment.loop == null) return result("closed", Math.min(segment.until, limit));
  return playing(index, withdrawn, segments, number, instant, limit);
}

/**
 * @param {ScheduleIndex} index @param {Set<string>} withdrawn @param {Segment[]} segments @param {number} number
 * @param {number} instant @param {number} limit
 * @returns {FrameResult}
 */
function playing(index, withdrawn, segments, number, instant, limit) {
  const segment = segments[number];
  const { schedule } = index;
  const place = index.place(segment, instant);
  const { scene, gone } = standingIn(schedule, withdrawn, place.scene);
  const kind = scene === schedule.fallback ? "fallback" : "programme";
  const offset = instant - place.began;
  const until = Math.min(place.ends, segment.until, limit);
  const takes = comingOf(schedule.scenes[scene], place.ends - place.began);
  const shown = { scene, offset_ms: offset, withdrawn: gone };
  if (offset >= takes || (place.count === 1 && place.began !== segment.from)) return result(kind, until, shown);
  const coming = { ...shown, progress: offset / takes };
  const before = placeBefore(index, segments, number, place);
  const ends = Math.min(until, place.began + takes);
  if (!before) return result(kind, ends, coming);
  const previous = standingIn(schedule, withdrawn, before.scene).scene;
  return result(kind, ends, { ...coming, previous, previous_offset_ms: instant - before.began });
}

/**
 * What was on before an entry came in: the entry before it, or at the start of a segment the last one of the segment that
 * ran up to it; null (black) after closed.
 * @param {ScheduleIndex} index @param {Segment[]} segments @param {number} number @param {Place} place
 * @returns {Place | null}
 */
function placeBefore(index, segments, number, place) {
  const segment = segments[number];
  if (place.began > segment.from) return index.place(segment, place.began - 1);
  const before = segments[number - 1];
  if (!before || before.loop == null || before.until !== segment.from) return null;
  return index.place(before, segment.from - 1);
}

/** @param {Schedule} schedule @param {Set<string>} withdrawn @param {string} scene */
function standingIn(schedule, withdrawn, scene) {
  const { item, proof } = schedule.scenes[scene];
  const gone = withdrawn.size > 0 && (withdrawn.has(item) || withdrawn.has(proof));
  return { scene: gone ? schedule.fallback : scene, gone };
}

/** @param {Scene} scene @param {number} shown milliseconds */
function comingOf(scene, shown) {
  return scene.transition.kind === "cut" ? 0 : Math.min(scene.transition.ms, shown);
}

/** When the darkness over an instant ends; blackouts that follow without a gap count as one. @param {Blackout[]} blackouts @param {number} instant */
function darkUntil(blackouts, instant) {
  let end = instant;
  for (;;) {
    const reach = Math.max(end, ...blackouts.filter((one) => one.from <= end && end < one.until).map((one) => one.until));
    if (reach === end) return end > instant ? end : null;
    end = reach;
  }
}

/**
 * The alert that began last owns the face, at once and without a transition; its scene repeats until it ends.
 * @param {Schedule} schedule @param {Notices} notices @param {Alert[]} active @param {number} instant @param {number} limit
 */
function alertFrame(schedule, notices, active, instant, limit) {
  const alert = active.reduce((best, one) => (one.from > best.from || (one.from === best.from && one.id > best.id) ? one : best));
  const scene = notices.scenes[alert.scene] ?? schedule.scenes[alert.scene];
  if (!scene) return result("blackout", Math.min(alert.until, limit));
  const turn = scene.duration ? Math.floor((instant - alert.from) / scene.duration) : 0;
  const offset = instant - alert.from - turn * scene.duration;
  const again = scene.duration ? alert.from + (turn + 1) * scene.duration : FOREVER;
  return result("alert", Math.min(alert.until, again, limit), { scene: alert.scene, offset_ms: offset });
}

/** How far back the same time of the last week lies. @param {ScheduleIndex} index @param {string} face @param {number} instant */
function weekBeforeEnd(index, face, instant) {
  const { schedule } = index;
  const { segments } = schedule.faces[face];
  const known = segments.length ? schedule.valid_until - segments[0].from : 0;
  const period = known >= WEEK ? WEEK : Math.max(DAY, Math.floor(known / DAY) * DAY);
  return (Math.floor((instant - schedule.valid_until) / period) + 1) * period;
}

/**
 * After `valid_until` the last week's closing hours repeat, with the fallback between them.
 * @param {ScheduleIndex} index @param {string} face @param {number} instant @param {number} limit
 */
function afterwards(index, face, instant, limit) {
  const { schedule } = index;
  const back = weekBeforeEnd(index, face, instant);
  const { segments } = schedule.faces[face];
  const number = index.segment(face, instant - back);
  if (number < 0 || instant - back >= segments[number].until) {
    return result("closed", Math.min((segments[number + 1]?.from ?? schedule.valid_until) + back, limit));
  }
  const segment = segments[number];
  const end = Math.min(segment.until + back, limit);
  if (segment.loop == null) return result("closed", end);
  const scene = schedule.scenes[schedule.fallback];
  const began = segment.from + back;
  const turn = Math.floor((instant - began) / scene.duration);
  const offset = instant - began - turn * scene.duration;
  const until = Math.min(began + (turn + 1) * scene.duration, end);
  const takes = comingOf(scene, scene.duration);
  const shown = { scene: schedule.fallback, offset_ms: offset };
  const afterBlack = number > 0 && segments[number - 1].loop == null;
  if (afterBlack && turn === 0 && offset < takes) {
    return result("fallback", Math.min(until, began + takes), { ...shown, progress: offset / takes });
  }
  return result("fallback", until, shown);
}

/**
 * The power entry of a face at an instant, shifted to it after `valid_until`; null where none says.
 * @param {Schedule | ScheduleIndex} schedule @param {string} face @param {number} instant
 * @returns {Power | null}
 */
export function power(schedule, face, instant) {
  const index = schedule instanceof ScheduleIndex ? schedule : new ScheduleIndex(schedule);
  const back = instant >= index.schedule.valid_until ? weekBeforeEnd(index, face, instant) : 0;
  const entries = index.schedule.power[face] ?? [];
  const number = bisect(entries.map((one) => one.from), instant - back) - 1;
  const entry = entries[number];
  if (!entry || instant - back >= entry.until) return null;
  return { ...entry, from: entry.from + back, until: entry.until + back };
}
