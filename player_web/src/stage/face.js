/**
 * One face: shows what `frame()` says. The next scene is prepared and painted before it is seen, so a change only takes
 * something away; until all its layers are ready the old one stays.
 *
 * Stacking, from below: prepared scenes, the scene on, the one that leaves (it fades, slides out or is cut away), black.
 *
 * @typedef {import("../core/frame.js").FrameResult} FrameResult
 * @typedef {import("../core/schedule.js").Scene} Scene
 *
 * @typedef {object} Programme what is shown at an instant, as one value
 * @property {(face: string, instant: number) => FrameResult} frame
 * @property {(id: string) => Scene | undefined} scene
 * @property {string} fallback
 * @property {(scene: Scene) => boolean} withdrawn
 * @property {import("./layers.js").Moment["values"]} [values] live values by name
 *
 * @typedef {[number, number, number]} Leaving opacity, pixels to the right, columns hidden at the left
 */

import { eased, edge } from "../core/motion.js";
import { Ride } from "./ride.js";
import { SceneView } from "./scene_view.js";

/**
 * Where a prepared scene waits: under the one on screen, where it is painted already. Browsers give no frames to a clip that
 * is covered, so a scene with clips waits on top, too thin to change any pixel.
 * @type {[number, number]}
 */
const UNDER = [1, 1];
/** @type {[number, number]} */
const VEILED = [5, 0.001];
/** @type {Leaving} */
const GONE = [0, 0, 0];
/** @type {Leaving} */
const WHOLE = [1, 0, 0];
/** @type {import("./layers.js").Moment["values"]} */
const NO_VALUES = {};
/** How many changes ahead the next scene is looked for (the end of a transition is one). */
const LOOK_AHEAD = 4;
/** While a scene comes in nothing is decoded that is not wanted for so many milliseconds. */
const UNHURRIED = 1500;

export class FaceView {
  /** @type {Map<string, SceneView>} */
  #views = new Map();
  /** @type {string | null} key of the view on screen */
  #on = null;
  /** @type {string | null} key of the view that should be on screen */
  #wanted = null;
  /** @type {string | null} */
  #logged = null;
  /** @type {SceneView | undefined} the view on screen, when something in it lives and no transition runs */
  #living;
  /** @type {string | null} key of the view that stands in for one that failed; kept while it is made ready */
  #spare = null;
  /** When what is on screen came in. */
  #since = 0;
  #width = 0;
  #leaving = GONE;
  #ride = new Ride();
  #read = 0;
  /** @type {import("./layers.js").Moment} */
  #moment = { instant: 0, values: NO_VALUES };

  /**
   * @param {string} id
   * @param {import("../core/schedule.js").Placed} placed
   * @param {HTMLElement} canvas
   * @param {import("./layers.js").Tools} tools
   * @param {(face: string, shown: {kind: string, scene: string | null, status: string}) => void} shown what is on screen changed
   */
  constructor(id, placed, canvas, tools, shown) {
    this.id = id;
    this.tools = tools;
    this.shown = shown;
    /** @type {FrameResult | undefined} */
    this.result = undefined;
    /** True while the scene that should be on screen is not ready. */
    this.waiting = false;
    this.outer = document.createElement("div");
    this.outer.className = "face";
    this.outer.dataset.face = id;
    this.element = document.createElement("div");
    this.element.className = "turned";
    this.cover = document.createElement("div");
    this.cover.className = "cover";
    this.element.append(this.cover);
    this.outer.append(this.element);
    canvas.append(this.outer);
    this.#place(placed);
  }

  /** @param {import("../core/schedule.js").Placed} placed */
  #place({ rect: [x, y, width, height], rotation = 0 }) {
    Object.assign(this.outer.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    const aside = rotation === 90 || rotation === 270;
    this.#width = aside ? height : width;
    const shift = { 90: [width, 0], 180: [width, height], 270: [0, height] }[rotation] ?? [0, 0];
    Object.assign(this.element.style, {
      width: `${aside ? height : width}px`,
      height: `${aside ? width : height}px`,
      transform: rotation ? `translate(${shift[0]}px, ${shift[1]}px) rotate(${rotation}deg)` : "none",
    });
  }

