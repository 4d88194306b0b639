/**
 * The faces of a cluster in their arrangement, each drawn by the player's own `FaceView` at its own resolution and scaled to
 * its place on the page.
 *
 * @typedef {typeof import("../../../../../player_web/src/stage/face.js")} FaceModule
 * @typedef {typeof import("../../../../../player_web/src/stage/urls.js")} UrlsModule
 * @typedef {typeof import("../../../../../player_web/src/stage/video_pool.js")} PoolModule
 * @typedef {import("./days.js").Programme} Programme
 * @typedef {{FaceView: FaceModule["FaceView"], AssetUrls: UrlsModule["AssetUrls"], VideoPool: PoolModule["VideoPool"]}} Player
 */

const VIDEOS_PER_FACE = 3;
const BLOBS_KEPT = 240;
export const POSTER = "poster:";

/**
 * The same programme as it is looked at standing still: what comes in is there at once, since half a fade tells nobody anything.
 * @param {Programme} programme
 * @returns {Programme}
 */
export function settled(programme) {
  return {
    ...programme,
    frame(face, instant) {
      const result = programme.frame(face, instant);
      return result.progress < 1 ? { ...result, previous: null, previous_offset_ms: 0, progress: 1 } : result;
    },
  };
}

/**
 * The same programme with the first picture of every clip in its place: a clock that runs fast leaves clips no time.
 * @param {Programme} programme
 * @returns {Programme}
 */
export function withPosters(programme) {
  /** @type {Map<string, ReturnType<Programme["scene"]>>} */
  const known = new Map();
  return {
    ...programme,
    scene(id) {
      if (!known.has(id)) {
        const scene = programme.scene(id);
        const faces = Object.entries(scene?.faces ?? {}).map(([face, layers]) => [
          face,
          layers.map((layer) => (layer.kind === "video" ? { kind: "image", asset: POSTER + layer.asset, rect: layer.rect } : layer)),
        ]);
        known.set(id, scene && { ...scene, faces: Object.fromEntries(faces) });
      }
      return known.get(id);
    },
  };
}

export class Row {
  /** @type {{letter: string, view: InstanceType<FaceModule["FaceView"]>, host: HTMLElement, screen: HTMLElement, width: number}[]} */
  #faces = [];
  /** @type {Map<string, Promise<Blob>>} */
  #blobs = new Map();
  /** @type {{programme: Programme, instant: number} | null} */
  #wanted = null;
  #busy = false;
  #shown = false;

  /**
   * @param {object} ports
   * @param {HTMLElement} ports.root holds the screens, `[data-tm-screen]`
   * @param {Player} ports.player
   * @param {(asset: string) => Promise<Blob>} ports.fetch by hash, or `poster:` and the hash of a clip
   * @param {() => number} ports.pace how fast the clock runs
   * @param {(reason: string) => void} ports.failed something could not be shown
   */
  constructor(ports) {
    this.ports = ports;
    const screens = /** @type {HTMLElement[]} */ ([...ports.root.querySelectorAll("[data-tm-screen]")]);
    const tools = {
      urls: new ports.player.AssetUrls((hash) => this.#blob(hash)),
      videos: new ports.player.VideoPool(VIDEOS_PER_FACE * screens.length),
      failed: (/** @type {string} */ what, /** @type {string} */ reason) => ports.failed(`${what}: ${reason}`),
      volume: () => 0,
      pace: ports.pace,
    };
    for (const screen of screens) {
      const letter = /** @type {string} */ (screen.dataset.tmScreen);
      const [width, height] = [Number(screen.dataset.width), Number(screen.dataset.height)];
      const host = document.createElement("div");
      host.className = "tm-host";
      Object.assign(host.style, { width: `${width}px`, height: `${height}px` });
      screen.append(host);
      const view = new ports.player.FaceView(letter, { rect: [0, 0, width, height] }, host, tools, () => {});
      this.#faces.push({ letter, view, host, screen, width });
    }
    new ResizeObserver(() => this.#scale()).observe(ports.root);
    this.#scale();
  }

  get letters() {
    return this.#faces.map((one) => one.letter);
  }

  /** True while a picture is on its way. */
  get busy() {
    return this.#busy;
  }

  #scale() {
    for (const { host, screen, width } of this.#faces) host.style.transform = `scale(${screen.clientWidth / width})`;
  }

  /** @param {string} asset */
  async #blob(asset) {
    let blob = this.#blobs.get(asset);
    if (!blob) {
      blob = this.ports.fetch(asset);
      this.#blobs.set(asset, blob);
      for (const oldest of [...this.#blobs.keys()].slice(0, Math.max(0, this.#blobs.size - BLOBS_KEPT))) this.#blobs.delete(oldest);
      blob.catch(() => this.#blobs.delete(asset));
    }
    return blob;
  }

  /** Follows a clock that runs: clips run too, what comes next is prepared. @param {Programme} programme @param {number} instant */
  run(programme, instant) {
    this.#wanted = null;
    if (this.#busy) return;
    for (const { letter, view } of this.#faces) if (this.#has(programme, letter)) view.update(programme, instant);
    if (!this.#shown && this.#faces.every(({ view }) => !view.waiting)) this.#show();
  }

  /**
   * Paints exactly an instant. Of several that come while one is being painted, the last is painted next.
   * @param {Programme} programme @param {number} instant
   */
  still(programme, instant) {
    this.#wanted = { programme, instant };
    if (!this.#busy) void this.#paint();
  }

  async #paint() {
    this.#busy = true;
    try {
      while (this.#wanted) {
        const { programme, instant } = this.#wanted;
        this.#wanted = null;
        const able = this.#faces.filter(({ letter }) => this.#has(programme, letter));
        await Promise.all(able.map(({ view }) => view.still(programme, instant)));
        // A layer that cannot be had makes the spare scene come in, which takes one more turn.
        if (able.some(({ view }) => view.waiting)) await Promise.all(able.map(({ view }) => view.still(programme, instant)));
      }
    } catch (error) {
      this.ports.failed(String(error));
    } finally {
      this.#busy = false;
    }
    this.#show();
  }

  #show() {
    if (this.#shown) return;
    this.#shown = true;
    for (const { screen } of this.#faces) screen.classList.add("tm-screen--live");
  }

  /** What failed for want of its bytes is tried again. */
  retry() {
    for (const { view } of this.#faces) view.retry();
  }

  /** @param {Programme} programme @param {string} letter */
  #has(programme, letter) {
    try {
      programme.frame(letter, 0);
      return true;
    } catch {
      return false;
    }
  }

  /** What each face shows, for whoever watches. */
  state() {
    return Object.fromEntries(this.#faces.map(({ letter, view }) => [letter, view.state()]));
  }
}
