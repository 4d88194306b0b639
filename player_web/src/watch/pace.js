/**
 * A day in less time, for trials of endurance (`?test=1&pace=60`): the stage's clock runs faster than the player's. Clips have no time
 * then; what lies under them stays. Outside of tests it changes nothing.
 *
 * @typedef {import("../core/releases.js").Release} Release
 */

export class Pace {
  /** @type {WeakMap<Release, Release>} */
  #made = new WeakMap();
  #from;

  /** @param {number} times how many times faster; 1 as it is @param {() => number} clock UTC milliseconds */
  constructor(times, clock) {
    this.times = times;
    this.clock = clock;
    this.#from = clock();
  }

  /** @returns {number} UTC milliseconds */
  now = () => {
    const now = this.clock();
    return this.times === 1 ? now : this.#from + (now - this.#from) * this.times;
  };

  /** @template {Release | undefined} R @param {R} release @returns {R} the same value for the same release */
  release(release) {
    if (this.times === 1 || release === undefined) return release;
    let made = this.#made.get(release);
    if (!made) {
      made = { ...release, schedule: withoutClips(release.schedule) };
      this.#made.set(release, made);
    }
    return /** @type {R} */ (made);
  }
}

/** @param {import("../core/schedule.js").Schedule} schedule @returns {import("../core/schedule.js").Schedule} */
function withoutClips(schedule) {
  const still = (/** @type {import("../core/schedule.js").Layer[]} */ layers) => layers.filter(({ kind }) => kind !== "video");
  const scenes = Object.entries(schedule.scenes).map(([id, scene]) => {
    const faces = Object.entries(scene.faces).map(([face, layers]) => [face, still(layers)]);
    return [id, { ...scene, faces: Object.fromEntries(faces) }];
  });
  return { ...schedule, scenes: Object.fromEntries(scenes) };
}
