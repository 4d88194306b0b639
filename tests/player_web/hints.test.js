import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Hints, hintsOf } from "../../player_web/src/report/hints.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const url = hintsOf(new URL("http://localhost/"), "tinh-bien");
let now = 0;

beforeEach(() => {
  now = 0;
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(performance, "now", () => now);
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

/** Lets everything that is ready happen. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

async function pass(milliseconds) {
  now += milliseconds;
  mock.timers.tick(milliseconds);
  await settle();
}

/** A CMS: each question takes the next answer, a status or a stream to write to; counts questions and polls. */
function stage(...answers) {
  const seen = { asked: 0, polls: 0, lines: [] };
  const answer = (_url, { signal }) => {
    const next = answers[Math.min(seen.asked, answers.length - 1)];
    seen.asked += 1;
    if (next === "down") return Promise.reject(new TypeError("no network"));
    if (next !== "line") return Promise.resolve(new Response(null, next));
    let controller;
    const body = new ReadableStream({ start: (made) => (controller = made) });
    signal.addEventListener("abort", () => {
      try {
        controller.error(signal.reason);
      } catch {
        // It had ended.
      }
    });
    const encoder = new TextEncoder();
    seen.lines.push({ say: (text) => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
    return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
  };
  const hints = new Hints({ url, random: () => 0.5, poll: () => (seen.polls += 1), fetch: answer });
  return { hints, seen };
}

test("a hint brings one poll forward, many at most one a second", async () => {
  const { hints, seen } = stage("line");
  hints.start();
  await settle();
  assert.equal(hints.connected, true);
  seen.lines[0].say(": hello\n\n");
  await settle();
  await pass(2000);
  assert.equal(seen.polls, 0);
  seen.lines[0].say("data: 7\n\nda");
  seen.lines[0].say("ta: 8\n\n");
  await settle();
  await pass(249);
  assert.equal(seen.polls, 0, "players ask apart from one another");
  await pass(1);
  assert.equal(seen.polls, 1);
  for (let version = 9; version < 200; version += 1) {
    seen.lines[0].say(`data: ${version}\n\n`);
    await settle();
    await pass(50);
  }
  assert.ok(seen.polls <= 11 && seen.polls >= 9, `${seen.polls} polls in 9.5 s`);
  assert.equal(hints.heard, 193);
  hints.stop();
});

test("a silent line is given up, and one that the server closes is opened again soon", async () => {
  const { hints, seen } = stage("line");
  hints.start();
  await settle();
  await pass(49_000);
  seen.lines[0].say(": still here\n\n");
  await settle();
  await pass(49_000);
  assert.equal(hints.connected, true);
  seen.lines[0].end();
  await settle();
  assert.equal(hints.connected, false);
  await pass(1000);
  assert.equal(seen.asked, 2, "after a good line within two seconds");
  await pass(50_000);
  assert.equal(hints.connected, false, "nothing was heard for 50 s");
  hints.stop();
});

test("without a network it tries less and less often, and stops when it is told", async () => {
  const { hints, seen } = stage("down");
  hints.start();
  await settle();
  for (let second = 0; second < 600; second += 1) await pass(1000);
  assert.ok(seen.asked > 5 && seen.asked < 15, `${seen.asked} attempts in ten minutes`);
  hints.stop();
  const before = seen.asked;
  await pass(HOUR);
  assert.equal(seen.asked, before);
});

test("a server that wants rest gets it, and one without hints is asked again in an hour", async () => {
  const { hints, seen } = stage({ status: 429, headers: { "Retry-After": "60" } }, { status: 204 }, "line");
  hints.start();
  await settle();
  await pass(59_000);
  assert.equal(seen.asked, 1);
  await pass(3000);
  assert.equal(seen.asked, 2);
  await pass(50 * MINUTE);
  assert.equal(seen.asked, 2);
  await pass(20 * MINUTE);
  assert.equal(hints.connected, true);
  hints.stop();
});

test("a line that never ends its sentence is hung up", async () => {
  const { hints, seen } = stage("line", "down");
  hints.start();
  await settle();
  seen.lines[0].say("x".repeat(5000));
  await settle();
  assert.equal(hints.connected, false);
  assert.equal(seen.polls, 0);
  hints.stop();
});
