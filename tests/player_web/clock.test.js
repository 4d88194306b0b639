import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../player_web/src/core/clock.js";
import { backoff, jittered, seeded } from "../../player_web/src/core/jitter.js";

const AHEAD = 1_798_948_800_000;

/** Exchanges with a server whose time is `monotonic + AHEAD`; delays in milliseconds each way. */
function exchange(clock, at, there, back, ahead = AHEAD) {
  clock.exchange(at, at + there + back, at + there + ahead);
}

test("the first answer sets the clock, however wrong the machine is", () => {
  const clock = new Clock(0, 90_000);
  exchange(clock, 1000, 20, 20);
  assert.equal(clock.now(1040), 1040 + AHEAD);
  assert.equal(clock.synchronised, true);
});

test("slow and lopsided answers count less than the quick ones", () => {
  const clock = new Clock(0, 0);
  exchange(clock, 0, 5, 5);
  exchange(clock, 1000, 6, 4);
  exchange(clock, 2000, 4, 6);
  exchange(clock, 3000, 900, 5);
  exchange(clock, 4000, 5, 700);
  clock.now(60_000);
  assert.ok(Math.abs(clock.now(60_001) - 60_001 - AHEAD) <= 1);
});

test("small corrections bend the clock and never turn it back", () => {
  const clock = new Clock(0, 0);
  exchange(clock, 0, 5, 5);
  for (let at = 1000; at < 12_000; at += 1000) exchange(clock, at, 5, 5, AHEAD - 200);
  let last = 0;
  for (let at = 12_000; at < 40_000; at += 16) {
    const now = clock.now(at);
    if (last) assert.ok(now > last && now - last < 17);
    last = now;
  }
  assert.ok(Math.abs(clock.error) < 1);
});

test("a clock that was set anew is followed at once", () => {
  const clock = new Clock(0, 0);
  for (let at = 0; at < 9000; at += 1000) exchange(clock, at, 5, 5);
  exchange(clock, 9000, 5, 5, AHEAD - 86_400_000);
  assert.equal(clock.now(9010), 9010 + AHEAD - 86_400_000);
});

test("jitter stays within its share, is spread, and repeats from its seed", () => {
  const random = seeded("tinh-bien");
  const drawn = Array.from({ length: 1000 }, () => jittered(4000, random));
  assert.ok(Math.min(...drawn) >= 3400 && Math.max(...drawn) <= 4600);
  assert.ok(new Set(drawn).size > 300);
  const again = seeded("tinh-bien");
  assert.deepEqual(drawn.slice(0, 50), Array.from({ length: 50 }, () => jittered(4000, again)));
});

test("waits grow up to a cap", () => {
  const random = () => 1;
  assert.deepEqual([0, 1, 2, 30].map((attempt) => backoff(attempt, random, 1000, 8000)), [1500, 2500, 4500, 8500]);
});
