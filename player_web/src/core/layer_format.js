/**
 * What a layer of format 1 may be. A kind, an attribute or a value that this player does not know makes the whole document
 * refused: it would show other pixels than were approved.
 */

/** A document that this player cannot obey. The message names the place. */
export class FormatError extends Error {}

/** Kinds of layers that this player shows. */
export const LAYER_KINDS = new Set(["image", "video", "strip", "glyphs", "stream", "audio"]);
const LAYER_FIELDS = new Set(["kind", "asset", "rect", "sound", "strip", "glyphs", "stream", "unverified"]);
const STRIP_FIELDS = new Set(["start", "speed", "repeat"]);
const GLYPHS_FIELDS = new Set(["of", "cells", "align", "fallback", "pattern", "offset", "until", "name", "decimals", "group", "point", "max_age"]);
const STREAM_FIELDS = new Set(["url", "latency"]);
const MOST_DECIMALS = 6;
const LEAST_LATENCY = 2_000;
const MOST_LATENCY = 120_000;
/** What an address of a stream may be: `STREAM_URL` of `cms/plugin_api/types/streams.py`; both pass `tests/vectors/streams`. */
const STREAM_URL =
  /^(?:https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|http:\/\/(?:localhost|127\.0\.0\.1))(?::[1-9][0-9]{0,4})?\/[A-Za-z0-9._~!$&()*+,;=:@%/?-]{1,400}$/;

/**
 * @param {unknown} holds
 * @param {string} place
 * @returns {asserts holds}
 */
export function need(holds, place) {
  if (!holds) throw new FormatError(place);
}

/** @param {unknown} value @returns {value is Record<string, any>} */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @returns {value is number} */
export function isMillis(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
}

/** @param {unknown} value @param {number} length @returns {value is number[]} */
function isPixels(value, length) {
  return Array.isArray(value) && value.length === length && value.every(Number.isSafeInteger);
}

/** @param {unknown} value */
function isNames(value) {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** @param {unknown} value @param {string} place */
export function checkRect(value, place) {
  need(isPixels(value, 4) && value[2] > 0 && value[3] > 0, place);
}

/** @param {Record<string, unknown>} value @param {Set<string>} known @param {string} place */
function checkFields(value, known, place) {
  for (const field of Object.keys(value)) need(known.has(field), `${place} field ${field}`);
}

/** @param {any} layer @param {string} scene whose layer it is */
export function checkLayer(layer, scene) {
  need(isObject(layer) && LAYER_KINDS.has(layer.kind), `layer kind ${layer?.kind}`);
  checkFields(layer, LAYER_FIELDS, "layer");
  checkRect(layer.rect, `rect in ${scene}`);
  need((layer.strip != null) === (layer.kind === "strip"), `strip in ${scene}`);
  need((layer.glyphs != null) === (layer.kind === "glyphs"), `glyphs in ${scene}`);
  const streams = layer.kind === "stream";
  need((layer.stream != null) === streams && (layer.unverified ?? false) === streams, `stream in ${scene}`);
  if (streams) checkStream(layer.stream, `stream in ${scene}`);
  if (layer.kind === "strip") checkStrip(layer.strip, `strip in ${scene}`);
  if (layer.kind === "glyphs") checkGlyphs(layer.glyphs, `glyphs in ${scene}`);
}

/** @param {any} stream @param {string} place */
function checkStream(stream, place) {
  need(isObject(stream), place);
  checkFields(stream, STREAM_FIELDS, "stream");
  need(typeof stream.url === "string" && STREAM_URL.test(stream.url), place);
  need(isMillis(stream.latency) && stream.latency >= LEAST_LATENCY && stream.latency <= MOST_LATENCY, place);
}

/** @param {any} strip @param {string} place */
function checkStrip(strip, place) {
  need(isObject(strip), place);
  checkFields(strip, STRIP_FIELDS, "strip");
  need(isPixels(strip.start, 2) && isPixels(strip.speed, 2) && isPixels(strip.repeat, 2), place);
  need(strip.repeat.every((/** @type {number} */ period) => period >= 0), place);
}

/** @param {any} glyphs @param {string} place */
function checkGlyphs(glyphs, place) {
  need(isObject(glyphs) && isObject(glyphs.cells), place);
  checkFields(glyphs, GLYPHS_FIELDS, "glyphs");
  for (const rect of Object.values(glyphs.cells)) {
    checkRect(rect, place);
    need(rect[0] >= 0 && rect[1] >= 0, place);
  }
  need(["left", "centre", "right"].includes(glyphs.align) && isNames(glyphs.fallback), place);
  if (glyphs.of === "value") {
    need(typeof glyphs.name === "string" && isMillis(glyphs.decimals) && glyphs.decimals <= MOST_DECIMALS, place);
    need(typeof glyphs.group === "string" && typeof glyphs.point === "string" && isMillis(glyphs.max_age), place);
    return;
  }
  need(isNames(glyphs.pattern), place);
  if (glyphs.of === "time") need(Number.isSafeInteger(glyphs.offset), place);
  else need(glyphs.of === "countdown" && isMillis(glyphs.until), place);
}
