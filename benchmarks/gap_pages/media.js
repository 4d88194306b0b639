/**
 * The test media for pages that are not our player: fetched before anything is measured, as blobs, so that no page waits for a network.
 *
 * @typedef {{kind: string, url: string, rect: number[], glyphs?: {cells: Record<string, number[]>}, strip?: {speed: number[]}}} Layer
 * @typedef {{number: number, kind: string, transition: string, ms: number, layers: Layer[]}} Item
 */

/** @returns {Promise<Item[]>} */
export async function items() {
  const found = await (await fetch("items.json")).json();
  const blob = async (/** @type {Layer} */ layer) => {
    layer.url = URL.createObjectURL(await (await fetch(layer.url)).blob());
  };
  await Promise.all(found.flatMap((/** @type {Item} */ item) => item.layers.map(blob)));
  return found;
}

/** A strip or live value as HTML that moves by itself. @param {Item} item @returns {string} */
export function html(item) {
  const parts = item.layers.map(({ url, rect: [x, y, width, height], glyphs, strip }) => {
    const place = `position:absolute;left:${x}px;top:${y}px;width:${width}px;height:${height}px;overflow:hidden`;
    if (glyphs) {
      const cell = (/** @type {number} */ left, /** @type {number[]} */ [from, , wide], name = "") =>
        `<div class="${name}" style="position:absolute;left:${left}px;top:0;width:${wide}px;height:100%;background:url(${url}) -${from}px 0"></div>`;
      const { scene, 0: digit } = glyphs.cells;
      return `<div style="${place}">${cell(0, scene)}${cell(scene[2], digit, "digit")}${cell(scene[2] + digit[2], digit, "digit")}</div>`;
    }
    const moves = strip?.speed[0] ? "animation:run 2.1333s linear infinite;" : "";
    return `<div style="${place}"><div style="${moves}position:absolute;left:0;top:0;width:${width + 128}px;height:100%;background:url(${url})"></div></div>`;
  });
  return `<style>@keyframes run { to { transform: translateX(-128px) } } body { margin: 0 }</style>${parts.join("")}`;
}

/** Sets the seconds of live values under an element, again and again. @param {ParentNode} root @param {Item} item @returns {() => void} */
export function live(root, item) {
  const cells = item.layers[0].glyphs?.cells;
  if (!cells) return () => {};
  const set = () => {
    const said = String(new Date().getSeconds()).padStart(2, "0");
    root.querySelectorAll(".digit").forEach((digit, place) => {
      /** @type {HTMLElement} */ (digit).style.backgroundPositionX = `-${cells[said[place]][0]}px`;
    });
  };
  set();
  const timer = setInterval(set, 200);
  return () => clearInterval(timer);
}
