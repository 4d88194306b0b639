import assert from "node:assert/strict";
import { test } from "node:test";

import { Bench } from "../../player_web/src/watch/bench.js";
import { ClipWatch } from "../../player_web/src/watch/clip_watch.js";
import { FrameRate } from "../../player_web/src/watch/frame_rate.js";
import { Guard, onlyFallback } from "../../player_web/src/watch/guard.js";
import { ReloadPlan, allowed, remembered } from "../../player_web/src/watch/reload_plan.js";
import { Seldom } from "../../player_web/src/watch/seldom.js";

const HOUR = 3_600_000;

/**
 * Looks at a clip ten times a second; what was wanted, and when.
 * @param {(seconds: number) => {time?: number, frames?: number, broken?: boolean}} clip
 */
function watched(clip, seconds, watch = new ClipWatch(), from = 0) {
  const wanted = [];
  for (let now = from; now <= from + seconds * 1000; now += 100) {
    const remedy = watch.look({ now, time: now / 1000, frames: now / 33, broken: false, ...clip(now / 1000) });
    if (remedy) wanted.push([remedy, watch.reason, now / 1000]);
  }
  return wanted;
}

test("a clip that runs is left alone, however long", () => {
  const watch = new ClipWatch();
  assert.deepEqual(watched(() => ({}), 600, watch), []);
  assert.equal(watch.well, true);
});

test("a clip whose time runs without a picture is given up within 3.2 seconds", () => {
  assert.deepEqual(watched(() => ({ frames: 1 }), 4), [["give up", "silent", 3.1]]);
});

test("a clip that hangs is sought, loaded anew, and then given up", () => {
  const wanted = watched(() => ({ time: 7, frames: 3 }), 12);
  assert.deepEqual(wanted.map(([remedy]) => remedy), ["seek", "load", "give up"]);
  assert.ok(wanted.every(([, reason]) => reason === "stalled"));
  assert.ok(wanted[2][2] < 9);
});

test("a clip that hung once and recovered is sought again the next time, not given up", () => {
  const watch = new ClipWatch();
  const hangs = (second) => second >= 10 && second < 12.5 ? { time: 10, frames: 300 } : {};
  assert.deepEqual(watched(hangs, 60, watch).map(([remedy]) => remedy), ["seek"]);
  assert.deepEqual(watched(() => ({ time: 1, frames: 1 }), 2.5, watch, 100_000).map(([remedy]) => remedy), ["seek"]);
});

test("an error is answered by loading once, a second one by giving up", () => {
  assert.deepEqual(watched((second) => ({ broken: second === 1 || second === 5 }), 6).map(([remedy, , at]) => [remedy, at]), [["load", 1], ["give up", 5]]);
});

test("a page that itself stood still says nothing of its clips", () => {
  const watch = new ClipWatch();
  for (let now = 0; now < 600_000; now += 5000) assert.equal(watch.look({ now, time: 1, frames: 1, broken: false }), "");
});

test("a bad asset sits out longer each time, up to six hours, until it was shown well", () => {
  const bench = new Bench();
  const rests = Array.from({ length: 6 }, () => bench.fails("a", 0));
  assert.deepEqual(rests.map((rest) => rest / 60_000), [1, 4, 16, 64, 256, 360]);
  assert.equal(bench.rests("a", 6 * HOUR - 1), true);
  assert.equal(bench.rests("a", 6 * HOUR), false);
  assert.equal(bench.rests("b", 0), false);
  bench.well("a");
  assert.equal(bench.fails("a", 0), 60_000);
});

test("what fails on a thousand assets is not remembered for ever", () => {
  const bench = new Bench();
  for (let number = 0; number < 1000; number += 1) bench.fails(`asset ${number}`, 0);
  assert.equal(bench.rests("asset 0", 1), false);
  assert.equal(bench.rests("asset 999", 1), true);
});

test("the same thing is told once in ten minutes, another at once", () => {
  const seldom = new Seldom(600_000);
  assert.deepEqual([seldom.may("a", 0), seldom.may("a", 599_999), seldom.may("b", 1), seldom.may("a", 600_000)], [true, false, true, true]);
});

/** @param {number} until ms @param {(at: number) => number} interval */
function framesUntil(until, interval, rate = new FrameRate()) {
  let at = 0;
  for (; at < until; at += interval(at)) rate.frame(at);
  return rate.read(at);
}

test("a quiet minute of 60 Hz has 60 frames a second and drops none", () => {
  assert.deepEqual(framesUntil(90_000, () => 1000 / 60), { fps: 60, dropped: 0, long: 0, longest_ms: 17 });
  assert.equal(framesUntil(90_000, () => 20).dropped, 0);
});

test("frames that came late are counted by how many should have been there", () => {
  const told = framesUntil(30_000, (at) => (Math.abs(at - 10_000) < 5 ? 200 : 20));
  assert.deepEqual([told.dropped, told.long, told.longest_ms], [9, 1, 200]);
});

