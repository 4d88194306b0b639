import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../player_web/src/core/clock.js";
import { backoff, jittered, seeded } from "../../player_web/src/core/jitter.js";

const AHEAD = 1_798_948_800_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Exchanges with a server whose time is `monotonic + AHEAD`; delays in milliseconds each way. */
function exchange(clock, at, there, back, ahead = AHEAD) {
  clock.exchange(at, at + there + back, at + there + ahead);
}

/** Whether it shows the server's time within so many milliseconds. */
function near(clock, at, ahead = AHEAD, within = 2) {
  return Math.abs(clock.now(at) - at - ahead) <= within;
}

test("the first answer sets the clock, however wrong the machine is", () => {
  const clock = new Clock(0, 90_000);
  exchange(clock, 1000, 20, 20);
  assert.ok(Math.abs(clock.now(1040) - 1040 - AHEAD) <= 1);
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

test("a clock that was set anew is followed when a second answer says the same, and one alone is not believed", () => {
  const clock = new Clock(0, 0);
  for (let at = 0; at < 9000; at += 1000) exchange(clock, at, 5, 5);
  exchange(clock, 9000, 5, 5, AHEAD - DAY);
  assert.ok(clock.doubtful && near(clock, 9010));
  exchange(clock, 9500, 5, 5);
  assert.ok(!clock.doubtful && near(clock, 9510));
  exchange(clock, 10_000, 5, 5, AHEAD - DAY);
  exchange(clock, 10_020, 5, 5, AHEAD - DAY);
  assert.ok(!clock.doubtful && near(clock, 10_030, AHEAD - DAY));
});

test("after a sleep in which the monotonic clock stood still, two answers bring the time back", () => {
  const clock = new Clock(0, 0);
  for (let at = 0; at < 9000; at += 1000) exchange(clock, at, 150, 150);
  for (const at of [10_000, 10_300]) exchange(clock, at, 150, 150, AHEAD + 3_600_000);
  assert.ok(near(clock, 10_600, AHEAD + 3_600_000));
});

test("delays that vary by themselves each way are seen through", () => {
  const random = seeded("delays");
  const clock = new Clock(0, AHEAD + 90_000);
  let at = 0;
  const ask = () => {
    const [there, back] = [100 + 200 * random(), 100 + 200 * random()];
    exchange(clock, at, there, back);
    at += there + back;
  };
  for (let count = 0; count < 40; count += 1) ask();
  for (let minute = 0; minute < 20; minute += 1) {
    for (let count = 0; count < 9; count += 1) {
      at += 6600;
      ask();
      assert.ok(near(clock, at, AHEAD, 10), `${clock.now(at) - at - AHEAD} ms off after ${minute} min`);
    }
  }
  assert.ok(near(clock, at, AHEAD, 5) && clock.uncertainty >= 100, "what nobody can know of the ways is said");
});

test("the rate of a quartz is learnt, and allowed for when nobody answers any more", () => {
  const clock = new Clock(0, 0);
  const random = seeded("quartz");
  const truth = (/** @type {number} */ at) => AHEAD + at * 1.00004;
  let at = 0;
  for (; at < 2 * HOUR; at += 20_000) {
    const [there, back] = [5 + 20 * random(), 5 + 20 * random()];
    clock.exchange(at, at + there + back, Math.floor(truth(at + there)));
    if (at > 60_000) assert.ok(Math.abs(clock.now(at + 60) - truth(at + 60)) < 8);
  }
  assert.ok(Math.abs(clock.rate - 40e-6) < 2e-6, `${clock.rate * 1e6} ppm`);
  assert.ok(Math.abs(clock.now(at + DAY) - truth(at + DAY)) < 200, "a day alone costs less than 0.2 s, and not 3.5 s");
});

test("a good guess is not thrown over by the first answer of a slow network", () => {
  const clock = new Clock(0, AHEAD + 3);
  const before = clock.now(299);
  exchange(clock, 0, 20, 280);
  assert.ok(clock.now(300) >= before && near(clock, 300, AHEAD, 10));
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
