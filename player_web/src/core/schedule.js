/**
 * Format 1 of the two documents that a player obeys. Times are UTC milliseconds, spans half open [from, until).
 *
 * What this player does not know, it refuses whole: another format, another kind of layer, an attribute of a layer that
 * would change its pixels. Then the last good document stays.
 *
 * @typedef {[number, number, number, number]} Rect x, y, width, height in pixels
 * @typedef {[number, number]} Pair across, down
 * @typedef {{start: Pair, speed: Pair, repeat: Pair}} Strip how a picture moves: pixels, whole px/s, period in pixels (0: none)
 *
 * @typedef {object} Glyphs a live value set from cells of the asset
 * @property {"time" | "countdown" | "value"} of
 * @property {Record<string, Rect>} cells
 * @property {"left" | "centre" | "right"} align
 * @property {string[]} fallback names of cells
 * @property {string[] | null} [pattern] of a time or countdown
 * @property {number | null} [offset] of a time: minutes east of UTC
 * @property {number | null} [until] of a countdown: UTC milliseconds
 * @property {string | null} [name] of a value
 * @property {number | null} [decimals]
 * @property {string | null} [group]
 * @property {string | null} [point]
 * @property {number | null} [max_age] milliseconds; 0: as long as the value says
 *
 * @typedef {object} Layer
 * @property {string} kind
 * @property {string} asset
 * @property {Rect} rect
 * @property {boolean} [sound]
 * @property {Strip | null} [strip]
 * @property {Glyphs | null} [glyphs]
 * @property {Stream | null} [stream]
 * @property {boolean} [unverified] stands on streams: their address was approved, their pixels were not
 *
 * @typedef {{url: string, latency: number}} Stream a playlist of HLS, and how many ms behind its live edge it may be shown
 *
 * @typedef {{kind: "cut" | "fade" | "slide" | "wipe", ms: number}} Transition
 * @typedef {{item: string, language: string, proof: string, duration: number, faces: Record<string, Layer[]>, transition: Transition}} Scene
 * @typedef {{bytes: number, type: string, manifest?: string | null}} Asset
 * @typedef {{rect: Rect, rotation?: number}} Placed
 * @typedef {{canvas: [number, number], faces: Record<string, Placed>, audio?: {face: string} | null}} Controller
 * @typedef {{from: number, until: number, kind: "programme" | "closed" | "fallback", loop?: string | null}} Segment
 * @typedef {{from: number, until: number, on: boolean, brightness: number, volume: number}} Power
 * @typedef {number[]} Loop places in `turns`
 *
 * @typedef {object} Schedule
 * @property {1} format
 * @property {string} cluster
 * @property {number} valid_from
 * @property {number} valid_until
 * @property {string} timezone
 * @property {Record<string, Controller>} controllers
 * @property {Record<string, Asset>} assets
 * @property {Record<string, Scene>} scenes
 * @property {[string, number][]} turns a scene and its milliseconds, each pair once
 * @property {Record<string, Loop>} loops
 * @property {Record<string, {segments: Segment[]}>} faces
 * @property {Record<string, Power[]>} power
 * @property {string[]} standby
 * @property {string} fallback
 *
 * @typedef {{id: string, faces: string[], from: number, until: number, scene: string}} Alert
 * @typedef {{faces: string[], from: number, until: number}} Blackout
 * @typedef {{value: string | number, at: number, max_age: number}} Value
 *
 * @typedef {object} Notices
 * @property {1} format
 * @property {string} cluster
 * @property {Alert[]} alerts
 * @property {Blackout[]} blackout
 * @property {string[]} withdrawn
 * @property {Record<string, Value>} values
 * @property {Record<string, Scene>} scenes
 * @property {Record<string, Asset>} assets
 */

import { checkLayer, checkRect, isMillis, isObject, need } from "./layer_format.js";

export { FormatError } from "./layer_format.js";

const TRANSITIONS = ["cut", "fade", "slide", "wipe"];
const SHA256 = /^[0-9a-f]{64}$/;

/** @param {any} span @param {string} place */
function checkSpan(span, place) {
  need(isObject(span) && isMillis(span.from) && isMillis(span.until) && span.from < span.until, place);
}

/** @param {unknown} spans @param {string} place */
function checkTimeline(spans, place) {
  need(Array.isArray(spans), place);
  let last = -1;
  for (const span of spans) {
    checkSpan(span, place);
    need(span.from >= last, `${place}: out of order`);
    last = span.until;
  }
}

/** @param {any} assets */
function checkAssets(assets) {
  need(isObject(assets), "assets");
  for (const [hash, asset] of Object.entries(assets)) {
    need(SHA256.test(hash) && isObject(asset), "assets");
    need(isMillis(asset.bytes) && typeof asset.type === "string", `asset ${hash}`);
    need(asset.manifest === undefined || asset.manifest === null || SHA256.test(asset.manifest), `manifest of ${hash}`);
  }
}

/**
 * @param {any} scenes
 * @param {(hash: string) => boolean} known whether an asset is announced
 */
