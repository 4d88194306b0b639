/**
 * The player's `frame()` and the peer's `getLayoutsAtTime()` asked the same question, for `frames.py`:
 * `node frames.mjs FOLDER`, where FOLDER holds `schedule.json`, `peer.json`, `instants.json` and the peer's `node_modules`.
 * One JSON object out: both rates (median of the rounds, per second) and in how many instants both answers were the same.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { ScheduleIndex, frame } from "../player_web/src/core/frame.js";
import { readSchedule } from "../player_web/src/core/schedule.js";

const ROUNDS = 9;
const OURS_A_ROUND = 400_000;
const PEERS_A_ROUND = 60;
const COMPARED = 300;

const folder = resolve(process.argv[2]);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(folder, name), "utf-8"));
const document = read("schedule.json");
const schedule = readSchedule(document, document.cluster);
const index = new ScheduleIndex(schedule);
const instants = Float64Array.from(read("instants.json"));
const dates = Array.from(instants, (one) => new Date(one));

/** The peer, with its log off. */
async function openPeer() {
  const from = createRequire(join(folder, "package.json"));
  const load = (/** @type {string} */ name) => import(pathToFileURL(from.resolve(name)).href);
  (await load("@xiboplayer/utils")).setLogLevel("NONE");
  const { ScheduleManager, VERSION } = await load("@xiboplayer/schedule");
  const manager = new ScheduleManager();
  manager.setSchedule(read("peer.json"));
  return { manager, version: VERSION };
}

/** Items that take turns at an instant, and the one on screen. @param {number} instant */
function ours(instant) {
  const shown = frame(index, null, "a", instant);
  const segment = schedule.faces.a.segments[index.segment("a", instant)];
  const items = schedule.loops[segment.loop].map((turn) => schedule.scenes[schedule.turns[turn][0]].item);
  return { items: [...new Set(items)].sort(), shown: schedule.scenes[shown.scene].item };
}

/** Questions a second over one round. @param {(number: number) => unknown} ask @param {number} times */
function rate(ask, times) {
  const begin = process.hrtime.bigint();
  for (let number = 0; number < times; number++) kept = ask(number % instants.length) ?? kept;
  return times / (Number(process.hrtime.bigint() - begin) / 1e9);
}

/** @param {number[]} values */
const median = (values) => values.sort((one, other) => one - other)[values.length >> 1];

/** Keeps the answers in use, so that no call can be left out. @type {unknown} */
let kept = null;
const { manager, version } = await openPeer();
let agreed = 0;
for (const [number, instant] of instants.entries()) {
  if (number >= COMPARED) break;
  const theirs = [...new Set(manager.getLayoutsAtTime(dates[number]))].sort();
  const { items, shown } = ours(instant);
  agreed += theirs.includes(shown) && theirs.length === items.length && theirs.every((one, place) => one === items[place]);
}
const askOurs = (/** @type {number} */ number) => frame(index, null, "a", instants[number]);
const askPeer = (/** @type {number} */ number) => manager.getLayoutsAtTime(dates[number]);
// Both warm before anything is counted; then round by round in turn, so that a busy machine hinders both alike.
rate(askOurs, OURS_A_ROUND);
rate(askPeer, PEERS_A_ROUND);
const found = { ours: /** @type {number[]} */ ([]), peer: /** @type {number[]} */ ([]) };
for (let round = 0; round < ROUNDS; round++) {
  found.ours.push(rate(askOurs, OURS_A_ROUND));
  found.peer.push(rate(askPeer, PEERS_A_ROUND));
}
console.log(JSON.stringify({ ours: median(found.ours), peer: median(found.peer), version, agreed, asked: Math.min(COMPARED, instants.length), kept: kept !== null }));
