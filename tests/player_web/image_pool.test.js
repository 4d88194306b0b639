import assert from "node:assert/strict";
import { test } from "node:test";

import { ImagePool } from "../../player_web/src/stage/image_pool.js";

/** As much of a picture element as the pool touches. */
class Picture {
  complete = true;
  src = "";
  naturalWidth = 1000;
  naturalHeight = 1000;
  remove() {}
  /** @param {string} name */
  removeAttribute(name) {
    if (name === "src") this.src = "";
  }
}

globalThis.Image = /** @type {any} */ (Picture);

/** @param {ImagePool} pool @param {string} asset @param {string[]} gone */
function show(pool, asset, gone) {
  const { image, letGo } = pool.acquire(asset);
  image.src ||= asset;
  assert.equal(image.src, asset);
  return { image, letGo: letGo ?? (() => gone.push(asset)), loaded: letGo !== null };
}

test("a picture that comes again is still loaded", () => {
  const pool = new ImagePool();
  const first = show(pool, "one", []);
  assert.equal(first.loaded, false);
  pool.release(first.image, "one", first.letGo);
  const again = show(pool, "one", []);
  assert.equal(again.loaded, true);
  assert.equal(again.image, first.image);
});

test("two showings of a picture at once have an element each", () => {
  const pool = new ImagePool();
  const [left, right] = [show(pool, "one", []), show(pool, "one", [])];
  assert.notEqual(left.image, right.image);
});

test("the longest unused one goes when their pixels are too many, and its element is used again", () => {
  const pool = new ImagePool();
  /** @type {string[]} */
  const gone = [];
  for (let number = 0; number < 40; number += 1) {
    const shown = show(pool, String(number), gone);
    pool.release(shown.image, String(number), shown.letGo);
  }
  assert.equal(gone.length, 24);
  assert.deepEqual(gone.slice(0, 3), ["0", "1", "2"]);
  assert.equal(pool.made, 17);
});

test("what does not show what it should is emptied", () => {
  const pool = new ImagePool();
  const bad = show(pool, "bad", []);
  pool.release(bad.image, "bad", null);
  assert.equal(bad.image.src, "");
  const broken = show(pool, "broken", []);
  /** @type {any} */ (broken.image).naturalWidth = 0;
  let letGo = 0;
  pool.release(broken.image, "broken", () => (letGo += 1));
  assert.deepEqual([broken.image.src, letGo], ["", 1]);
});
