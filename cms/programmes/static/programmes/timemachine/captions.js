/**
 * What stands under a face: the item on it, its language, and whether what is on air now differs.
 *
 * @typedef {import("./days.js").Day} Day
 * @typedef {import("./days.js").Programme} Programme
 */

/** @param {Programme} programme @param {string} letter @param {number} instant @returns {ReturnType<Programme["frame"]> | undefined} */
export function frameOf(programme, letter, instant) {
  try {
    return programme.frame(letter, instant);
  } catch {
    return undefined; // a face that this schedule does not know
  }
}

/** What of a scene is seen on a face. @param {ReturnType<Programme["scene"]>} scene @param {string} letter */
const pixels = (scene, letter) => (scene?.faces[letter] ?? []).map(({ asset, rect }) => `${asset} ${rect}`).join();

/**
 * @param {HTMLElement} root holds the figure of the face @param {string} letter
 * @param {ReturnType<typeof frameOf>} result @param {ReturnType<Programme["scene"]>} scene
 * @param {Day} day @param {Record<string, string>} words
 * @returns {string} what the face shows, in a few words
 */
function write(root, letter, result, scene, day, words) {
  const kind = result?.kind ?? "closed";
  const [key] = (scene?.item ?? "").split(":");
  const title = kind === "programme" ? (day.ruler.titles[key] ?? "") : (words[kind] ?? "");
  const language = kind === "programme" ? (scene?.language ?? "").split("-")[0].toUpperCase() : "";
  const figure = /** @type {HTMLElement} */ (root.querySelector(`[data-tm-face="${letter}"]`));
  figure.dataset.kind = kind;
  /** @type {HTMLElement} */ (figure.querySelector("[data-tm-title]")).textContent = title;
  /** @type {HTMLElement} */ (figure.querySelector("[data-tm-language]")).textContent = language;
  return language ? `${title} (${language})` : title;
}

/**
 * Writes under a face of both rows what it shows, and marks it where they differ.
 * @param {{row: HTMLElement, released: HTMLElement}} roots @param {Day} day @param {string} letter @param {number} instant
 * @param {Record<string, string>} words
 * @param {Programme | undefined} released what is on air now, when it is compared
 * @returns {string} what the face shows, in a few words
 */
export function caption(roots, day, letter, instant, words, released) {
  const result = frameOf(day.programme, letter, instant);
  const scene = result?.scene ? day.programme.scene(result.scene) : undefined;
  const other = released && frameOf(released, letter, instant);
  const before = other?.scene ? released?.scene(other.scene) : undefined;
  if (released) write(roots.released, letter, other, before, day, words);
  const differs = Boolean(other) && pixels(before, letter) !== pixels(scene, letter);
  for (const root of Object.values(roots)) root.querySelector(`[data-tm-face="${letter}"]`)?.classList.toggle("tm-face--differs", differs);
  return write(roots.row, letter, result, scene, day, words);
}
