import assert from "node:assert/strict";
import { test } from "node:test";

import { FormatError, checkLayer } from "../../player_web/src/core/layer_format.js";
import { StreamReports } from "../../player_web/src/report/streams.js";
import { Foreign, checkOrigin } from "../../player_web/src/stage/stream_loader.js";
import { vectors } from "./vectors.js";

for (const { name, accepted, layer } of vectors("streams/layers.json")) {
  test(`a layer of a stream with ${name} is ${accepted ? "taken" : "refused"}`, () => {
    if (accepted) checkLayer(layer, "scene");
    else assert.throws(() => checkLayer(layer, "scene"), FormatError);
  });
}

/** @param {[string, string][]} told faces and why they miss the stream, in order @param {string} [url] */
function reports(told, url = "https://live.example.vn/a.m3u8") {
  /** @type {any[]} */
  const sent = [];
  const streams = new StreamReports((detail) => sent.push(`${detail.host} ${detail.face} ${detail.reason}`));
  for (const [face, lost] of told) streams.told(face, { url, lost });
  return sent;
}

test("a stream that dies on four faces and is tried again and again is told once, and once when it is back on all", () => {
  const died = ["a", "b", "c", "d"].map((face) => /** @type {[string, string]} */ ([face, "network"]));
  const back = ["a", "b", "c", "d"].map((face) => /** @type {[string, string]} */ ([face, ""]));
  assert.deepEqual(reports([...died, ...died, ...back, ...back]), ["live.example.vn a network", "live.example.vn d back"]);
});

test("a stream that comes at once is not told", () => {
  assert.deepEqual(reports([["a", ""], ["b", ""]]), []);
});

test("nothing is asked of another origin than the approved one", () => {
  const origin = "https://live.example.vn";
  checkOrigin("https://live.example.vn/b/segment1.ts", origin);
  for (const url of ["https://live.example.vn:444/a", "http://live.example.vn/a", "https://evil.example/a", "data:text/plain,a"]) {
    assert.throws(() => checkOrigin(url, origin), Foreign);
  }
});
