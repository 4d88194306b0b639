/** How often a busy server is asked, what is signed, and what a QR code is drawn from. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../player_web/src/core/clock.js";
import { isCode, pathOf } from "../../player_web/src/pages/qr.js";
import { Api, Refused } from "../../player_web/src/report/api.js";
import { makeKey } from "../../player_web/src/report/key.js";

/** An API whose server gives these answers, one after the other. @param {[number, object, Record<string, string>?][]} answers */
async function serverThat(answers) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    asked.push({ url: String(url), headers: options.headers });
    const [status, body, headers] = answers[Math.min(asked.length, answers.length) - 1];
    return new Response(JSON.stringify(body), { status, headers });
  };
  const api = new Api(new URL("http://cms.example/api/"), new Clock(performance.now(), Date.now() - performance.now()));
  api.signer = { id: "k", privateKey: (await makeKey()).keys.privateKey };
  return { api, asked };
}

test("a server that asks for rest is left alone, by every kind of report", async () => {
  for (const status of [429, 503]) {
    const { api, asked } = await serverThat([[status, { error: "too_often" }, { "Retry-After": "30" }]]);
    await assert.rejects(api.signed("heartbeat", {}), (error) => error instanceof Refused && error.rest === 30_000);
    assert.ok(api.rest > 29_000);
    await assert.rejects(api.signed("events", {}), Refused);
    await api.time();
    assert.equal(asked.length, 1);
  }
});

test("other refusals ask for no rest", async () => {
  const { api, asked } = await serverThat([[401, { error: "unknown_key" }, { "Retry-After": "30" }], [200, { ok: true }]]);
  await assert.rejects(api.signed("heartbeat", {}), Refused);
  assert.deepEqual(await api.signed("events", {}), { ok: true });
  assert.equal(asked.length, 2);
});

test("a machine with a wrong clock is heard at once, with the server's time", async () => {
  const server = Date.now() + 86_400_000;
  const { api, asked } = await serverThat([[401, { error: "skew", server_time: server }], [200, { ok: true }]]);
  assert.deepEqual(await api.signed("pairings", {}), { ok: true });
  assert.ok(Math.abs(Number(asked[1].headers["X-Bangtin-Time"]) - server) < 2000);
});

test("nothing is sent in the name of nobody", async () => {
  const { api, asked } = await serverThat([[200, {}]]);
  api.signer = undefined;
  await assert.rejects(api.signed("heartbeat", {}), Refused);
  assert.equal(asked.length, 0);
});

test("the bars of a QR code cover its dark modules and nothing else", () => {
  const side = 25;
  const rows = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => ((x * 7 + y * 13) % 5 < 2 ? "1" : "0")).join(""));
  assert.ok(isCode(rows));
  const drawn = Array.from({ length: side }, () => Array(side).fill("0"));
  for (const [, x, y, width, back] of pathOf(rows).matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
    assert.equal(width, back);
    for (let at = 0; at < Number(width); at += 1) drawn[Number(y) - 4][Number(x) - 4 + at] = "1";
  }
  assert.deepEqual(drawn.map((row) => row.join("")), rows);
  for (const wrong of [undefined, "111", [], rows.slice(1), rows.map((row) => row.replace("1", "<"))]) assert.ok(!isCode(wrong));
});
