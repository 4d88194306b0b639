/**
 * Layers of a scene. Each is prepared while it is hidden, then told its position again and again; position is a function
 * of the clock, never of what happened before.
 *
 * @typedef {import("../core/schedule.js").Layer} LayerSpec
 *
 * @typedef {object} Tools
 * @property {import("./urls.js").AssetUrls} urls
 * @property {import("./video_pool.js").VideoPool} videos
 * @property {(what: string, reason: string) => void} failed a layer gave up
 * @property {() => number} volume 0…1 for the face's sound; 0 when another face carries it
 * @property {() => number} [pace] how many times faster than a real clock the positions advance; 1 when it is missing
 *
 * @typedef {object} Moment what live values are told from; one object, brought up to date again and again
 * @property {number} instant UTC milliseconds of the player's clock
 * @property {Record<string, import("../core/schedule.js").Value>} values of the notices in force
 *
 * @typedef {object} Layer
 * @property {(offset: number, moment: Moment) => Promise<void>} prepare resolves when the layer could be painted; rejects when it
 *   never will
 * @property {(offset: number, running: boolean, moment: Moment) => void} position milliseconds since the scene came in
 * @property {(offset: number, moment: Moment) => Promise<void>} still paints exactly the frame of an offset
 * @property {() => void} release
 */

import { GlyphsLayer, StripLayer } from "./canvas_layer.js";
import { place } from "./place.js";

/** Milliseconds that a clip may take to show its first frame. */
const VIDEO_PATIENCE = 8000;
/** Milliseconds without a new frame until a running clip is given up. */
const VIDEO_SILENCE = 4000;
/** Milliseconds off the schedule that are caught up with by seeking; less by playing faster or slower. */
const SEEK_FROM = 400;
const CORRECT_FROM = 15;

/** @param {EventTarget} target @param {string} type @param {number} patience milliseconds @returns {Promise<void>} */
function once(target, type, patience) {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(timer);
      target.removeEventListener(type, good);
      target.removeEventListener("error", bad);
    };
    const good = () => (finish(), resolve());
    const bad = () => (finish(), reject(new Error("the browser cannot play it")));
    const timer = setTimeout(() => (finish(), reject(new Error(`no ${type} after ${patience} ms`))), patience);
    target.addEventListener(type, good);
    target.addEventListener("error", bad);
  });
}

/** @implements {Layer} */
export class ImageLayer {
  #released = false;
  #held = false;

  /** @param {LayerSpec} spec @param {HTMLElement} parent @param {Tools} tools */
  constructor(spec, parent, tools) {
    this.spec = spec;
    this.tools = tools;
    this.image = new Image();
    this.image.decoding = "sync";
    this.image.alt = "";
    place(this.image, spec.rect);
    parent.append(this.image);
  }

  async prepare() {
    const url = await this.tools.urls.acquire(this.spec.asset);
    if (this.#released) return this.tools.urls.release(this.spec.asset);
    this.#held = true;
    this.image.src = url;
    await this.image.decode();
  }

  position() {}

  async still() {}

  release() {
    this.#released = true;
    this.image.removeAttribute("src");
    this.image.remove();
    if (this.#held) this.tools.urls.release(this.spec.asset);
    this.#held = false;
  }
}

/** A clip. When it fails it hides itself, so that the picture under it stays. @implements {Layer} */
export class VideoLayer {
  /** @type {HTMLVideoElement | undefined} */
  #video;
  #released = false;
  #held = false;
  #callback = 0;
  #lastFrame = 0;
  #corrected = 0;

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
    const url = await this.tools.urls.acquire(this.spec.asset);
    if (this.#released) return this.tools.urls.release(this.spec.asset);
    this.#held = true;
    const video = this.tools.videos.acquire();
    if (!video) throw new Error("no video element is free");
    this.#video = video;
    place(video, this.spec.rect);
    video.style.objectFit = "fill";
    this.anchor.before(video);
    const loaded = once(video, "loadeddata", VIDEO_PATIENCE);
    video.src = url;
    await loaded;
    if (!video.videoWidth) throw new Error("a clip without a picture");
    await this.#seek(offset);
    this.#watch();
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
      const sought = once(video, "seeked", VIDEO_PATIENCE);
      video.currentTime = target;
      await sought;
    }
  }

  /** Counts the frames that reach the screen. */
  #watch() {
    const video = this.#video;
    if (!video || this.#released) return;
    this.#callback = video.requestVideoFrameCallback(() => {
      this.#lastFrame = performance.now();
      this.#watch();
    });
  }

  /** @param {number} offset @param {boolean} running */
  position(offset, running) {
    const video = this.#video;
    if (!video || this.#released) return;
    const target = this.#target(offset);
    const over = Number.isFinite(video.duration) && offset / 1000 >= video.duration;
    if (!running || over) {
      if (!video.paused) video.pause();
      if (running && Math.abs(video.currentTime - target) > 0.2) video.currentTime = target;
      return;
    }
    const now = performance.now();
    if (video.paused || document.hidden) this.#lastFrame = now;
    if (video.paused) {
      this.#sound(video);
      video.play().catch(() => this.#mute());
    }
    if (now - this.#lastFrame > VIDEO_SILENCE) return this.#fail("no frames");
    if (now - this.#corrected < 250 || video.seeking) return;
    this.#corrected = now;
    const pace = this.tools.pace?.() ?? 1;
    const late = ((target - video.currentTime) * 1000) / pace;
    if (Math.abs(late) > SEEK_FROM) video.currentTime = target;
    const rate = pace * (Math.abs(late) > CORRECT_FROM ? 1 + Math.max(-0.25, Math.min(0.25, late / 500)) : 1);
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }

  /** @param {HTMLVideoElement} video */
  #sound(video) {
    const volume = this.spec.sound ? this.tools.volume() : 0;
    video.muted = volume === 0;
    video.volume = volume;
  }

  /** A browser that blocks sound still shows the picture. */
  #mute() {
    const video = this.#video;
    if (!video || video.muted) return;
    video.muted = true;
    this.tools.failed("sound", "blocked");
    video.play().catch(() => {});
  }

  /** @param {string} reason */
  #fail(reason) {
    this.tools.failed(`video ${this.spec.asset.slice(0, 12)}`, reason);
    this.release();
  }

  /** @param {number} offset */
  async still(offset) {
    const video = this.#video;
    if (!video) return;
    video.pause();
    const painted = new Promise((resolve) => {
      video.requestVideoFrameCallback(resolve);
      setTimeout(resolve, 1000);
    });
    const before = video.currentTime;
    await this.#seek(offset);
    if (video.currentTime !== before) await painted;
  }

  release() {
    this.#released = true;
    const video = this.#video;
    this.#video = undefined;
    if (video) {
      video.cancelVideoFrameCallback(this.#callback);
      this.tools.videos.release(video);
    }
    this.anchor.remove();
    if (this.#held) this.tools.urls.release(this.spec.asset);
    this.#held = false;
  }
}

/** @type {Record<string, new (spec: LayerSpec, parent: HTMLElement, tools: Tools) => Layer>} */
export const LAYERS = { image: ImageLayer, video: VideoLayer, strip: StripLayer, glyphs: GlyphsLayer };
