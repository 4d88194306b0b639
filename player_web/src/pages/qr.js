/** Draws a QR code whose modules the server sent. */

const SVG = "http://www.w3.org/2000/svg";
/** Light modules around a code (ISO/IEC 18004). */
const QUIET = 4;

/** @param {unknown} rows @returns {rows is string[]} whether these are the modules of a QR code: a square of 0 and 1 */
export function isCode(rows) {
  return Array.isArray(rows) && rows.length >= 21 && rows.length <= 177 && rows.every((row) => row.length === rows.length && /^[01]+$/.test(row));
}

/** @param {string[]} rows @returns {string} one path: a bar for every run of dark modules */
export function pathOf(rows) {
  return rows
    .flatMap((row, y) => [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`))
    .join("");
}

/** @param {string[]} rows @returns {SVGElement} dark on light, with its quiet zone */
export function drawing(rows) {
  const side = rows.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "QR");
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.style.setProperty("--side", String(side)); // for whole pixels a module
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", pathOf(rows));
  svg.append(path);
  return svg;
}
