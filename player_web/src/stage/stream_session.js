/** One attempt at a stream: hls.js on a video element, from its start until it fails or is stopped. */

import { loaderOf } from "./stream_loader.js";

/** Part of the player's own signed files; fetched when the first stream comes up. */
const HLS = new URL("../../vendor/hls/hls.light.min.mjs", import.meta.url).href;
const WORKER = new URL("../../vendor/hls/hls.worker.js", import.meta.url).href;
/** Seconds kept behind what is shown, and ahead of it. */
const BEHIND = 8;
const AHEAD = 30;
/** Milliseconds after which a connection that broke is tried again while what came still plays. */
const AGAIN = 2000;
/** Seconds that jumping forward must gain. */
const WORTH = 1;

/** @typedef {"foreign" | "network" | "media" | "ended" | "browser"} Trouble */

export class StreamSession {
  /** @type {any} */
  #hls;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;
  #stopped = false;
  #listened = new AbortController();
  /** @type {Trouble | ""} what is wrong with it since frames last came */
  trouble = "";
  /** It will bring no more frames. */
  over = false;

  /**
   * @param {import("../core/schedule.js").Stream} stream
   * @param {HTMLVideoElement} video
   */
  constructor(stream, video) {
    this.stream = stream;
    this.video = video;
  }

  async start() {
    /** @type {any} */
    let library;
    try {
      library = await import(HLS);
      if (!library.default.isSupported()) throw new Error("no MSE");
    } catch {
      return this.#fails("browser", true);
    }
    if (this.#stopped) return;
    const { Events, ErrorTypes, LoadStats, default: Hls } = library;
    const { origin } = new URL(this.stream.url);
    document.addEventListener("securitypolicyviolation", (event) => event.blockedURI.startsWith(origin) && this.#fails("foreign"), {
      signal: this.#listened.signal,
    });
    const hls = new Hls({
      loader: loaderOf(LoadStats, origin, () => this.#fails("foreign")),
      workerPath: WORKER,
      backBufferLength: BEHIND,
      maxBufferLength: AHEAD,
      maxMaxBufferLength: AHEAD,
      capLevelToPlayerSize: true,
      lowLatencyMode: false,
    });
    this.#hls = hls;
    hls.on(Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ data) => this.#error(data, ErrorTypes));
    hls.on(Events.LEVEL_LOADED, (/** @type {string} */ _name, /** @type {any} */ { details }) => {
      // A recording, or the end of what was live: it would begin anew with every attempt.
      if (!details.live && !this.video.currentTime) this.#fails("ended", true);
    });
    hls.attachMedia(this.video);
    hls.loadSource(this.stream.url);
  }

  /** @param {any} data of hls.js @param {any} types */
  #error(data, types) {
    if (this.#stopped || (!data.fatal && data.type !== types.NETWORK_ERROR)) return;
    const trouble = data.type === types.NETWORK_ERROR ? "network" : "media";
    if (trouble === "media" || !this.video.currentTime) return this.#fails(trouble, data.fatal);
    this.#fails("network");
    if (!data.fatal) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#hls?.startLoad(), AGAIN);
  }

  /** @param {Trouble} trouble @param {boolean} [over] */
  #fails(trouble, over = false) {
    if (this.trouble !== "foreign") this.trouble = trouble;
    this.over ||= over;
  }

  /** Frames come. */
  well() {
    this.trouble = "";
  }

  /** Later than allowed: forward to where it should be. */
  keepUp() {
    const hls = this.#hls;
    if (!hls || !(hls.latency * 1000 > this.stream.latency)) return false;
    if (!(hls.liveSyncPosition - this.video.currentTime > WORTH)) return false;
    this.video.currentTime = hls.liveSyncPosition;
    return true;
  }

  /** Seconds behind the live edge, as its playlist tells. */
  get latency() {
    return this.#hls?.latency ?? 0;
  }

  stop() {
    this.#stopped = true;
    this.#listened.abort();
    clearTimeout(this.#again);
    this.#hls?.destroy();
    this.#hls = undefined;
  }
}
