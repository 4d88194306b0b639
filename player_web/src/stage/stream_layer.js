/**
 * A live stream over its poster. The poster is a picture like any other and is what is shown whenever the stream is not: before it
 * comes, when it stops, without a network, in previews. Nothing of the scene waits for the stream.
 *
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").LayerSpec} LayerSpec
 * @typedef {import("./layers.js").Moment} Moment
 * @typedef {import("./layers.js").Tools} Tools
 */

import { ImageLayer } from "./image_layer.js";
import { place } from "./place.js";
import { setVolume } from "./sound.js";
import { StreamSession } from "./stream_session.js";

/** Milliseconds before its scene comes in at which a stream is begun, out of sight. */
const EARLY = 8000;
/** Milliseconds without a frame until the poster takes its place; less when it is known why none come. */
const SILENCE = 4000;
const SILENCE_IN_TROUBLE = 1500;
/** Milliseconds that a first frame may take. */
const FIRST_FRAME = 12_000;
/** Milliseconds between attempts: twice as long each time, until it has run well for a while. */
const RETRY = 1000;
const RETRY_MOST = 30_000;
const WELL_FOR = 20_000;
const KEEP_UP_EVERY = 1000;
/** Too thin to change a pixel; browsers give no frames to what is not painted at all. */
const UNSEEN = "0.001";

/** @implements {Layer} */
export class StreamLayer {
  #released = false;
  /** @type {HTMLVideoElement | undefined} */
  #video;
  /** @type {StreamSession | undefined} */
  #session;
  #callback = 0;
  #shown = false;
  /** When the attempt began, its last frame came, the stream came up, and it was last kept up. */
  #began = 0;
  #lastFrame = 0;
  #since = 0;
  #kept = 0;
  /** When the next attempt may begin, and how long the one after it waits. */
  #next = 0;
  #pause = RETRY;
  #on = false;

  /** @param {LayerSpec} spec @param {HTMLElement} parent @param {Tools} tools */
  constructor(spec, parent, tools) {
    this.spec = spec;
    this.tools = tools;
    this.stream = /** @type {import("../core/schedule.js").Stream} */ (spec.stream);
    this.poster = new ImageLayer(spec, parent, tools);
    this.anchor = document.createComment("stream");
    parent.append(this.anchor);
  }

  /** Whether frames come from outside. */
  get streams() {
    return this.#session !== undefined;
  }

  async prepare() {
    await this.poster.prepare();
  }

  /** @param {number} _offset @param {boolean} running @param {Moment} moment */
  position(_offset, running, moment) {
    // Previews have nobody to tell, and show the poster.
    if (this.#released || !this.tools.stream) return;
    const now = performance.now();
    if (running && !this.#on) this.#began = this.#lastFrame = now;
    this.#on = running;
    if (!this.#session) {
      if (now >= this.#next && (running || this.#soon(moment.instant))) this.#start(now);
      return;
    }
    this.#look(now);
  }

  /** @param {number} instant */
  #soon(instant) {
    return (this.tools.began ?? Infinity) - instant < EARLY;
  }

  /** @param {number} now */
  #start(now) {
    const video = this.tools.videos.acquire();
    if (!video) return this.#lose("room", now);
    this.#video = video;
    place(video, this.spec.rect);
    Object.assign(video.style, { objectFit: "contain", background: "#000", opacity: UNSEEN });
    this.anchor.before(video);
    this.#began = this.#lastFrame = now;
    this.#session = new StreamSession(this.stream, video);
    this.#session.start();
    setVolume(video, 0);
    this.#play(video);
    this.#watch(video);
  }

  /** @param {HTMLVideoElement} video */
  #play(video) {
    video.play().catch((error) => {
      if (error.name !== "NotAllowedError" || video.muted || video !== this.#video) return;
      setVolume(video, 0);
      this.tools.failed("sound", "blocked");
      video.play().catch(() => {});
    });
  }

  /** Counts the frames that reach the screen; the first one makes it seen. @param {HTMLVideoElement} video */
  #watch(video) {
    this.#callback = video.requestVideoFrameCallback((now) => {
      if (video !== this.#video) return;
      this.#lastFrame = now;
      this.#session?.well();
      if (!this.#shown) this.#show(video, now);
      this.#watch(video);
    });
  }

  /** @param {HTMLVideoElement} video @param {number} now */
  #show(video, now) {
    this.#shown = true;
    this.#since = now;
    video.style.opacity = "1";
    this.tools.stream?.({ url: this.stream.url, lost: "" });
  }

  /** @param {number} now */
  #look(now) {
    const video = /** @type {HTMLVideoElement} */ (this.#video);
    const session = /** @type {StreamSession} */ (this.#session);
    if (document.hidden) this.#began = this.#lastFrame = now;
    const silent = now - this.#lastFrame;
    const bound = session.over || video.ended ? 0 : !this.#shown ? FIRST_FRAME : session.trouble ? SILENCE_IN_TROUBLE : SILENCE;
    if (silent > bound || (!this.#shown && this.#on && session.trouble && now - this.#began > SILENCE)) {
      return this.#lose(video.ended ? "ended" : session.trouble || "silent", now);
    }
    if (this.#shown && now - this.#since > WELL_FOR) this.#pause = RETRY;
    setVolume(video, this.#on && this.spec.sound ? this.tools.volume() : 0);
    if (video.paused && !video.ended) this.#play(video);
    if (now - this.#kept < KEEP_UP_EVERY) return;
    this.#kept = now;
    if (session.keepUp()) this.#lastFrame = now;
  }

  /** The poster at once; another attempt later, while the scene lasts. @param {string} reason @param {number} now */
  #lose(reason, now) {
    // What is tried out of sight may still come in time.
    if (this.#on || this.#shown) this.tools.stream?.({ url: this.stream.url, lost: reason });
    this.#stop();
    this.#next = now + this.#pause;
    this.#pause = Math.min(RETRY_MOST, 2 * this.#pause);
  }

  #stop() {
    const video = this.#video;
    this.#video = undefined;
    this.#shown = false;
    this.#session?.stop();
    this.#session = undefined;
    if (!video) return;
    video.cancelVideoFrameCallback(this.#callback);
    this.tools.videos.release(video);
  }

  /** What was approved of it is its poster. */
  async still() {
    this.#stop();
    this.#on = false;
  }

  release() {
    this.#released = true;
    this.#stop();
    this.anchor.remove();
    this.poster.release();
  }
}
