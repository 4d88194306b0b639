/**
 * Where things stand while a scene comes in or a strip moves, in whole pixels. Mirrors `renderers/motion.py`; both run
 * `tests/vectors/glyphs/motion.json`. Pure.
 *
 * @typedef {import("./schedule.js").Strip} Strip
 */

/**
 * What moves comes to rest gently, a fade is even.
 * @param {string} kind of the transition
 * @param {number} progress 0…1, linear in time
 * @returns {number} 0…1
 */
export function eased(kind, progress) {
  const p = Math.min(1, Math.max(0, progress));
  return kind === "slide" || kind === "wipe" ? p * (2 - p) : p;
}

/**
 * The column at which a slide or a wipe has arrived: the incoming scene's left edge, or how many columns are uncovered.
 * @param {string} kind
 * @param {number} progress linear
 * @param {number} width of the face in pixels
 */
export function edge(kind, progress, width) {
  const p = eased(kind, progress);
  return Math.floor(width * (kind === "slide" ? 1 - p : p) + 0.5);
}

/**
 * When a slide over a width has come so many pixels far, as shares of its time: at each the `edge()` is first `width - pixels`.
 * @param {number} width
 * @returns {number[]} `width + 2`: at 0, 1, … width pixels, and the end, where it stands still
 */
export function arrivals(width) {
  const shares = Array.from({ length: width + 1 }, (_, pixels) => (pixels ? 1 - Math.sqrt(1 - (pixels - 0.5) / width) : 0));
  return [...shares, 1];
}

/**
 * Calls `draw` with every top left corner at which a strip's picture is seen in its rectangle, in the order of drawing.
 * @param {Strip} strip
 * @param {number} offset milliseconds since its scene came in
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} room
 * @param {(x: number, y: number) => void} draw
 */
export function corners(strip, offset, picture, room, draw) {
  const left = corner(strip, 0, offset);
  const top = corner(strip, 1, offset);
  const [lastX, lastY] = [last(strip, 0, left, room.width), last(strip, 1, top, room.height)];
  for (let row = first(strip, 1, top, picture.height); row <= lastY; row += 1) {
    for (let column = first(strip, 0, left, picture.width); column <= lastX; column += 1) {
      draw(left + column * strip.repeat[0], top + row * strip.repeat[1]);
    }
  }
}

/** Where the picture itself stands along an axis. @param {Strip} strip @param {0 | 1} axis @param {number} offset */
export function corner(strip, axis, offset) {
  return strip.start[axis] + Math.trunc((strip.speed[axis] * offset) / 1000);
}

/** The first repetition that is seen; nothing runs before what moves left or up. @param {Strip} strip @param {0 | 1} axis @param {number} at @param {number} size */
function first({ speed, repeat }, axis, at, size) {
  if (!repeat[axis]) return at > -size ? 0 : 1;
  const number = Math.floor((-size - at) / repeat[axis]) + 1;
  return speed[axis] < 0 ? Math.max(number, 0) : number;
}

/** The last one; nothing runs before what moves right or down. @param {Strip} strip @param {0 | 1} axis @param {number} at @param {number} room */
function last({ speed, repeat }, axis, at, room) {
  if (!repeat[axis]) return at < room ? 0 : -1;
  const number = Math.ceil((room - at) / repeat[axis]) - 1;
  return speed[axis] > 0 ? Math.min(number, 0) : number;
}
