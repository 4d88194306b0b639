/**
 * The stage: one canvas with all faces of a controller, driven by the disciplined clock. One pixel of a picture is one
 * pixel of the screen, whatever the browser's zoom.
 *
 * @typedef {import("../core/releases.js").Release} Release
 * @typedef {import("../core/schedule.js").Notices} Notices
 */

import { Bench } from "../watch/bench.js";
import { Guard } from "../watch/guard.js";
import { FaceView } from "./face.js";
import { ImagePool } from "./image_pool.js";
import { programmeOf } from "./programme.js";
import { Sound } from "./sound.js";
import { AssetUrls } from "./urls.js";
import { VideoPool } from "./video_pool.js";

const VIDEOS_PER_FACE = 3;
/** Milliseconds before a release comes into force at which its first scenes are prepared. */
const PREPARE_RELEASE = 8000;
/** Milliseconds between corrections of what moves while nothing changes. */
const CORRECT_EVERY = 100;

export class Stage {
  /** @type {FaceView[]} */
  #faces = [];
  #running = false;
  #frozen = false;
  #request = 0;
  #due = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #spare;
  #layout = "";
  /** @type {{release: Release, notices: Notices, programme: ReturnType<typeof programmeOf>} | undefined} */
  #made;
  /** @type {{release: Release, notices: Notices, programme: ReturnType<typeof programmeOf>} | undefined} */
  #madeSoon;
  #resize = () => this.#scale();

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root
   * @param {string} ports.controller
   * @param {() => number} ports.now UTC milliseconds of the server's clock
   * @param {() => Release | undefined} ports.release the one in force
   * @param {() => Release | undefined} ports.soon the complete one that waits for its time
   * @param {() => Notices} ports.notices
   * @param {(hash: string) => Promise<Blob | undefined>} ports.blob
   * @param {(face: string, shown: {kind: string, scene: string | null, item: string, proof: string, status: string}) => void} ports.shown
   * @param {(what: string, reason: string, face?: string) => void} ports.failed
   * @param {(detail: import("../watch/watch.js").Detail) => void} ports.tell a watchdog did something
   * @param {(face: string, told: {url: string, lost: string}) => void} ports.stream why a live stream is not shown, "" when it is
   * @param {(face: string, error: unknown, rescued: boolean) => void} ports.broken a face's turn ended in an error
   * @param {boolean} ports.fit shrink the canvas to the window, for a look at it on another screen
   */
  constructor(ports) {
    this.ports = ports;
    this.canvas = document.createElement("div");
    this.canvas.className = "canvas";
    this.urls = new AssetUrls(ports.blob);
    this.videos = new VideoPool(VIDEOS_PER_FACE);
    this.images = new ImagePool();
    this.bench = new Bench();
    this.guard = new Guard((face, error, rescued) => {
      if (rescued) this.#renew(face);
      ports.broken(face, error, rescued);
    });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.ports.root.append(this.canvas);
    window.addEventListener("resize", this.#resize);
    // A hidden page gets no animation frames; it still keeps its place and its log.
    this.#spare = setInterval(() => document.hidden && this.#tick(), 500);
    const turn = () => {
      this.#request = requestAnimationFrame(turn);
      this.#tick();
    };
    turn();
  }

  stop() {
    if (!this.#running) return;
    this.#running = false;
    cancelAnimationFrame(this.#request);
    clearInterval(this.#spare);
    window.removeEventListener("resize", this.#resize);
    for (const face of this.#faces) face.release();
    this.#faces = [];
    this.#layout = "";
    this.canvas.remove();
  }

  /** Releases or notices changed: look now. */
  refresh() {
    this.#due = 0;
    for (const face of this.#faces) face.retry();
  }

  #tick() {
    if (this.#frozen) return;
    // Read together: while a face is brought up to date, time goes on for the next one.
    const read = performance.now();
    const now = this.ports.now();
    if (now < this.#due && this.#due - now < 60_000) return this.#faces.forEach((face) => this.guard.move(face, now));
    const made = this.#programme(this.ports.release(), "now");
    if (!made) {
      this.#due = now + CORRECT_EVERY;
      return;
    }
    this.#lay(made.release);
    const soon = this.#soon(now);
    let due = now + CORRECT_EVERY;
    for (const face of this.#faces) {
      this.guard.update(face, made.programme, { now, read }, soon?.(face.id) ?? null);
      const { result } = face;
      if (face.waiting || (result && result.progress < 1)) due = now;
      else if (result) due = Math.min(due, result.until);
    }
    const waiting = this.ports.soon();
    this.#due = waiting ? Math.min(due, Math.max(now, waiting.schedule.valid_from)) : due;
  }

  /** @param {Release | undefined} release @param {"now" | "soon"} place */
  #programme(release, place) {
    if (!release) return undefined;
    const notices = this.ports.notices();
    const known = place === "now" ? this.#made : this.#madeSoon;
    if (known && known.release === release && known.notices === notices) return known;
    const made = { release, notices, programme: programmeOf(release.schedule, notices) };
    if (place === "now") this.#made = made;
    else this.#madeSoon = made;
    return made;
  }

  /** @param {number} now */
  #soon(now) {
    const release = this.ports.soon();
    if (!release || release.schedule.valid_from - now > PREPARE_RELEASE) return undefined;
    const programme = this.#programme(release, "soon")?.programme;
    if (!programme) return undefined;
    return (/** @type {string} */ face) => {
      if (!release.schedule.faces[face]) return null;
      const at = Math.max(now, release.schedule.valid_from);
      const { scene, offset_ms: offset } = programme.frame(face, at);
      return scene === null ? null : { id: scene, began: at - offset, offset, programme };
    };
  }

  /** Lays out canvas and faces when they differ from before. @param {Release} release */
  #lay(release) {
    const controller = release.schedule.controllers[this.ports.controller];
    const layout = JSON.stringify(controller ?? null);
    if (layout === this.#layout) return;
    this.#layout = layout;
    for (const face of this.#faces) face.release();
    this.#faces = [];
    if (!controller) return this.ports.failed("controller", "not in the schedule");
    const [width, height] = controller.canvas;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const placed = Object.entries(controller.faces).filter(([id]) => release.schedule.faces[id]);
    this.videos.most = VIDEOS_PER_FACE * placed.length;
    for (const [id, place] of placed) this.#faces.push(this.#face(id, place, controller.audio?.face === id));
    this.#scale();
  }

  /** @param {string} id @param {import("../core/schedule.js").Placed} place @param {boolean} sounds */
  #face(id, place, sounds) {
    const sound = new Sound(() => (sounds ? (this.#made?.programme.volume(id, this.ports.now()) ?? 0) : 0));
    const tools = {
      urls: this.urls,
      videos: this.videos,
      images: this.images,
      bench: this.bench,
      failed: (/** @type {string} */ what, /** @type {string} */ reason) => {
        if (what === "sound") sound.refused();
        this.ports.failed(what, reason, id);
      },
      tell: (/** @type {Record<string, string | number>} */ detail) => this.ports.tell({ ...detail, face: id }),
      stream: (/** @type {{url: string, lost: string}} */ told) => this.ports.stream(id, told),
      volume: () => sound.volume,
    };
    return new FaceView(id, place, this.canvas, tools, (face, shown) => {
      const scene = shown.scene === null ? undefined : this.#made?.programme.scene(shown.scene);
      this.ports.shown(face, { ...shown, item: scene?.item ?? "", proof: scene?.proof ?? "" });
    });
  }

  /** A face that fails again and again begins with nothing. @param {string} id */
  #renew(id) {
    const number = this.#faces.findIndex((face) => face.id === id);
    const controller = this.#made?.release.schedule.controllers[this.ports.controller];
    if (number < 0 || !controller) return;
    try {
      this.#faces[number].release();
    } catch {
      this.#faces[number].outer.remove();
    }
    this.#faces[number] = this.#face(id, controller.faces[id], controller.audio?.face === id);
  }

  #scale() {
    const width = Number.parseInt(this.canvas.style.width, 10);
    const height = Number.parseInt(this.canvas.style.height, 10);
    let scale = 1 / window.devicePixelRatio;
    if (this.ports.fit && width && height) scale = Math.min(scale, window.innerWidth / width, window.innerHeight / height);
    this.canvas.style.transform = scale === 1 ? "none" : `scale(${scale})`;
  }

  /**
   * Paints exactly an instant and stays there until `thaw()`.
   * @param {number} instant UTC milliseconds
   * @param {Release | undefined} release
   */
  async freeze(instant, release) {
    this.#frozen = true;
    const made = this.#programme(release, "now");
    if (!made) throw new Error("no release is held");
    this.#lay(made.release);
    for (const face of this.#faces) await face.still(made.programme, instant);
    for (let count = 0; count < 3; count += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  }

  thaw() {
    this.#frozen = false;
    this.#due = 0;
  }

  /** What each face shows, for reports and tests. */
  faces() {
    return Object.fromEntries(this.#faces.map((face) => [face.id, face.state()]));
  }

  /** True when every face shows what it should. */
  get ready() {
    return this.#faces.length > 0 && this.#faces.every((face) => face.result && !face.waiting);
  }
}