function checkScenes(scenes, known) {
  need(isObject(scenes), "scenes");
  for (const [id, scene] of Object.entries(scenes)) {
    need(isObject(scene) && typeof scene.item === "string" && typeof scene.proof === "string", `scene ${id}`);
    need(isMillis(scene.duration) && scene.duration > 0 && isObject(scene.faces), `scene ${id}`);
    need(isObject(scene.transition) && TRANSITIONS.includes(scene.transition.kind), `transition of ${id}`);
    need(isMillis(scene.transition.ms), `transition of ${id}`);
    for (const layers of Object.values(scene.faces)) {
      need(Array.isArray(layers), `scene ${id}`);
      for (const layer of layers) {
        checkLayer(layer, id);
        need(known(layer.asset), `asset ${layer.asset} of ${id}`);
      }
    }
  }
}

/** @param {any} controllers */
function checkControllers(controllers) {
  need(isObject(controllers), "controllers");
  for (const [id, controller] of Object.entries(controllers)) {
    need(isObject(controller) && Array.isArray(controller.canvas) && controller.canvas.length === 2, `controller ${id}`);
    need(isObject(controller.faces), `controller ${id}`);
    for (const placed of Object.values(controller.faces)) {
      checkRect(placed?.rect, `face of ${id}`);
      need([0, 90, 180, 270].includes(placed.rotation ?? 0), `rotation in ${id}`);
    }
  }
}

/** @param {any} document @param {string} cluster */
function checkHead(document, cluster) {
  need(isObject(document), "document");
  need(document.format === 1, `format ${document.format}`);
  need(document.cluster === cluster, `cluster ${document.cluster}`);
}

/**
 * @param {any} document parsed JSON
 * @param {string} cluster
 * @returns {Schedule}
 * @throws {FormatError}
 */
export function readSchedule(document, cluster) {
  checkHead(document, cluster);
  need(isMillis(document.valid_from) && isMillis(document.valid_until), "valid_from");
  checkControllers(document.controllers);
  checkAssets(document.assets);
  checkScenes(document.scenes, (hash) => Object.hasOwn(document.assets, hash));
  need(Object.hasOwn(document.scenes, document.fallback), "fallback");
  need(Array.isArray(document.turns), "turns");
  for (const turn of document.turns) {
    need(Array.isArray(turn) && Object.hasOwn(document.scenes, turn[0]) && isMillis(turn[1]) && turn[1] > 0, "turns");
  }
  need(isObject(document.loops), "loops");
  for (const [id, loop] of Object.entries(document.loops)) {
    need(Array.isArray(loop) && loop.length > 0, `loop ${id}`);
    for (const turn of loop) need(isMillis(turn) && turn < document.turns.length, `loop ${id}`);
  }
  need(isObject(document.faces), "faces");
  for (const [face, timeline] of Object.entries(document.faces)) {
    checkTimeline(timeline?.segments, `segments of ${face}`);
    for (const segment of timeline.segments) {
      need(["programme", "closed", "fallback"].includes(segment.kind), `segment kind ${segment.kind}`);
      need(segment.loop == null ? segment.kind !== "programme" : Object.hasOwn(document.loops, segment.loop), `loop ${segment.loop}`);
    }
  }
  need(isObject(document.power), "power");
  for (const [face, spans] of Object.entries(document.power)) checkTimeline(spans, `power of ${face}`);
  need(Array.isArray(document.standby), "standby");
  for (const hash of document.standby) need(Object.hasOwn(document.assets, hash), `standby ${hash}`);
  return document;
}

/**
 * @param {any} document parsed JSON
 * @param {string} cluster
 * @returns {Notices}
 * @throws {FormatError}
 */
export function readNotices(document, cluster) {
  checkHead(document, cluster);
  const notices = { alerts: [], blackout: [], withdrawn: [], values: {}, scenes: {}, assets: {}, ...document };
  checkAssets(notices.assets);
  checkScenes(notices.scenes, (hash) => SHA256.test(hash));
  need(Array.isArray(notices.alerts) && Array.isArray(notices.blackout), "alerts or blackout");
  for (const one of [...notices.alerts, ...notices.blackout]) {
    checkSpan(one, "alerts or blackout");
    need(Array.isArray(one.faces), "faces of an alert or blackout");
  }
  for (const alert of notices.alerts) need(typeof alert.scene === "string", "scene of an alert");
  need(Array.isArray(notices.withdrawn) && notices.withdrawn.every((/** @type {unknown} */ one) => typeof one === "string"), "withdrawn");
  need(isObject(notices.values), "values");
  return notices;
}

/** @param {string} cluster @returns {Notices} */
export function noNotices(cluster) {
  return { format: 1, cluster, alerts: [], blackout: [], withdrawn: [], values: {}, scenes: {}, assets: {} };
}

/**
 * What the faces of a controller need of a schedule: assets of every scene it may show, standby and fallback.
 * @param {Schedule} schedule
 * @param {string} controller
 * @returns {Map<string, Asset>}
 */
export function assetsFor(schedule, controller) {
  const faces = new Set(Object.keys(schedule.controllers[controller]?.faces ?? {}));
  const needed = new Set(schedule.standby);
  for (const scene of Object.values(schedule.scenes)) {
    for (const [face, layers] of Object.entries(scene.faces)) {
      if (faces.has(face)) for (const layer of layers) needed.add(layer.asset);
    }
  }
  return new Map([...needed].map((hash) => [hash, schedule.assets[hash]]));
}
