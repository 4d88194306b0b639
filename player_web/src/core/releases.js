/**
 * Which of the releases that a player holds is in force. Pure.
 *
 * @typedef {object} Release
 * @property {number} order counts the releases that this player accepted
 * @property {number} version as the signed metadata number it
 * @property {string} sha256 of `bytes`
 * @property {boolean} complete all its assets are here and verified
 * @property {import("./schedule.js").Schedule} schedule
 */

/**
 * The newest complete release whose time has come. One that was in force stays so when a clock is set back.
 * @template {Release} R
 * @param {R[]} releases
 * @param {number} now UTC milliseconds
 * @param {number} floor the highest order that was ever in force
 * @returns {R | undefined}
 */
export function inForce(releases, now, floor) {
  /** @type {R | undefined} */
  let best;
  for (const release of releases) {
    const due = release.schedule.valid_from <= now || release.order <= floor;
    if (release.complete && due && (!best || release.order > best.order)) best = release;
  }
  return best;
}

/**
 * What is kept: the one in force, the good one before it, and everything newer.
 * @template {Release} R
 * @param {R[]} releases
 * @param {R | undefined} current
 * @returns {R[]}
 */
export function worthKeeping(releases, current) {
  if (!current) return releases;
  const before = releases.filter((one) => one.complete && one.order < current.order).sort((left, right) => right.order - left.order)[0];
  return releases.filter((one) => one.order >= current.order || one === before);
}

/**
 * What can go first when room is needed: the oldest of those that are neither in force nor the newest.
 * @template {Release} R
 * @param {R[]} releases
 * @param {R | undefined} current
 * @returns {R | undefined}
 */
export function spare(releases, current) {
  const sorted = [...releases].sort((left, right) => left.order - right.order);
  return sorted.slice(0, -1).find((one) => one !== current);
}
