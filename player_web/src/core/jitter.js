/** Requests of many players are spread by numbers drawn from a seed, so that a test can repeat them. */

/**
 * A small generator (mulberry32) started from a text.
 * @param {string} seed for example the key id of the player
 * @returns {() => number} the next number in [0, 1)
 */
export function seeded(seed) {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @param {number} milliseconds
 * @param {() => number} random
 * @param {number} [share] how far either way, 0.15 = ±15 %
 * @returns {number} milliseconds
 */
export function jittered(milliseconds, random, share = 0.15) {
  return Math.round(milliseconds * (1 - share + 2 * share * random()));
}

/**
 * Full jitter: anything up to the doubled and capped wait, never under a floor.
 * @param {number} attempt 0 for the first failure
 * @param {() => number} random
 * @param {number} [base] milliseconds
 * @param {number} [cap] milliseconds
 * @returns {number} milliseconds
 */
export function backoff(attempt, random, base = 1000, cap = 60_000) {
  return Math.round(base / 2 + random() * Math.min(cap, base * 2 ** Math.min(attempt, 20)));
}