  /** A showing is a scene, when it began and what it consists of. @param {string} id @param {number} began @param {Scene} scene */
  #key(id, began, scene) {
    return `${id}@${Math.round(began)}/${(scene.faces[this.id] ?? []).map((layer) => layer.asset.slice(0, 10)).join(".")}`;
  }

  /**
   * @param {Programme} programme @param {string | null} id @param {number} began @param {number} offset
   * @param {"now" | "soon" | "later"} [wanted] soon: it waits at its offset; later: nothing is made for it yet
   * @returns {string | null} the key of a view that exists from now on
   */
  #ensure(programme, id, began, offset, wanted = "now") {
    const scene = id === null ? undefined : programme.scene(id);
    if (id === null || !scene) return null;
    const key = this.#key(id, began, scene);
    const known = this.#views.get(key);
    if (known && wanted !== "now" && key !== this.#on && key !== this.#wanted && !known.waitsAt(offset)) {
      // It was on when an alert came, and goes on elsewhere when that ends: shown as it is, it would jump.
      known.release();
      this.#views.delete(key);
    }
    if (!this.#views.has(key) && wanted !== "later") {
      this.#views.set(key, new SceneView(id, scene.faces[this.id] ?? [], offset, this.element, { ...this.tools, began }, this.#moment));
    }
    return key;
  }

  /**
   * Brings the face to an instant.
   * @param {Programme} programme
   * @param {number} instant
   * @param {{id: string, began: number, offset: number, programme: Programme} | null} [soon] a scene of the next release to prepare too
   * @param {number} [read] when it was that instant, on the page's own clock
   */
  update(programme, instant, soon = null, read = performance.now()) {
    this.#read = read;
    const result = this.#at(programme, instant);
    this.#surprised(programme, result, instant);
    const wanted = this.#ensure(programme, result.scene, instant - result.offset_ms, result.offset_ms);
    const under = this.#ensure(programme, result.previous, instant - result.previous_offset_ms, result.previous_offset_ms);
    this.#wanted = wanted;
    const next = this.#next(programme, instant, result, wanted);
    const later = soon ? this.#ensure(soon.programme, soon.id, soon.began, soon.offset, result.progress < 1 ? "later" : "soon") : null;
    const shown = this.#show(programme, result, wanted, under);
    this.#position(result, wanted, under);
    this.#forget(new Set([wanted, under, next, later, this.#on, this.#spare, shown]));
    const view = result.progress < 1 || wanted === null || wanted !== this.#on ? undefined : this.#views.get(wanted);
    this.#living = view?.lives ? view : undefined;
    this.#since = instant - result.offset_ms;
  }

  /** Between two updates: what moves goes on. @param {number} instant */
  move(instant) {
    if (!this.#living) return;
    this.#moment.instant = instant;
    this.#living.position(instant - this.#since, true, this.#moment);
  }

  /** @param {Programme} programme @param {number} instant */
  #at(programme, instant) {
    this.result = programme.frame(this.id, instant);
    this.#moment.instant = instant;
    this.#moment.values = programme.values ?? NO_VALUES;
    return this.result;
  }

  /** An alert takes the clips of what waits, so that there are three for it. @param {Programme} programme @param {FrameResult} result @param {number} instant */
  #surprised(programme, { scene: id, offset_ms: offset }, instant) {
    const scene = id === null ? undefined : programme.scene(id);
    if (id === null || !scene || this.#views.has(this.#key(id, instant - offset, scene))) return;
    this.#forget(new Set([this.#on, this.#spare]));
  }

  /** @param {Programme} programme @param {number} instant @param {FrameResult} result @param {string | null} wanted */
  #next(programme, instant, result, wanted) {
    let at = result.until;
    for (let step = 0; step < LOOK_AHEAD && at < Number.MAX_SAFE_INTEGER; step += 1) {
      const following = programme.frame(this.id, at);
      const soon = result.progress < 1 && at - instant > UNHURRIED ? "later" : "soon";
      // What comes back after an alert or a blackout goes on in its middle.
      const key = this.#ensure(programme, following.scene, at - following.offset_ms, following.offset_ms, soon);
      if (key !== wanted) return key;
      at = following.until;
    }
    return null;
  }

  /**
   * @param {Programme} programme @param {FrameResult} result @param {string | null} wanted @param {string | null} under
   * @returns {string | null} the key of the view on screen
   */
  #show(programme, result, wanted, under) {
    this.waiting = false;
    this.#spare = null;
    if (wanted === null) return this.#dark(result);
    let view = /** @type {SceneView} */ (this.#views.get(wanted));
    let key = wanted;
    let status = "success";
    if (view.state === "failed") {
      status = "content_failure";
      const spare = this.#ensure(programme, programme.fallback, 0, 0);
      this.#spare = spare;
      if (spare !== null) {
        key = spare;
        view = /** @type {SceneView} */ (this.#views.get(spare));
      }
    }
    if (view.state !== "ready") {
      this.waiting = view.state === "preparing";
      this.#ride.stop();
      return this.#hold(programme);
    }
    const leaving = under === null || under === key ? undefined : this.#views.get(under);
    const comes = result.progress < 1 && (result.previous === null || leaving?.state === "ready");
    const transition = comes ? (programme.scene(/** @type {string} */ (result.scene))?.transition.kind ?? "cut") : "cut";
    const left = this.#left(transition, result.progress);
    this.#park(key, leaving);
    view.arrange(2, 1, transition === "slide" ? left[1] + this.#width : 0);
    leaving?.arrange(3, ...left);
    this.#cover(result.previous === null ? left : GONE);
    if (transition === "cut") this.#ride.stop();
    else this.#going(`${under} ${key}`, transition, result, view.element, leaving?.element ?? this.cover);
    this.#on = key;
    this.#tell(result.kind, view.id, key, status);
    return key;
  }

  /** @param {string} what @param {string} kind @param {FrameResult} result @param {HTMLElement} coming @param {HTMLElement} leaving */
  #going(what, kind, { offset_ms: elapsed, progress }, coming, leaving) {
    const began = this.#read - elapsed;
    if (progress > 0) this.#ride.go(what, { kind, began, ms: elapsed / progress, width: this.#width }, coming, leaving);
  }

  /** What is still seen of the scene that leaves. @param {string} transition @param {number} progress @returns {Leaving} */
  #left(transition, progress) {
    if (transition === "fade") return [1 - eased(transition, progress), 0, 0];
    if (transition === "slide") return [1, edge(transition, progress, this.#width) - this.#width, 0];
    return transition === "wipe" ? [1, 0, edge(transition, progress, this.#width)] : GONE;
  }

  /** Everything but what is on screen waits out of sight. @param {string | null} key @param {SceneView} [leaving] */
  #park(key, leaving) {
    for (const [other, one] of this.#views) if (other !== key && one !== leaving) one.arrange(...(one.moves ? VEILED : UNDER));
  }

  /** Black and silent. @param {FrameResult} result */
  #dark(result) {
    this.#ride.stop();
    this.#cover(WHOLE);
    this.#park(null);
    this.#on = null;
    this.#tell(result.kind, null, `${result.kind}`, "success");
    return null;
  }

  /** What is on screen stays until the next scene is ready, unless it was withdrawn or the face was dark. @param {Programme} programme */
  #hold(programme) {
    const on = this.#on === null ? undefined : this.#views.get(this.#on);
    const scene = on && programme.scene(on.id);
    if (scene && !programme.withdrawn(scene)) return this.#on;
    this.#cover(WHOLE);
    this.#on = null;
    return null;
  }

  /** @param {Leaving} black what is seen of it */
  #cover(black) {
    const [opacity, shift, cut] = black;
    const { style } = this.cover;
    if (black.every((value, place) => value === this.#leaving[place]) && style.opacity) return;
    this.#leaving = black;
    style.opacity = String(opacity);
    style.transform = shift ? `translateX(${shift}px)` : "";
    style.clipPath = cut ? `inset(0 0 0 ${cut}px)` : "";
  }

  /** @param {FrameResult} result @param {string | null} wanted @param {string | null} under */
  #position(result, wanted, under) {
    for (const [key, view] of this.#views) {
      if (key === wanted) view.position(result.offset_ms, key === this.#on, this.#moment);
      else if (key === under) view.position(result.previous_offset_ms, result.progress < 1, this.#moment);
      else if (key !== this.#on) view.position(0, false, this.#moment);
    }
  }

  /** @param {Set<string | null>} kept */
  #forget(kept) {
    for (const [key, view] of this.#views) {
      if (kept.has(key)) continue;
      this.#views.delete(key);
      view.release();
    }
  }

  /** Assets came: what failed for want of them is tried again. */
  retry() {
    this.#forget(new Set([...this.#views].filter(([, view]) => view.state !== "failed").map(([key]) => key)));
  }

  /** @param {string} kind @param {string | null} scene @param {string} key @param {string} status */
  #tell(kind, scene, key, status) {
    const what = `${kind} ${key} ${status}`;
    if (this.#logged === what) return;
    this.#logged = what;
    this.shown(this.id, { kind, scene, status });
  }

  /** Paints exactly an instant and stops there. @param {Programme} programme @param {number} instant */
  async still(programme, instant) {
    const result = this.#at(programme, instant);
    this.#living = undefined;
    const wanted = this.#ensure(programme, result.scene, instant - result.offset_ms, result.offset_ms);
    const under = this.#ensure(programme, result.previous, instant - result.previous_offset_ms, result.previous_offset_ms);
    if (wanted !== null) await this.#views.get(wanted)?.still(result.offset_ms, this.#moment);
    if (under !== null) await this.#views.get(under)?.still(result.previous_offset_ms, this.#moment);
    this.#show(programme, result, wanted, under);
    this.#ride.stop();
    this.#forget(new Set([wanted, under, this.#on, this.#spare]));
  }

  /** What is on screen now, for reports. */
  state() {
    const on = this.#on === null ? undefined : this.#views.get(this.#on);
    return { kind: this.result?.kind ?? "closed", scene: on?.id ?? null, waiting: this.waiting, views: this.#views.size };
  }

  release() {
    this.#living = undefined;
    this.#forget(new Set());
    this.outer.remove();
  }
}
