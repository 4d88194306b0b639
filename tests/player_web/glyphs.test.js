import assert from "node:assert/strict";
import { test } from "node:test";

import { cells } from "../../player_web/src/core/glyphs.js";
import { checkLayer, FormatError } from "../../player_web/src/core/layer_format.js";
import { lunar } from "../../player_web/src/core/lunar.js";
import { corners, eased, edge } from "../../player_web/src/core/motion.js";
import { vectors } from "./vectors.js";

const { glyphs, cases } = vectors("glyphs/values.json");

test("live values are set of the same cells as the server sets them of", () => {
  for (const one of cases) {
    const model = glyphs[one.glyphs];
    assert.deepEqual(cells(model, one.at, one.values, one.width), one.expect, JSON.stringify(one));
  }
});

test("the lunar calendar is the server's", () => {
  for (const [day, ...expect] of vectors("glyphs/lunar.json")) {
    const moon = lunar(day);
    assert.deepEqual([moon.day, moon.month, moon.leap, moon.year, moon.cycle], expect, String(day));
  }
});

test("strips move and scenes come in by the same pixels as on the server", () => {
  for (const one of vectors("glyphs/motion.json")) {
    if (!one.strip) {
      assert.equal(eased(one.kind, one.progress), one.eased);
      assert.equal(edge(one.kind, one.progress, one.width), one.edge);
      continue;
    }
    /** @type {number[][]} */
    const seen = [];
    corners(one.strip, one.offset, { width: 600, height: 80 }, { width: 512, height: 64 }, (x, y) => seen.push([x, y]));
    assert.deepEqual(seen, one.expect, JSON.stringify(one));
  }
});

test("a value that is no value shows the fallback", () => {
  const model = { ...glyphs[7], fallback: ["–"] };
  for (const value of [null, {}, { value: true, at: 0, max_age: 9 }, { value: NaN, at: 0, max_age: 9 }, { value: 1, at: "x", max_age: 9 }, 7]) {
    assert.deepEqual(cells(model, 0, { usd: /** @type {any} */ (value) }, 300).map(([, name]) => name), ["–"], JSON.stringify(value));
  }
  assert.equal(cells({ ...model, name: "constructor" }, 0, {}, 300).length, 1);
});

const STRIP = { kind: "strip", asset: "a", rect: [0, 0, 8, 8], strip: { start: [8, 0], speed: [-60, 0], repeat: [0, 0] } };
const GLYPHS = { kind: "glyphs", asset: "a", rect: [0, 0, 8, 8], glyphs: glyphs[0] };
const COUNTDOWN = { ...GLYPHS, glyphs: glyphs[5] };
const VALUE = { ...GLYPHS, glyphs: glyphs[7] };

test("strips and glyphs are accepted, also with the empty attributes that a document may spell", () => {
  for (const layer of [STRIP, GLYPHS, COUNTDOWN, VALUE, { ...STRIP, glyphs: null, sound: false }, { ...GLYPHS, strip: null }]) checkLayer(layer, "s");
});

/** @type {Record<string, any>} */
const MALFORMED = {
  "a strip that does not say how it moves": { ...STRIP, strip: undefined },
  "a strip that moves by parts of a pixel": { ...STRIP, strip: { ...STRIP.strip, speed: [0.5, 0] } },
  "a strip that repeats backwards": { ...STRIP, strip: { ...STRIP.strip, repeat: [-1, 0] } },
  "a strip in three dimensions": { ...STRIP, strip: { ...STRIP.strip, start: [0, 0, 0] } },
  "a strip with an attribute nobody knows": { ...STRIP, strip: { ...STRIP.strip, ease: 1 } },
  "a picture with a strip's motion": { ...STRIP, kind: "image" },
  "a strip with glyphs": { ...STRIP, glyphs: glyphs[0] },
  "glyphs without an atlas": { ...GLYPHS, glyphs: null },
  "glyphs of something else": { ...GLYPHS, glyphs: { ...glyphs[0], of: "sentence" } },
  "cells outside the atlas": { ...GLYPHS, glyphs: { ...glyphs[0], cells: { 0: [-1, 0, 8, 8] } } },
  "cells without a size": { ...GLYPHS, glyphs: { ...glyphs[0], cells: { 0: [0, 0, 0, 8] } } },
  "glyphs aligned nowhere": { ...GLYPHS, glyphs: { ...glyphs[0], align: "justify" } },
  "a fallback that is no list": { ...GLYPHS, glyphs: { ...glyphs[0], fallback: "x" } },
  "a time without a pattern": { ...GLYPHS, glyphs: { ...glyphs[0], pattern: null } },
  "a time of no zone": { ...GLYPHS, glyphs: { ...glyphs[0], offset: undefined } },
  "a countdown to no time": { ...COUNTDOWN, glyphs: { ...glyphs[5], until: -1 } },
  "a value without a name": { ...VALUE, glyphs: { ...glyphs[7], name: null } },
  "a value with too many decimals": { ...VALUE, glyphs: { ...glyphs[7], decimals: 7 } },
  "glyphs with an attribute nobody knows": { ...GLYPHS, glyphs: { ...glyphs[0], font: "x" } },
};

for (const [name, layer] of Object.entries(MALFORMED)) {
  test(`${name}: refused`, () => assert.throws(() => checkLayer(layer, "s"), FormatError));
}
