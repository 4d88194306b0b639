/** Path patterns and hash bins mean what python-tuf takes them to mean. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { delegatedTo, matches, quoted } from "../../player_web/src/update/delegations.js";
import { vectors } from "./vectors.js";

const { patterns, bins } = vectors("tuf/delegations.json");

test("patterns cover the paths that python-tuf lets them cover", () => {
  for (const [path, pattern, covers] of patterns) assert.equal(matches(path, pattern), covers, `${path} by ${pattern}`);
});

test("hash bins have the names that python-tuf gives them", async () => {
  for (const [bit_length, path, name] of bins) {
    const found = await delegatedTo({ keys: {}, succinct_roles: { bit_length, name_prefix: "bin", keyids: [], threshold: 1 } }, path);
    assert.deepEqual([found.length, found[0].name, found[0].terminating], [1, name, true]);
  }
});

test("a pattern made to be slow is not", () => {
  const began = performance.now();
  assert.equal(matches("a".repeat(2000), "*a".repeat(200) + "b"), false);
  assert.ok(performance.now() - began < 1000);
});

test("names of roles become one part of an address", () => {
  for (const name of ["/a", "../a", "?", "#", "a b", "%2e", "'*()!", "ký tự", "a\\b", "a:b"]) {
    const address = new URL(`1.${quoted(name)}.json`, "https://bangtin.example/metadata/");
    assert.match(address.pathname, /^\/metadata\/1\.[\w.~%-]+\.json$/);
    assert.equal(address.search + address.hash, "");
    assert.equal(decodeURIComponent(quoted(name)), name);
  }
});
