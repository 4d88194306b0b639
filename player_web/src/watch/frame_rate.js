/**
 * Frames of the page over the last minute: how many there were and how many should have been. Pure: times are passed in.
 *
 * @typedef {object} Frames
 * @property {number} fps frames in a second, one decimal
 * @property {number} dropped frames that were not made in time over the last minute
 * @property {number} long intervals of more than 50 ms over the last minute
 * @property {number} longest_ms the longest of them
 */

const SECONDS = 60;
/** More intervals in a second than this are not looked at: no screen is that quick. */
const MOST = 256;
const LONG = 50;
/** Milliseconds between two frames of any screen that there is: 20 to 240 Hz. */
const SHORTEST = 1000 / 240;
const SLOWEST = 50;

/** @typedef {{second: number, frames: number, spent: number, refresh: number, intervals: Float64Array, long: number, longest: number}} Bucket */

/** @returns {Bucket} */
const bucket = () => ({ second: -1, frames: 0, spent: 0, refresh: SLOWEST, intervals: new Float64Array(MOST), long: 0, longest: 0 });

export class FrameRate {
  #buckets = Array.from({ length: SECONDS }, bucket);
  #last = NaN;

  /** @param {number} at the frame's time, monotonic, milliseconds */
  frame(at) {
    const interval = at - this.#last;
    this.#last = at;
    if (!(interval > 0)) return;
    const second = Math.floor(at / 1000);
    const one = this.#buckets[second % SECONDS];
    if (one.second !== second) Object.assign(one, { second, frames: 0, spent: 0, long: 0, longest: 0 });
    if (one.frames < MOST) one.intervals[one.frames++] = interval;
    one.spent += interval;
    if (interval > LONG) one.long += 1;
    one.longest = Math.max(one.longest, interval);
  }

  /** The page is hidden or stands still on purpose: the interval up to the next frame does not count. */
  pause() {
    this.#last = NaN;
  }

  /** @param {number} now monotonic, milliseconds @returns {Frames} */
  read(now) {
    const second = Math.floor(now / 1000);
    const recent = this.#buckets.filter((one) => one.second > second - SECONDS && one.second <= second && one.frames);
    // The quickest quarter of the best second tells what the screen can do.
    const refresh = Math.max(SHORTEST, Math.min(SLOWEST, ...recent.map(quarter)));
    const sums = { frames: 0, spent: 0, dropped: 0, long: 0, longest: 0 };
    for (const one of recent) {
      for (const interval of one.intervals.subarray(0, one.frames)) sums.dropped += Math.max(0, Math.round(interval / refresh) - 1);
      sums.frames += one.frames;
      sums.spent += one.spent;
      sums.long += one.long;
      sums.longest = Math.max(sums.longest, one.longest);
    }
    const fps = sums.spent ? Math.round((sums.frames * 10_000) / sums.spent) / 10 : 0;
    return { fps, dropped: sums.dropped, long: sums.long, longest_ms: Math.round(sums.longest) };
  }
}

/** @param {Bucket} one @returns {number} milliseconds */
function quarter(one) {
  const sorted = one.intervals.slice(0, one.frames).sort();
  return sorted[sorted.length >> 2];
}
