/** Keys that move in time: arrows a minute, with Shift an hour, Page up and down a day (up is later, as for every slider); Space plays and pauses. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Keys that scroll a page are taken only while the needle has the focus. */
const NEEDLE_ONLY = new Set(["ArrowUp", "ArrowDown", "Home", "End"]);

/**
 * @param {HTMLElement} root @param {HTMLElement} needle
 * @param {{by: (ms: number) => void, days: (days: number) => void, to: (time: string) => void, toggle: () => void}} moves
 */
export function listen(root, needle, moves) {
  root.addEventListener("keydown", (event) => {
    const on = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (on.closest("input, select, textarea") || (event.key === " " && on.closest("button, a, summary"))) return;
    const step = event.shiftKey ? HOUR : MINUTE;
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => moves.by(-step),
      ArrowDown: () => moves.by(-step),
      ArrowRight: () => moves.by(step),
      ArrowUp: () => moves.by(step),
      PageUp: () => moves.days(1),
      PageDown: () => moves.days(-1),
      Home: () => moves.to("00:00"),
      End: () => moves.to("23:59"),
      " ": () => moves.toggle(),
    };
    const action = actions[event.key];
    if (!action || (NEEDLE_ONLY.has(event.key) && on !== needle)) return;
    event.preventDefault();
    action();
  });
}
