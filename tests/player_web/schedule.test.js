import assert from "node:assert/strict";
import { test } from "node:test";

import { inForce, worthKeeping } from "../../player_web/src/core/releases.js";
import { FormatError, assetsFor, readNotices, readSchedule } from "../../player_web/src/core/schedule.js";
import { allVectors } from "./vectors.js";

const [{ schedule }] = allVectors("frame/");
const cluster = schedule.cluster;

/** @param {(copy: any) => void} change */
function changed(change) {
  const copy = structuredClone(schedule);
  change(copy);
  return copy;
}

/** @type {Record<string, (copy: any) => void>} */
const REFUSED = {
  "a later format": (copy) => (copy.format = 2),
  "another cluster": (copy) => (copy.cluster = "elsewhere"),
  "a kind of layer it does not know": (copy) => (firstLayer(copy).kind = "hologram"),
  "an attribute of a layer it does not know": (copy) => (firstLayer(copy).motion = { x: 1 }),
  "an asset that is not announced": (copy) => (firstLayer(copy).asset = "f".repeat(64)),
  "a turn of a scene that does not exist": (copy) => (copy.turns[0] = ["nothing", 1000]),
  "a turn that lasts no time": (copy) => (copy.turns[0][1] = 0),
  "a loop of turns that do not exist": (copy) => (Object.values(copy.loops)[0][0] = copy.turns.length),
  "a loop without turns": (copy) => (Object.values(copy.loops)[0].length = 0),
  "segments that overlap": (copy) => copy.faces.a.segments.push({ ...copy.faces.a.segments[0] }),
  "no fallback": (copy) => (copy.fallback = "nothing"),
};

/** @param {any} copy */
function firstLayer(copy) {
  return Object.values(Object.values(copy.scenes)[0].faces)[0][0];
}

test("a schedule of the compiler is accepted", () => {
  assert.equal(readSchedule(structuredClone(schedule), cluster).cluster, cluster);
});

for (const [name, change] of Object.entries(REFUSED)) {
  test(`a schedule with ${name} is refused`, () => {
    assert.throws(() => readSchedule(changed(change), cluster), FormatError);
  });
}

test("notices may leave out what they do not need", () => {
  const notices = readNotices({ format: 1, cluster, withdrawn: ["a:vi"] }, cluster);
  assert.deepEqual([notices.alerts, notices.blackout, notices.withdrawn], [[], [], ["a:vi"]]);
});

test("a controller fetches what its own faces show, and what stands by", () => {
  const [id, controller] = Object.entries(schedule.controllers)[0];
  const one = changed((copy) => (copy.controllers = { [id]: { ...controller, faces: { a: controller.faces.a } } }));
  const hashes = [...assetsFor(one, id).keys()];
  assert.ok(hashes.length > 0 && hashes.length < Object.keys(schedule.assets).length);
});

/** @param {number} order @param {number} from @param {boolean} [complete] */
const release = (order, from, complete = true) => ({ order, version: order, sha256: "", complete, schedule: { valid_from: from } });

test("the newest complete release whose time has come is in force", () => {
  const held = [release(1, 100), release(2, 200), release(3, 150, false)];
  assert.equal(inForce(held, 99, 0), undefined);
  assert.equal(inForce(held, 150, 0)?.order, 1);
  assert.equal(inForce(held, 200, 0)?.order, 2);
});

test("a clock that is set back does not bring an old release back", () => {
  assert.equal(inForce([release(1, 100), release(2, 200)], 50, 2)?.order, 2);
});

test("two good releases are kept", () => {
  const held = [release(1, 0), release(2, 0), release(3, 0, false), release(4, 0), release(5, 9e9)];
  assert.deepEqual(worthKeeping(held, held[3]).map((one) => one.order), [2, 4, 5]);
});
