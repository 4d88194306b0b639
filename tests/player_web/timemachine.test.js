/** Pure parts of the admin's time machine, which plays with the player's code: local time, the clock, programmes at rest. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** A module of the admin's static files, which know no package. */
function load(name) {
  const path = new URL(`../../cms/programmes/static/programmes/timemachine/${name}.js`, import.meta.url);
  return import(`data:text/javascript,${encodeURIComponent(readFileSync(path, "utf8"))}`);
}

const { Zone } = await load("zone");
const { Clockwork } = await load("clockwork");
const { settled, withPosters } = await load("row");

test("local time of a zone is read and written", () => {
  const zone = new Zone("Asia/Ho_Chi_Minh", "vi");
  const instant = Date.parse("2027-01-04T01:00:03Z");
  assert.equal(zone.text(instant), "2027-01-04T08:00:03");
  assert.equal(zone.instant("2027-01-04T08:00:03"), instant);
  assert.equal(zone.said(instant), "Thứ Hai 04/01/2027 08:00:03");
  assert.equal(zone.day(Date.parse("2027-01-04T17:00:00Z")), "2027-01-05");
});

test("what is no time is no instant", () => {
  const zone = new Zone("Asia/Ho_Chi_Minh", "vi");
  for (const text of ["", "noon", "2027-02-30", "2027-13-01T08:00", "2027-01-04T25:00", "04/01/2027 08:00"]) {
    assert.ok(Number.isNaN(zone.instant(text)), text);
  }
});

test("every instant of a year comes back from its local time, but for the hour that is there twice", () => {
  const zone = new Zone("Europe/Berlin", "de");
  for (let instant = Date.UTC(2027, 0, 1); instant < Date.UTC(2028, 0, 1); instant += 1_801_000) {
    const back = zone.instant(zone.text(instant));
    const twice = zone.text(instant).startsWith("2027-10-31T02");
    assert.ok(back === instant || (twice && Math.abs(back - instant) === 3_600_000), zone.text(instant));
  }
});

test("an hour that is missing gives an instant beside it", () => {
  const zone = new Zone("Europe/Berlin", "de");
  const given = zone.instant("2027-03-28T02:30");
  assert.ok(["2027-03-28T01:30:00", "2027-03-28T03:30:00"].includes(zone.text(given)));
});

test("a day on is the same time of the next day, also where a day has 23 hours", () => {
  const zone = new Zone("Europe/Berlin", "de");
  const before = zone.instant("2027-03-27T12:00");
  assert.equal(zone.text(zone.daysOn(before, 1)), "2027-03-28T12:00:00");
  assert.equal(zone.daysOn(before, 1) - before, 23 * 3_600_000);
  const hanoi = new Zone("Asia/Ho_Chi_Minh", "vi");
  assert.equal(hanoi.text(hanoi.daysOn(hanoi.instant("2028-02-29T08:00"), -1)), "2028-02-28T08:00:00");
});

test("the clock runs at its speed, stands, and waits without losing time", () => {
  let now = 0;
  const clock = new Clockwork(1000, () => now);
  now = 500;
  assert.equal(clock.now(), 1000);
  clock.play();
  clock.run(60);
  now = 1500;
  assert.equal(clock.now(), 61_000);
  clock.hold(true);
  now = 9000;
  assert.equal(clock.now(), 61_000);
  clock.hold(false);
  now = 10_000;
  assert.equal(clock.now(), 121_000);
  clock.pause();
  now = 99_000;
  assert.equal(clock.now(), 121_000);
  clock.set(5);
  assert.equal(clock.now(), 5);
});

test("at rest what comes in is there at once, and clips have their first picture", () => {
  const layer = { kind: "image", asset: "a", rect: [0, 0, 1, 1] };
  const clip = { kind: "video", asset: "b", rect: [0, 0, 1, 1], sound: true };
  const programme = {
    frame: () => ({ kind: "programme", scene: "s", offset_ms: 100, until: 500, previous: "r", previous_offset_ms: 9, progress: 0.2, withdrawn: false }),
    scene: () => ({ item: "i", language: "vi", proof: "p", duration: 1000, faces: { a: [layer, clip] }, transition: { kind: "fade", ms: 500 } }),
    fallback: "f",
    withdrawn: () => false,
    volume: () => 1,
  };
  const still = settled(withPosters(programme));
  assert.deepEqual([still.frame("a", 0).previous, still.frame("a", 0).progress, still.frame("a", 0).scene], [null, 1, "s"]);
  assert.deepEqual(still.scene("s").faces.a, [layer, { kind: "image", asset: "poster:b", rect: [0, 0, 1, 1] }]);
  assert.equal(still.scene("s"), still.scene("s"));
});
