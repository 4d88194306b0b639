// A face of a drawn draft at an instant, pixel by pixel: the layers of its page on a canvas of the face's own size, and how a page comes in.
// What moves stands where `renderers/motion.py` puts it.

/** @typedef {{url: string, rect: number[], strip: null | {start: number[], speed: number[], repeat: number[]}}} Layer */
/** @typedef {{ms: number, transition: {kind: string, ms: number}, faces: Record<string, Layer[]>, score: any}} Scene */

const pictures = new Map();
const KEPT = 200;

/** What a picture is known by: the hash of its bytes where its address ends with it, which other drafts name as well. @param {string} url */
function known(url) {
  const hash = /\/assets\/([0-9a-f]{64})$/.exec(url);
  return hash ? hash[1] : url;
}

/** The picture at an address, loaded once. @param {string} url @returns {Promise<HTMLImageElement>} */
export function picture(url) {
  const key = known(url);
  let found = pictures.get(key);
  if (!found) {
    found = new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => {
        pictures.delete(key);
        reject(new Error(url));
      };
      image.src = url;
    });
    pictures.set(key, found);
    if (pictures.size > KEPT) pictures.delete(pictures.keys().next().value);
  }
  return found;
}

/** The pictures of these scenes by address; of one face, if its letter is given. @param {Scene[]} scenes @param {string} letter */
export async function load(scenes, letter) {
  const layers = scenes.flatMap((scene) => (letter ? scene.faces[letter] || [] : Object.values(scene.faces).flat()));
  const urls = new Set(layers.map((layer) => layer.url));
  return new Map(await Promise.all([...urls].map(async (url) => /** @type {const} */ ([url, await picture(url)]))));
}

/** Places along one axis. */
function along(start, speed, repeat, ms, size, room) {
  const at = start + Math.trunc((speed * ms) / 1000);
  if (!repeat) return at > -size && at < room ? [at] : [];
  let low = Math.floor((-size - at) / repeat) + 1;
  let high = -Math.floor((at - room) / repeat);
  if (speed < 0) low = Math.max(low, 0);
  if (speed > 0) high = Math.min(high, 1);
  return Array.from({ length: Math.max(0, high - low) }, (_, place) => at + (low + place) * repeat);
}

function lay(pen, layers, ms, images) {
  for (const layer of layers) {
    const image = images.get(layer.url);
    const [x, y, width, height] = layer.rect;
    if (!image) continue;
    if (!layer.strip) {
      pen.drawImage(image, x, y, width, height);
      continue;
    }
    const { start, speed, repeat } = layer.strip;
    const [across, down] = [0, 1].map((n) => along(start[n], speed[n], repeat[n], ms, [image.width, image.height][n], [width, height][n]));
    pen.save();
    pen.beginPath();
    pen.rect(x, y, width, height);
    pen.clip();
    for (const top of down) for (const left of across) pen.drawImage(image, x + left, y + top);
    pen.restore();
  }
}

/** Draw a face `ms` after its page came in; `before`: the page it came after (none: black), `still`: without transition.
 * @param {CanvasRenderingContext2D} pen @param {string} letter @param {Scene} scene @param {Scene | null} before @param {number} ms
 * @param {Map<string, HTMLImageElement>} images @param {boolean} still */
export function drawFace(pen, letter, scene, before, ms, images, still) {
  const { width, height } = pen.canvas;
  const { kind, ms: lasts } = scene.transition;
  const progress = still || kind === 'cut' || !lasts ? 1 : Math.min(1, ms / lasts);
  const p = kind === 'slide' || kind === 'wipe' ? progress * (2 - progress) : progress;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalAlpha = 1;
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, width, height);
  const layers = scene.faces[letter] || [];
  if (progress >= 1) {
    lay(pen, layers, ms, images);
    return;
  }
  const edge = Math.floor(width * (kind === 'slide' ? 1 - p : p) + 0.5);
  if (before) {
    if (kind === 'slide') pen.translate(edge - width, 0);
    lay(pen, before.faces[letter] || [], before.ms, images);
    pen.setTransform(1, 0, 0, 1, 0, 0);
  }
  const over = new OffscreenCanvas(width, height);
  const overPen = /** @type {any} */ (over.getContext('2d'));
  overPen.fillStyle = '#000';
  overPen.fillRect(0, 0, width, height);
  lay(overPen, layers, ms, images);
  if (kind === 'fade') pen.globalAlpha = p;
  if (kind === 'wipe') pen.drawImage(over, 0, 0, edge, height, 0, 0, edge, height);
  else pen.drawImage(over, kind === 'slide' ? edge : 0, 0);
  pen.globalAlpha = 1;
}

/** Whether a page moves after it came in. @param {Scene} scene */
export function moves(scene) {
  return Object.values(scene.faces).some((layers) => layers.some((layer) => layer.strip && layer.strip.speed.some(Boolean)));
}
