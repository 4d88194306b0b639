/**
 * A clip in a scene, and how it is kept in step and in order.
 *
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").LayerSpec} LayerSpec
 * @typedef {import("./layers.js").Tools} Tools
 */

import { place } from "./place.js";
import { setVolume } from "./sound.js";
import { SITS_OUT } from "../watch/bench.js";
import { ClipWatch } from "../watch/clip_watch.js";

/** Milliseconds that a clip may take to show its first frame. */
const VIDEO_PATIENCE = 8000;
/** Milliseconds off the schedule that are caught up with by seeking; less by playing faster or slower. */
const SEEK_FROM = 400;
const CORRECT_FROM = 15;
const CORRECT_EVERY = 250;
/** A seek that did not bring it into step is not repeated at once: each costs a machine without time to spare still more. */
const SEEK_AGAIN = 1000;
const SEEK_AGAIN_MOST = 8000;

/**
 * @param {EventTarget} target @param {string} type @param {number} patience milliseconds
 * @param {AbortSignal} signal nobody waits any more: it resolves
 * @returns {Promise<void>} @throws {Error} when it did not come
 */
function once(target, type, patience, signal) {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      target.removeEventListener(type, good);
      target.removeEventListener("error", bad);
      signal.removeEventListener("abort", good);
    };
    const good = () => (finish(), resolve());
    const bad = () => (finish(), reject(new Error("the browser cannot play it")));
    const timer = setTimeout(() => (finish(), reject(new Error(`no ${type} after ${patience} ms`))), patience);
    target.addEventListener(type, good);
    target.addEventListener("error", bad);
    signal.addEventListener("abort", good);
    if (signal.aborted) good();
  });
}

/** A clip. When it fails it hides itself, so that the picture under it stays. @implements {Layer} */
export class VideoLayer {
  /** @type {HTMLVideoElement | undefined} */
  #video;
  #gone = new AbortController();
  #url = "";
  #callback = 0;
  #frames = 0;
  #corrected = -Infinity;
  #seekAfter = -Infinity;
  #seekAgain = SEEK_AGAIN;
  #runs = false;
  #loading = false;
  #watch = new ClipWatch();
  /** It gave up while it ran. */
  lost = false;
  /** Counts the frames that reach the screen. */
  #count = () => {
    this.#frames += 1;
    if (this.#video) this.#callback = this.#video.requestVideoFrameCallback(this.#count);
  };

  /** @param {LayerSpec} spec @param {HTMLElement} parent @param {Tools} tools */
  constructor(spec, parent, tools) {
    this.spec = spec;
    this.parent = parent;
    this.tools = tools;
    this.anchor = document.createComment("video");
    parent.append(this.anchor);
  }

