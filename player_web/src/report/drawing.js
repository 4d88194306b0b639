/**
 * Draws what a page meant to show: every picture, clip and canvas of an element, as its styles place, turn, fade and cut it. It knows nothing of
 * scenes or layers, so that it tells what stands in the page and not what somebody believes to stand there.
 */

/** Of JPEG, tried one after another until the picture is small enough. */
const QUALITIES = [0.85, 0.6, 0.35];

/**
 * @param {HTMLElement} element @param {number} side longest side of the picture, px @param {number} most bytes
 * @returns {Promise<string>} a JPEG in base64
 */
export async function drawn(element, side, most) {
  const { offsetWidth: width, offsetHeight: height } = element;
  const scale = Math.min(1, side / Math.max(width, height, 1));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  draw(context, element, true);
  return encoded(canvas, most);
}

/**
 * The kiosk gives the window as it is; it is made smaller here, off the page's own thread.
 * @param {string} picture in base64 @param {number} side longest side of the new one, px @param {number} most bytes
 * @returns {Promise<string>} a JPEG in base64 @throws {DOMException} it is no picture
 */
export async function shrunk(picture, side, most) {
  const whole = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (one) => one.charCodeAt(0))]));
  const scale = Math.min(1, side / Math.max(whole.width, whole.height));
  const [width, height] = [Math.max(1, Math.round(whole.width * scale)), Math.max(1, Math.round(whole.height * scale))];
  const small = await createImageBitmap(whole, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
  whole.close();
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(small);
  return encoded(canvas, most);
}

/** @param {OffscreenCanvas} canvas @param {number} most bytes */
async function encoded(canvas, most) {
  let blob = new Blob();
  for (const quality of QUALITIES) {
    blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size <= most) break;
  }
  return base64(new Uint8Array(await blob.arrayBuffer()));
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {HTMLElement} element @param {boolean} [top] its own place does not count */
function draw(context, element, top = false) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) return;
  const { offsetLeft: left, offsetTop: above, offsetWidth: width, offsetHeight: height } = element;
  context.save();
  if (!top) {
    context.translate(left, above);
    turn(context, style);
  }
  context.globalAlpha *= Number(style.opacity);
  clip(context, style, width, height);
  if (style.backgroundColor !== "rgba(0, 0, 0, 0)") {
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, width, height);
  }
  picture(context, element, width, height);
  for (const child of stacked(element)) draw(context, child);
  context.restore();
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {CSSStyleDeclaration} style */
function turn(context, { transform, transformOrigin }) {
  if (transform === "none") return;
  const [x, y] = transformOrigin.split(" ").map(Number.parseFloat);
  const { a, b, c, d, e, f } = new DOMMatrix(transform);
  context.translate(x, y);
  context.transform(a, b, c, d, e, f);
  context.translate(-x, -y);
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {CSSStyleDeclaration} style @param {number} width @param {number} height */
function clip(context, style, width, height) {
  const inset = /^inset\((.*)\)$/.exec(style.clipPath)?.[1].split(/\s+/).map((one) => Number.parseFloat(one)) ?? [0];
  const [top, right = top, bottom = top, left = right] = inset;
  if (style.overflow === "visible" && style.clipPath === "none") return;
  context.beginPath();
  context.rect(left, top, Math.max(0, width - left - right), Math.max(0, height - top - bottom));
  context.clip();
}

/** @param {OffscreenCanvasRenderingContext2D} context @param {HTMLElement} element @param {number} width @param {number} height */
function picture(context, element, width, height) {
  try {
    if (element instanceof HTMLVideoElement ? element.videoWidth : element instanceof HTMLCanvasElement ? element.width : element instanceof HTMLImageElement && element.naturalWidth) {
      context.drawImage(/** @type {CanvasImageSource} */ (/** @type {unknown} */ (element)), 0, 0, width, height);
    }
  } catch {
    // One that cannot be drawn leaves a hole, as it does on the screen.
  }
}

/** Children, those below first. @param {HTMLElement} element */
function stacked(element) {
  const order = (/** @type {HTMLElement} */ one) => Number.parseInt(getComputedStyle(one).zIndex, 10) || 0;
  return [...element.children].filter((one) => one instanceof HTMLElement).sort((left, right) => order(left) - order(right));
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
