/**
 * Sound for a scene without a clip of its own. It never keeps a scene from being shown: what cannot be heard is reported.
 *
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {import("./layers.js").LayerSpec} LayerSpec
 * @typedef {import("./layers.js").Tools} Tools
 */

import { setVolume } from "./sound.js";

/** Milliseconds off the schedule that are heard as an echo beside another machine; then it jumps. */
const SEEK_FROM = 250;
/** Milliseconds between two jumps: each is heard. */
const SEEK_AGAIN = 2000;
/** Elements to be used again; a scene that leaves, one that is on and one that waits have one each. @type {HTMLAudioElement[]} */
const FREE = [];

/** @implements {Layer} */
export class AudioLayer {
  /** @type {HTMLAudioElement | undefined} */
  #audio;
  #released = false;
  #held = false;
  #sought = -Infinity;

  /** @param {LayerSpec} spec @param {HTMLElement} _parent @param {Tools} tools */
  constructor(spec, _parent, tools) {
    this.spec = spec;
    this.tools = tools;
  }

  async prepare() {
    try {
      const url = await this.tools.urls.acquire(this.spec.asset);
      if (this.#released) return this.tools.urls.release(this.spec.asset);
      this.#held = true;
      const audio = FREE.pop() ?? new Audio();
      audio.preload = "auto";
      audio.onerror = () => this.#fail(audio.error?.message || "the browser cannot play it");
      audio.src = url;
      this.#audio = audio;
    } catch (error) {
      this.#fail(String(error));
    }
  }

  /** @param {number} offset milliseconds @param {boolean} running */
  position(offset, running) {
    const audio = this.#audio;
    if (!audio) return;
    const volume = running ? this.tools.volume() : 0;
    const over = audio.ended || (Number.isFinite(audio.duration) && offset / 1000 >= audio.duration);
    if (!volume || over) {
      if (!audio.paused) audio.pause();
      return;
    }
    setVolume(audio, volume);
    const now = performance.now();
    if (!audio.readyState) {
      audio.currentTime = offset / 1000; // where it will begin once it is loaded (HTML, default playback start position)
    } else if (Math.abs(audio.currentTime * 1000 - offset) > SEEK_FROM && now - this.#sought > SEEK_AGAIN) {
      this.#sought = now;
      audio.currentTime = offset / 1000;
    }
    if (audio.paused) audio.play().catch((error) => error.name === "NotAllowedError" && this.tools.failed("sound", "blocked"));
  }

  async still() {
    this.#audio?.pause();
  }

  /** @param {string} reason */
  #fail(reason) {
    this.tools.failed(`audio ${this.spec.asset.slice(0, 12)}`, reason);
    this.release();
  }

  release() {
    this.#released = true;
    const audio = this.#audio;
    this.#audio = undefined;
    if (audio) {
      audio.onerror = null;
      audio.pause();
      audio.removeAttribute("src");
      audio.load();
      FREE.push(audio);
    }
    if (this.#held) this.tools.urls.release(this.spec.asset);
    this.#held = false;
  }
}