  /** @param {number} offset */
  async prepare(offset) {
    const { urls, videos, bench } = this.tools;
    if (bench?.rests(this.spec.asset, performance.now())) throw new Error(SITS_OUT);
    const url = await urls.acquire(this.spec.asset);
    if (this.#gone.signal.aborted) return urls.release(this.spec.asset);
    this.#url = url;
    const video = videos.acquire();
    if (!video) throw new Error("no video element is free");
    this.#video = video;
    place(video, this.spec.rect);
    video.style.objectFit = "fill";
    this.anchor.before(video);
    try {
      await this.#load(video, offset);
    } catch (error) {
      bench?.fails(this.spec.asset, performance.now());
      throw error;
    }
    if (this.#video) this.#callback = video.requestVideoFrameCallback(this.#count);
  }

  /** Also what was loaded before is loaded anew, with a new decoder. @param {HTMLVideoElement} video @param {number} offset milliseconds */
  async #load(video, offset) {
    const loaded = once(video, "loadeddata", VIDEO_PATIENCE, this.#gone.signal);
    video.src = this.#url;
    await loaded;
    if (!this.#video) return;
    if (!video.videoWidth) throw new Error("a clip without a picture");
    await this.#seek(offset);
  }

  /** @param {number} offset milliseconds */
  #target(offset) {
    const video = /** @type {HTMLVideoElement} */ (this.#video);
    return Math.min(Math.max(0, offset) / 1000, Number.isFinite(video.duration) ? Math.max(0, video.duration - 0.001) : Infinity);
  }

  /** @param {number} offset milliseconds */
  async #seek(offset) {
    const video = this.#video;
    if (!video) return;
    const target = this.#target(offset);
    if (Math.abs(video.currentTime - target) > 0.0005) {
      const sought = once(video, "seeked", VIDEO_PATIENCE, this.#gone.signal);
      video.currentTime = target;
      await sought;
    }
  }

  /** @param {number} offset @param {boolean} running */
  position(offset, running) {
    const video = this.#video;
    if (!video || this.#loading) return;
    // Another showing of the same clip has failed since this one was made ready.
    if (this.tools.bench?.rests(this.spec.asset, performance.now())) return this.#leave();
    const target = this.#target(offset);
    // A clip that ended a moment early would begin anew if it were told to play.
    const over = video.ended || (Number.isFinite(video.duration) && offset / 1000 >= video.duration);
    if (!running || over) {
      this.#runs = false;
      if (!video.paused) video.pause();
      if (running && Math.abs(video.currentTime - target) > 0.2) video.currentTime = target;
      return;
    }
    const now = performance.now();
    if (!this.#runs || document.hidden) this.#watch.again();
    this.#runs = true;
    if (video.paused) this.#play(video);
    else this.#sound(video);
    if (this.#ails(video, offset, now) || now - this.#corrected < CORRECT_EVERY || video.seeking) return;
    this.#corrected = now;
    this.#correct(video, target, now);
  }

  /** @param {HTMLVideoElement} video @param {number} target seconds @param {number} now */
  #correct(video, target, now) {
    const pace = this.tools.pace?.() ?? 1;
    const late = ((target - video.currentTime) * 1000) / pace;
    if (Math.abs(late) <= SEEK_FROM) this.#seekAgain = SEEK_AGAIN;
    else if (now >= this.#seekAfter) {
      this.#seekAfter = now + this.#seekAgain;
      this.#seekAgain = Math.min(SEEK_AGAIN_MOST, 2 * this.#seekAgain);
      video.currentTime = target;
      this.#watch.again();
    }
    const rate = pace * (Math.abs(late) > CORRECT_FROM ? 1 + Math.max(-0.25, Math.min(0.25, late / 500)) : 1);
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }

  /** Whether something is wrong with it; what can be done about that is done. @param {HTMLVideoElement} video @param {number} offset @param {number} now */
  #ails(video, offset, now) {
    const remedy = this.#watch.look({ now, time: video.currentTime, frames: this.#frames, broken: video.error !== null });
    if (remedy === "") return false;
    if (remedy === "give up") this.#fail();
    else this.#tell(remedy);
    if (remedy === "seek") {
      video.currentTime = this.#target(offset);
      this.#play(video);
    }
    if (remedy === "load") {
      this.#loading = true;
      this.#load(video, offset)
        .catch(() => this.#fail())
        .finally(() => (this.#loading = false));
    }
    return true;
  }

  /** @param {HTMLVideoElement} video */
  #play(video) {
    this.#sound(video);
    video.play().catch((error) => error.name === "NotAllowedError" && this.#mute(video));
  }

  /** As loud as the hour wants it. @param {HTMLVideoElement} video */
  #sound(video) {
    setVolume(video, this.spec.sound ? this.tools.volume() : 0);
  }

  /** A browser that blocks sound still shows the picture. @param {HTMLVideoElement} video */
  #mute(video) {
    if (video !== this.#video || video.muted) return;
    video.muted = true;
    this.tools.failed("sound", "blocked");
    video.play().catch(() => {});
  }

  /** @param {string} did what was done about it @param {Record<string, number>} [more] */
  #tell(did, more = {}) {
    this.tools.tell?.({ what: "clip", reason: this.#watch.reason, did, asset: this.spec.asset.slice(0, 12), ...more });
  }

  /** It makes room for the picture under it, and is not tried again for a while. */
  #fail() {
    const rest = this.tools.bench?.fails(this.spec.asset, performance.now()) ?? 0;
    this.#tell("picture", { rest_s: Math.round(rest / 1000) });
    this.#leave();
  }

  #leave() {
    this.lost = true;
    this.release();
  }

  /** @param {number} offset */
  async still(offset) {
    const video = this.#video;
    if (!video) return;
    video.pause();
    this.#runs = false;
    const painted = new Promise((resolve) => {
      video.requestVideoFrameCallback(resolve);
      setTimeout(resolve, 1000);
    });
    const before = video.currentTime;
    await this.#seek(offset);
    if (video.currentTime !== before) await painted;
  }

  release() {
    this.#gone.abort();
    const video = this.#video;
    this.#video = undefined;
    if (video) {
      if (!this.lost && this.#watch.well) this.tools.bench?.well(this.spec.asset);
      video.cancelVideoFrameCallback(this.#callback);
      this.tools.videos.release(video);
    }
    this.anchor.remove();
    if (this.#url) this.tools.urls.release(this.spec.asset);
    this.#url = "";
  }
}
