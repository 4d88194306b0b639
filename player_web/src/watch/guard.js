/**
 * One face's error stops no other face. A face that fails again and again shows the fallback for a while, then is tried again.
 *
 * @typedef {import("../stage/face.js").Programme} Programme
 * @typedef {import("../stage/face.js").FaceView} FaceView
 */

/** Errors in a row until the fallback is shown. */
const PATIENCE = 10;
/** Milliseconds that the fallback stays before the programme is tried again. */
const RESCUE = 60_000;

export class Guard {
  /** @type {Map<string, {update: number, move: number, until: number}>} errors in a row, and until when the fallback stays */
  #faces = new Map();

  /** @param {(face: string, error: unknown, rescued: boolean) => void} broken `rescued`: it shows the fallback from now on */
  constructor(broken) {
    this.broken = broken;
  }

  /**
   * @param {FaceView} face @param {Programme} programme
   * @param {{now: number, read: number}} when UTC milliseconds, and when they were read on the page's own clock
   * @param {Parameters<FaceView["update"]>[2]} soon
   */
  update(face, programme, { now, read }, soon) {
    const known = this.#faces.get(face.id);
    const rescued = known !== undefined && now < known.until && known.until - now <= RESCUE;
    try {
      if (rescued) face.update(onlyFallback(programme, known.until - RESCUE), now, null, read);
      else face.update(programme, now, soon, read);
      if (known && !rescued) known.update = 0;
    } catch (error) {
      this.#failed(face.id, error, now, "update");
    }
  }

  /** @param {FaceView} face @param {number} now UTC milliseconds */
  move(face, now) {
    try {
      face.move(now);
      const known = this.#faces.get(face.id);
      if (known) known.move = 0;
    } catch (error) {
      this.#failed(face.id, error, now, "move");
    }
  }

  /** @param {string} face @param {unknown} error @param {number} now @param {"update" | "move"} turn */
  #failed(face, error, now, turn) {
    const known = this.#faces.get(face) ?? { update: 0, move: 0, until: 0 };
    known[turn] += 1;
    const over = known[turn] >= PATIENCE;
    if (over) Object.assign(known, { update: 0, move: 0, until: now + RESCUE });
    this.#faces.set(face, known);
    this.broken(face, error, over);
  }
}

/**
 * The same programme with nothing but its fallback; what is dark stays dark, where that can still be told.
 * @param {Programme} programme @param {number} began UTC milliseconds @returns {Programme}
 */
export function onlyFallback(programme, began) {
  return {
    ...programme,
    frame(face, instant) {
      try {
        const told = programme.frame(face, instant);
        if (told.scene === null) return told;
      } catch {
        // What it should show is what cannot be told.
      }
      const whole = { previous: null, previous_offset_ms: 0, progress: 1, withdrawn: false };
      return { kind: "fallback", scene: programme.fallback, offset_ms: instant - began, until: began + RESCUE, ...whole };
    },
  };
}
