/**
 * A transition on the compositor's thread: it goes on while the page's own thread is busy. The clock holds it: it begins where the clock stands, and is
 * set right when it is a frame off. What the styles say stays the truth; the animation only lies over them, and stands at the same whole pixels.
 */

import { arrivals } from "../core/motion.js";

/** Milliseconds off the clock that are put right. */
const FRAME = 17;

export class Ride {
  #what = "";
  /** @type {Animation[]} */
  #animations = [];

  /**
   * @param {string} what which transition of which scenes; another one begins anew
   * @param {{kind: string, began: number, ms: number, width: number}} way of the transition; milliseconds of the page's own clock, pixels
   * @param {HTMLElement} coming @param {HTMLElement} leaving
   */
  go(what, { kind, began, ms, width }, coming, leaving) {
    if (what !== this.#what) {
      this.stop();
      this.#what = what;
      const timing = /** @type {KeyframeAnimationOptions} */ ({ duration: ms, fill: "both" });
      if (kind === "fade") this.#animations = [leaving.animate({ opacity: [1, 0] }, timing)];
      if (kind === "slide") {
        const steps = (/** @type {number} */ from) =>
          arrivals(width).map((offset, pixels) => {
            return { offset, transform: `translateX(${from - Math.min(pixels, width)}px)`, easing: "step-end" };
          });
        this.#animations = [coming.animate(steps(width), timing), leaving.animate(steps(0), timing)];
      }
    }
    // Not by `currentTime`, which counts from when the page's frame was due: a late page would push it ahead, and the next one back.
    for (const animation of this.#animations) {
      if (animation.startTime === null || Math.abs(Number(animation.startTime) - began) > FRAME) animation.startTime = began;
    }
  }

  stop() {
    this.#what = "";
    for (const animation of this.#animations) animation.cancel();
    this.#animations = [];
  }
}
