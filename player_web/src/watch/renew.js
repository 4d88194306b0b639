/**
 * The page loaded anew, where the browser plays along without a dark moment: it holds the last picture (a view transition from page to page, renew.css)
 * until the new one says that it shows something. A plain reload has no such transition, a replacement by the same address has.
 */

/** Loads this page anew. @returns {Promise<boolean>} false when nothing would answer, so that it was left as it is */
export async function renew() {
  const same = new URL(location.href);
  same.hash = "";
  if (!(await answered(same))) return false;
  location.replace(same);
  return true;
}

/** A service worker answers without a network; without one a dead server would leave an error page. @param {URL} page */
async function answered(page) {
  if (navigator.serviceWorker?.controller) return true;
  try {
    return (await fetch(page, { cache: "no-store", signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** The held picture gives way to what is shown now. */
export function reveal() {
  document.documentElement.classList.add("shown");
}
