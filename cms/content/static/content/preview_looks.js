// How a face looks: its pixels, its LED dots, or what an eye parts from afar. The formulas are explained in docs/editing/writing.md.

/** The eye parts two points one minute of arc apart (visual acuity 1.0, ISO 8596). */
const ACUITY_ARCMIN = 1;
/** One CSS pixel is 1/96 inch at 28 inches: 1.278 minutes of arc (W3C, CSS Values and Units Level 4, “reference pixel”). */
const CSS_PX_ARCMIN = (Math.atan(25.4 / 96 / (28 * 25.4)) * 180 * 60) / Math.PI;
/** Diameter of a lamp as a share of the pitch: 2.7 mm packages on 5 mm, 3.5 mm on 6 mm. */
const LAMP = 0.56;
/** The least size of a dot on the editor's screen at which it is round, in CSS pixels. */
const DOT_PX = 5;

/** Minutes of arc that one pixel fills. @param {number} pitchMm @param {number} metres */
export function pixelArcmin(pitchMm, metres) {
  return (2 * Math.atan(pitchMm / 1000 / (2 * metres)) * 180 * 60) / Math.PI;
}

/** Standard deviation, in pixels of the face, of the blur whose width at half its height is what the eye parts. */
export function blurPx(pitchMm, metres) {
  return ACUITY_ARCMIN / (2 * Math.sqrt(2 * Math.log(2))) / pixelArcmin(pitchMm, metres);
}

/** CSS pixels for one pixel of the face, so that it fills the same angle for a reader as the face does from afar. */
export function trueScale(pitchMm, metres) {
  return pixelArcmin(pitchMm, metres) / CSS_PX_ARCMIN;
}

/** The scale of a look, in CSS pixels for one pixel of the face; `fit` is the one at which the faces fill the panel. */
export function scaleOf(look, fit) {
  return look === 'dots' ? Math.max(DOT_PX, fit) : fit;
}

/** Paint a face's exact pixels as they look. `scale` in CSS pixels for one of its pixels.
 * @param {HTMLCanvasElement} target @param {HTMLCanvasElement} face @param {string} look @param {number} scale @param {number} pitch */
export function paint(target, face, look, scale, pitch) {
  const dense = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(face.width * scale * dense));
  const height = Math.max(1, Math.round(face.height * scale * dense));
  if (target.width !== width) target.width = width;
  if (target.height !== height) target.height = height;
  target.style.width = `${width / dense}px`;
  target.style.height = `${height / dense}px`;
  const pen = /** @type {CanvasRenderingContext2D} */ (target.getContext('2d'));
  pen.filter = 'none';
  pen.globalCompositeOperation = 'source-over';
  const metres = Number(look);
  if (look === 'dots') return dots(pen, face, width, height);
  // Shrunk, pixels must be averaged, else lines vanish that a lamp would still show; enlarged they have hard edges.
  pen.imageSmoothingEnabled = metres > 0 || !Number.isInteger(scale * dense);
  pen.imageSmoothingQuality = 'high';
  if (metres > 0) pen.filter = `blur(${(blurPx(pitch, metres) * scale * dense).toFixed(2)}px)`;
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(metres > 0 ? face : even(face, scale * dense), 0, 0, width, height);
  pen.filter = 'none';
}

/** Each pixel so many whole ones wide, to be shrunk a little: else some pixels would be one wider than their neighbours. */
function even(face, scale) {
  const whole = Math.ceil(scale);
  if (scale <= 1 || whole === scale) return face;
  const large = new OffscreenCanvas(face.width * whole, face.height * whole);
  const pen = /** @type {any} */ (large.getContext('2d'));
  pen.imageSmoothingEnabled = false;
  pen.drawImage(face, 0, 0, large.width, large.height);
  return large;
}

/** Round lamps on a dark mask. */
function dots(pen, face, width, height) {
  const step = width / face.width;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(face, 0, 0, width, height);
  const cell = new OffscreenCanvas(Math.max(2, Math.round(step * 8)), Math.max(2, Math.round(step * 8)));
  const mask = /** @type {any} */ (cell.getContext('2d'));
  const size = cell.width / 8;
  const glow = (x, y) => {
    const light = mask.createRadialGradient(x, y, 0, x, y, size / 2);
    light.addColorStop(0, '#000');
    light.addColorStop(LAMP * 0.85, '#000');
    light.addColorStop(Math.min(1, LAMP * 1.15), 'rgb(0 0 0 / 12%)');
    light.addColorStop(1, 'rgb(0 0 0 / 4%)');
    return light;
  };
  for (let x = 0; x < 8; x += 1) {
    for (let y = 0; y < 8; y += 1) {
      mask.fillStyle = glow((x + 0.5) * size, (y + 0.5) * size);
      mask.fillRect(x * size, y * size, size, size);
    }
  }
  const pattern = pen.createPattern(cell, 'repeat');
  pattern.setTransform(new DOMMatrix().scale((step * 8) / cell.width));
  pen.globalCompositeOperation = 'destination-in';
  pen.fillStyle = pattern;
  pen.fillRect(0, 0, width, height);
  pen.globalCompositeOperation = 'destination-over';
  pen.fillStyle = '#050505';
  pen.fillRect(0, 0, width, height);
  pen.globalCompositeOperation = 'source-over';
}
