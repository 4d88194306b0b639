/** @param {HTMLElement} element @param {import("../core/schedule.js").Rect} rect */
export function place(element, [x, y, width, height]) {
  Object.assign(element.style, { position: "absolute", left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
}