test("only the last minute counts, and no time that the page was hidden", () => {
  const rate = new FrameRate();
  framesUntil(5000, () => 100, rate);
  rate.pause();
  let at = 4_000_000;
  for (; at < 4_090_000; at += 20) rate.frame(at);
  assert.deepEqual(rate.read(at), { fps: 50, dropped: 0, long: 0, longest_ms: 20 });
});

const programme = {
  frame: (_face, instant) => ({ kind: "programme", scene: "one", offset_ms: 5, until: instant + 10 }),
  scene: (id) => ({ id }),
  fallback: "theme",
  withdrawn: () => false,
};

test("a face that fails ten times in a row shows the fallback for a minute; the other goes on", () => {
  const told = [];
  const guard = new Guard((face, error, rescued) => told.push([face, error.message, rescued]));
  const seen = [];
  const bad = { id: "a", update: (made, now) => { if (made.frame("a", now).scene === "one") throw new Error("no"); seen.push(made.frame("a", now)); }, move() {} };
  const good = { id: "b", turns: 0, update() { this.turns += 1; }, move() {} };
  for (let now = 0; now < 5000; now += 100) for (const face of [bad, good]) guard.update(face, programme, { now, read: now }, null);
  assert.equal(told.length, 10);
  assert.deepEqual(told.at(-1), ["a", "no", true]);
  assert.equal(good.turns, 50);
  assert.equal(seen.length, 40);
  assert.ok(seen.every(({ scene, kind }) => scene === "theme" && kind === "fallback"));
  // One showing, not a new one at every turn.
  assert.equal(new Set(seen.map(({ offset_ms }, turn) => turn * 100 - offset_ms)).size, 1);
  guard.update(bad, programme, { now: 65_000, read: 0 }, null);
  assert.equal(told.length, 11, "after a minute the programme is tried again");
});

test("errors between two turns count too, and one good turn does not hide them", () => {
  const told = [];
  const guard = new Guard((_face, _error, rescued) => told.push(rescued));
  const face = { id: "a", update() {}, move() { throw new Error("no"); } };
  for (let now = 0; now < 200; now += 16) {
    guard.move(face, now);
    guard.update(face, programme, { now, read: now }, null);
  }
  assert.ok(told.includes(true));
});

test("the fallback stands in for what is lit, not for what is dark", () => {
  const dark = onlyFallback({ ...programme, frame: () => ({ kind: "closed", scene: null }) }, 0);
  assert.equal(dark.frame("a", 5).kind, "closed");
  const lost = onlyFallback({ ...programme, frame: () => { throw new Error("no"); } }, 0);
  assert.equal(lost.frame("a", 5).scene, "theme");
});

const PATIENCE = { boundary: 600_000, at_last: 3_600_000 };

test("the page is loaded anew when all faces change together", () => {
  const plan = new ReloadPlan();
  const kinds = { a: "programme", b: "programme" };
  assert.equal(plan.due(kinds, 0), false);
  plan.plan("heap", 0, PATIENCE);
  plan.changed("a", 5000);
  assert.equal(plan.due(kinds, 5000), false);
  plan.changed("b", 5900);
  assert.equal(plan.due(kinds, 5900), true);
});

test("after ten minutes one face's change is enough, after an hour nothing is waited for", () => {
  const plan = new ReloadPlan();
  const kinds = { a: "programme", b: "programme" };
  plan.plan("heap", 0, PATIENCE);
  plan.changed("a", 600_000);
  assert.equal(plan.due(kinds, 599_999), false);
  assert.equal(plan.due(kinds, 600_500), true);
  assert.equal(plan.due(kinds, 700_000), false);
  assert.equal(plan.due(kinds, 3_600_000), true);
});

test("dark faces wait for nothing, an alert is not interrupted", () => {
  const plan = new ReloadPlan();
  plan.plan("heap", 0, PATIENCE);
  assert.equal(plan.due({ a: "closed", b: "blackout" }, 10), true);
  plan.changed("a", 20);
  assert.equal(plan.due({ a: "programme", b: "closed" }, 20), true);
  assert.equal(plan.due({ a: "programme", b: "alert" }, 20), false);
  assert.equal(plan.due({ a: "alert", b: "alert" }, 3_600_000), true);
});

test("a more urgent reason shortens the wait and keeps the first reason", () => {
  const plan = new ReloadPlan();
  plan.plan("shell", 0, { boundary: 0, at_last: 120_000 });
  plan.plan("age", 1000, { boundary: Infinity, at_last: Infinity });
  assert.equal(plan.reason, "shell");
  assert.equal(plan.due({ a: "programme" }, 120_000), true);
});

test("one reload an hour, and for what a reload does not mend each after twice the wait, up to a day", () => {
  assert.equal(allowed(null, "heap", 0), true);
  let past = remembered(null, "heap", 0);
  const waits = [];
  for (let count = 0; count < 7; count += 1) {
    let at = past.at;
    while (!allowed(past, "heap", at)) at += HOUR;
    waits.push((at - past.at) / HOUR);
    past = remembered(past, "heap", at);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 24, 24]);
  assert.equal(allowed(past, "context", past.at + HOUR - 1), false);
  assert.equal(allowed(past, "context", past.at + HOUR), true);
  assert.equal(remembered(past, "context", past.at + HOUR).times, 1);
});
