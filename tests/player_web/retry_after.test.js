/** A server that wants to be left alone is left alone by the polls and downloads of static files, too. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { retryAfter } from "../../player_web/src/core/retry_after.js";
import { Busy, Unreachable } from "../../player_web/src/update/download.js";
import { network } from "../../player_web/src/update/source.js";

const HASH = "ab".repeat(32);
let time = 0;
let answers = [];
let asked = [];

beforeEach(() => {
  time = 1000;
  answers = [];
  asked = [];
  globalThis.fetch = async (url) => {
    asked.push(new URL(url).pathname);
    const [status, headers] = answers.shift() ?? [200, {}];
    return new Response("x", { status, headers });
  };
});

/** @param {number} [random] */
const server = (random = 0) => network(new URL("http://cms.example/"), "tinh-bien", { random: () => random, now: () => time });
const says = (status, seconds) => answers.push([status, { "Retry-After": String(seconds) }]);

test("Retry-After is seconds or a date by the server's own clock, and never more than five minutes", () => {
  const said = (value, date = "Sun, 22 Nov 2026 05:00:00 GMT") => retryAfter(503, new Headers({ "Retry-After": value, Date: date }));
  assert.equal(said("7"), 7000);
  assert.equal(said("Sun, 22 Nov 2026 05:00:30 GMT"), 30_000);
  assert.equal(said("999999999"), 300_000);
  for (const nothing of ["", "soon", "-5", "0", "Sun, 22 Nov 2026 04:00:00 GMT"]) assert.equal(said(nothing), 0);
  assert.equal(retryAfter(429, new Headers()), 0);
  assert.equal(retryAfter(200, new Headers({ "Retry-After": "7" })), 0);
});

test("a poll that is sent away asks nothing until the rest is over", async () => {
  for (const status of [429, 503]) {
    const source = server();
    says(status, 30);
    await assert.rejects(source.metadata("timestamp.json", 9), (error) => error instanceof Busy && error.rest === 30_000);
    asked = [];
    time += 29_999;
    const calls = [source.metadata("2.root.json", 9), source.target(`tinh-bien/${HASH}.now.json`, 9), source.chunk(HASH, 9)];
    for (const call of calls) await assert.rejects(call, Unreachable);
    assert.deepEqual(asked, []);
    time += 1;
    await source.metadata("timestamp.json", 9);
    await source.chunk(HASH, 9);
    assert.equal(asked.length, 2);
  }
});

test("players that were sent away together come back one after the other", async () => {
  for (const [random, later] of [
    [0, 0],
    [0.5, 3000],
    [1, 6000],
  ]) {
    const source = server(random);
    says(503, 30);
    await assert.rejects(source.metadata("timestamp.json", 9), Busy);
    time += 30_000 + later - 1;
    await assert.rejects(source.metadata("timestamp.json", 9), Unreachable);
    time += 1;
    await source.metadata("timestamp.json", 9);
  }
});

test("a server that cannot give clips now is still asked what was withdrawn", async () => {
  const source = server();
  says(503, 30);
  await assert.rejects(source.chunk(HASH, 9), Busy);
  await assert.rejects(source.chunk(HASH, 9), Unreachable);
  await source.metadata("timestamp.json", 9);
  assert.deepEqual(
    asked.map((path) => path.split("/")[1]),
    ["store", "releases"],
  );
});

test("a short rest does not end a longer one, and an error without a word of rest is no rest", async () => {
  const source = server();
  says(503, 60);
  says(503, 1);
  await Promise.allSettled([source.metadata("timestamp.json", 9), source.metadata("2.root.json", 9)]);
  time += 59_000;
  await assert.rejects(source.metadata("timestamp.json", 9), Unreachable);
  time += 1000;
  answers.push([503, {}]);
  await assert.rejects(source.metadata("timestamp.json", 9), Unreachable);
  await source.metadata("timestamp.json", 9);
});
