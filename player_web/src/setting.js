/** Where this page stands: its address, its seat on the controller, and the page that speaks while nothing plays. */

import { Page } from "./pages/page.js";
import { StickPanel } from "./pages/stick.js";
import { screenSize } from "./report/pairing.js";

export const address = new URL(location.href);
export const seat = (address.searchParams.get("seat") ?? "main").replace(/[^\p{L}\p{N}_.-]/gu, "-").slice(0, 60) || "main";
export const testing = address.searchParams.get("test") === "1";
export const version = document.body.dataset.version ?? "";
/** Everything is asked for under the player's own origin, so that a proxy on the controller can stand in front. */
export const origin = new URL("../", new URL(".", address));
export const size = screenSize();
export const page = new Page(/** @type {HTMLElement} */ (document.getElementById("page")), seat, `${size.width} × ${size.height}`);
/** Where codes are typed in, unless the server knows a better address of its own. */
// A kiosk stands before the CMS, and people go to the CMS itself.
export const values = { address: new URL("admin/players/pair/", document.body.dataset.cms ?? origin).href };
export const stick = new StickPanel();
export const monotonic = () => performance.now();

/** @param {unknown} error */
export const complain = (error) => console.error(error);
