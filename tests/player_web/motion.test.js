/** A slide on the compositor's thread stands at the pixels that `edge()` gives. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrivals, edge } from "../../player_web/src/core/motion.js";

test("each pixel of a slide is reached when the edge is there, and not before", () => {
  for (const width of [1, 160, 321, 1024]) {
    const shares = arrivals(width);
    assert.equal(shares.length, width + 2);
    for (let pixels = 1; pixels <= width; pixels += 1) {
      assert.equal(edge("slide", shares[pixels] + 1e-9, width), width - pixels);
      assert.equal(edge("slide", shares[pixels] - 1e-9, width), width - pixels + 1);
    }
  }
});
