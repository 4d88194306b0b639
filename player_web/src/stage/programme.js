/** A release and the notices as one value that faces can be asked about. */

import { ScheduleIndex, frame, power } from "../core/frame.js";

/**
 * @param {import("../core/schedule.js").Schedule} schedule
 * @param {import("../core/schedule.js").Notices} notices
 * @returns {import("./face.js").Programme & {volume: (face: string, instant: number) => number}}
 */
export function programmeOf(schedule, notices) {
  const index = new ScheduleIndex(schedule);
  const withdrawn = new Set(notices.withdrawn);
  /** The entries in force, since clips ask again and again. @type {Map<string, {from: number, until: number, volume: number}>} */
  const powers = new Map();
  return {
    frame: (face, instant) => frame(index, notices, face, instant),
    scene: (id) => notices.scenes[id] ?? schedule.scenes[id],
    fallback: schedule.fallback,
    values: notices.values,
    withdrawn: (scene) => withdrawn.has(scene.item) || withdrawn.has(scene.proof),
    volume: (face, instant) => {
      let entry = powers.get(face);
      if (!entry || instant < entry.from || instant >= entry.until) {
        entry = power(index, face, instant) ?? { from: instant, until: instant + 1000, volume: 100 };
        powers.set(face, entry);
      }
      return entry.volume / 100;
    },
  };
}
