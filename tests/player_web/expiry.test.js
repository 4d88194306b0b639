/** The clock of expiry: nobody who only answers for the time turns it back. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ExpiryClock } from "../../player_web/src/core/expiry_clock.js";
import { expiryClock } from "../../player_web/src/update/expiry.js";

const DAY = 86_400_000;
const NOW = Date.parse("2027-01-04T01:00:00Z");

/** A machine whose own clock is right, paired and told the time of the newest timestamp. */
function paired({ offset = 0, signed = NOW } = {}) {
  const clock = new ExpiryClock(0, { offset, floor: null });
  if (signed !== null) clock.heard(0, signed);
  return clock;
}

test("with honest clocks it is the server's time", () => {
  assert.equal(paired().now(5000, NOW + 5000, NOW + 5250), NOW + 5250);
});

test("a server's time from before the newest signature does not count", () => {
  const clock = paired({ signed: NOW });
  assert.equal(clock.now(0, 0, NOW - 30 * DAY), NOW);
  assert.equal(clock.disagreement(0, 0, NOW - 30 * DAY), -30 * DAY);
});

test("while updates are held back and the time with them, time passes all the same", () => {
  const clock = paired({ signed: NOW });
  assert.equal(clock.now(9 * DAY, 0, NOW), NOW + 9 * DAY);
});

test("what has passed is known at the next start, even if the machine begins in 1970", () => {
  const before = paired({ signed: NOW });
  const after = new ExpiryClock(0, before.kept(6 * DAY));
  assert.equal(after.now(3 * DAY, 1000, NOW), NOW + 9 * DAY);
});

test("the machine's clock goes on while it is off, less a day of doubt", () => {
  const after = new ExpiryClock(0, paired({ signed: NOW }).kept(0));
  assert.equal(after.now(0, NOW + 20 * DAY, NOW), NOW + 19 * DAY);
});

test("a machine that was wrong when it was paired is believed as it was corrected then", () => {
  const clock = new ExpiryClock(0, { offset: 30 * DAY, floor: NOW });
  assert.equal(clock.now(0, NOW - 10 * DAY, NOW), NOW + 19 * DAY);
  assert.equal(clock.disagreement(0, NOW - 30 * DAY, NOW), 0);
});

test("a machine whose clock is set right later does not fall behind its own correction", () => {
  const slow = new ExpiryClock(0, { offset: 30 * DAY, floor: NOW });
  assert.equal(slow.now(0, NOW, NOW + 1000), NOW + 1000);
  const fast = new ExpiryClock(0, { offset: -30 * DAY, floor: NOW });
  assert.equal(fast.now(0, NOW, NOW + 1000), NOW + 1000);
});

test("a clock a day off, as one kept in local time, changes nothing", () => {
  for (const off of [-14, -1, 1, 14].map((hours) => hours * 3_600_000)) {
    assert.equal(paired().now(0, NOW + off, NOW), NOW);
    assert.equal(paired().disagreement(0, NOW + off, NOW), 0);
  }
});

test("a machine that claims to be years ahead is not believed", () => {
  assert.equal(paired().now(0, NOW + 3000 * DAY, NOW + 1000), NOW + 1000);
});

test("a server's time far ahead of the machine's counts, since it can only refuse, and is told", () => {
  assert.equal(paired().now(0, NOW, NOW + 300 * DAY), NOW + 300 * DAY);
  assert.equal(paired().disagreement(0, NOW, NOW + 300 * DAY), 300 * DAY);
  assert.equal(paired().now(60_000, NOW + 60_000, NOW + 60_000), NOW + 60_000);
});

test("an older timestamp heard later does not turn it back", () => {
  const clock = paired({ signed: NOW });
  clock.heard(1000, NOW - DAY);
  assert.equal(clock.now(1000, 0, 0), NOW + 1000);
});

test("moments that a stolen key signed are forgotten when it is replaced", () => {
  const clock = paired({ signed: NOW + 4000 * DAY });
  assert.equal(clock.now(0, NOW, NOW), NOW + 4000 * DAY);
  clock.heard(0, null);
  assert.equal(clock.now(0, NOW, NOW), NOW);
  clock.heard(0, NOW);
  assert.equal(clock.now(10, NOW, NOW - DAY), NOW + 10);
});

test("before anything is signed the machine's clock still bounds what the network says", () => {
  assert.equal(paired({ signed: null }).now(0, NOW, NOW - 30 * DAY), NOW - DAY);
});

test("whatever is answered for the time, expiry never runs more than a day behind the truth of a machine that keeps time", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 300; round += 1) {
    let clock = paired({ signed: NOW });
    let [truth, start] = [NOW, NOW];
    for (let step = 0; step < 20; step += 1) {
      truth += random() * 4 * DAY;
      const lie = truth + (random() - 0.7) * 100 * DAY;
      assert.ok(clock.now(truth - start, truth, lie) >= truth - DAY);
      if (random() < 0.3) {
        clock = new ExpiryClock(0, clock.kept(truth - start));
        start = truth;
      }
    }
  }
});

/** The clock with a database in memory; `said` is what the server says of the time, away from the truth. */
async function remembered(state, { pairing = "one", lie = 0 } = {}) {
  const events = [];
  const answers = { lie };
  const database = { get: async (_, key) => state.get(key), put: async (_, value, key) => void state.set(key, value) };
  const report = (kind, detail) => events.push([kind, detail.what, detail.reason, detail.detail]);
  const ports = await expiryClock({ database, pairing, server: () => Date.now() + answers.lie, report });
  return { ...ports, events, answers };
}

test("the newest signature is remembered from start to start, until the player is paired anew", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const state = new Map();
  const signed = Date.now() + 40 * DAY;
  (await remembered(state)).heard(signed);
  assert.ok((await remembered(state)).now() >= signed);
  assert.ok((await remembered(state, { pairing: "another" })).now() < signed);
});

test("a server whose time cannot be is told of once, and again after it was right", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const clock = await remembered(new Map());
  clock.heard(Date.now());
  clock.answers.lie = -30 * DAY;
  for (let count = 0; count < 5; count += 1) clock.now();
  clock.answers.lie = 0;
  clock.now();
  clock.answers.lie = 3 * DAY;
  clock.now();
  assert.deepEqual(clock.events, [
    ["error", "clock", "server_behind", "30 d"],
    ["error", "clock", "server_ahead", "3 d"],
  ]);
});
