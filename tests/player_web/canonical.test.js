import assert from "node:assert/strict";
import { test } from "node:test";

import { CanonicalError, olpc, rfc8785 } from "../../player_web/src/core/canonical.js";
import { vectors } from "./vectors.js";

for (const { name, value, rfc8785: ours, olpc: tufs } of vectors("canonical/vectors.json")) {
  test(`RFC 8785, as Python writes it: ${name}`, () => assert.equal(rfc8785(value), ours));
  test(`OLPC, as securesystemslib writes it: ${name}`, () => {
    if (tufs === null) assert.throws(() => olpc(value), CanonicalError);
    else assert.equal(olpc(value), tufs);
  });
}

test("half a character has no canonical form", () => {
  for (const encode of [olpc, rfc8785]) {
    assert.throws(() => encode("\ud800"), CanonicalError);
    assert.throws(() => encode({ "\udc00": 1 }), CanonicalError);
  }
});

test("a number that a double cannot hold exactly is refused, not rounded", () => {
  assert.throws(() => olpc(JSON.parse("9007199254740993")), CanonicalError);
});
