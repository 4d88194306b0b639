/** The week calendar: blocks are moved and resized with the pointer or the keys; only a confirmed change is sent. */

import { Change, paragraph } from "./change.js";
import { clock, DAY, moved, pieces, resized, said, same, snapped, STEP } from "./hours.js";

/** @typedef {import("./hours.js").Row} Row */

const SCROLLED = "bangtin.calendar.scroll";
const EDGE_PX = 40;
const THRESHOLD_PX = 4;

const week = /** @type {HTMLElement} */ (document.querySelector("[data-bk]"));
const scroll = /** @type {HTMLElement} */ (week.querySelector(".bk-scroll"));
const columns = /** @type {HTMLElement[]} */ ([...week.querySelectorAll(".bk-day")]);
const bar = /** @type {HTMLFormElement} */ (document.querySelector("[data-bk-bar]"));
const change = new Change(bar, week.dataset.change ?? "", {
  saved() {
    sessionStorage.setItem(SCROLLED, String(scroll.scrollTop));
    location.reload();
  },
  given_up(errors, stale) {
    const block = held?.block;
    release();
    if (block && errors.length) complain(block, errors, stale);
    block?.focus({ preventScroll: true });
  },
});

/**
 * The block in hand: where it was, where it would go.
 * @type {{block: HTMLElement, from: Row, to: Row, ghosts: HTMLElement[], grip: string, x: number, y: number, scrolled: number, dragging: boolean, pointer: number} | null}
 */
let held = null;
let clickless = false;
let given_up = -1; // the pointer whose drag was ended with Escape

/** @param {HTMLElement} block @returns {Row} */
const row_of = (block) => ({ day: block.dataset.day ?? "", start: Number(block.dataset.start), end: Number(block.dataset.end) });
const minute_px = () => columns[0].getBoundingClientRect().height / DAY;

/** @param {number} x */
function column_at(x) {
  const found = columns.findIndex((one) => x < one.getBoundingClientRect().right);
  return found < 0 ? columns.length - 1 : found;
}

function draw() {
  if (!held) return;
  for (const ghost of held.ghosts) ghost.remove();
  held.ghosts = pieces(held.to).flatMap((piece) => {
    const column = columns.find((one) => one.dataset.day === piece.day);
    if (!column || !held) return [];
    const ghost = document.createElement("div");
    ghost.className = "bk-ghost";
    ghost.style.top = `${(piece.start / DAY) * 100}%`;
    ghost.style.height = `${((piece.end - piece.start) / DAY) * 100}%`;
    ghost.textContent = said(held.to);
    column.append(ghost);
    return [ghost];
  });
}

/** @param {HTMLElement} block */
function take(block) {
  if (held && held.block !== block) release();
  week.querySelector(".bk-error")?.remove();
  if (!held) {
    const from = row_of(block);
    held = { block, from, to: from, ghosts: [], grip: "", x: 0, y: 0, scrolled: 0, dragging: false, pointer: -1 };
    for (const one of pieces_of(block)) one.classList.add("bk-block--left");
  }
  return held;
}

/** Both pieces of an overnight block. @param {HTMLElement} block */
function pieces_of(block) {
  const { row, day } = block.dataset;
  return /** @type {NodeListOf<HTMLElement>} */ (week.querySelectorAll(`.bk-block[data-row="${row}"][data-day="${day}"]`));
}

function release() {
  if (!held) return;
  const { block, ghosts } = held;
  held = null;
  for (const ghost of ghosts) ghost.remove();
  week.classList.remove("bk--moving", "bk--sizing");
  for (const one of pieces_of(block)) one.classList.remove("bk-block--left");
  if (change.open) change.close();
}

/** @param {HTMLElement} block @param {string[]} lines @param {boolean} stale */
function complain(block, lines, stale) {
  const note = document.createElement("div");
  note.className = "bk-error";
  note.setAttribute("role", "alert");
  note.append(...lines.map(paragraph));
  if (stale) {
    const again = document.createElement("button");
    Object.assign(again, { type: "button", className: "button button-small", textContent: bar.dataset.reload ?? "" });
    again.addEventListener("click", () => location.reload());
    note.append(again);
  }
  const place = block.getBoundingClientRect();
  const frame = scroll.getBoundingClientRect();
  note.style.top = `${place.bottom - frame.top + scroll.scrollTop + 6}px`;
  note.style.left = `${Math.max(8, Math.min(place.left - frame.left, frame.width - 370) + scroll.scrollLeft)}px`;
  scroll.append(note);
  note.scrollIntoView({ block: "nearest" });
  block.classList.add("bk-block--back");
  block.addEventListener("animationend", () => block.classList.remove("bk-block--back"), { once: true });
}

/** Say what the move means, or let go of it where nothing moved. */
function settle() {
  if (!held) return;
  if (same(held.from, held.to)) {
    release();
    return;
  }
  draw();
  change.propose(held.block.dataset, held.to);
}

// --- pointer ---

week.addEventListener("pointerdown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const block = /** @type {HTMLElement | null} */ (target.closest(".bk-block--movable"));
  clickless = false;
  given_up = -1;
  if (!block || event.button !== 0 || event.ctrlKey || event.metaKey) return;
  if (held && held.block !== block) release();
  const grip = /** @type {HTMLElement | null} */ (target.closest("[data-grip]"))?.dataset.grip ?? "";
  const start = { x: event.clientX, y: event.clientY, scrolled: scroll.scrollTop };
  const from = held ? held.to : row_of(block);
  const follow = (/** @type {PointerEvent} */ moving) => {
    if (moving.pointerId !== event.pointerId || given_up === event.pointerId) return;
    const far = Math.hypot(moving.clientX - start.x, moving.clientY - start.y) > THRESHOLD_PX;
    if (!held?.dragging && !far) return;
    const one = take(block);
    if (!one.dragging) {
      if (change.open) change.close();
      Object.assign(one, { dragging: true, grip, pointer: event.pointerId });
      week.classList.add(grip ? "bk--sizing" : "bk--moving");
    }
    const minutes = snapped((moving.clientY - start.y + scroll.scrollTop - start.scrolled) / minute_px());
    const days = column_at(moving.clientX) - column_at(start.x);
    one.to = grip ? resized(from, /** @type {"start"|"end"} */ (grip), minutes) : moved(from, minutes, days);
    const frame = scroll.getBoundingClientRect();
    if (moving.clientY > frame.bottom - EDGE_PX) scroll.scrollTop += 12;
    else if (moving.clientY < frame.top + EDGE_PX * 2.5) scroll.scrollTop -= 12;
    draw();
  };
  const stop = (/** @type {PointerEvent} */ ending) => {
    if (ending.pointerId !== event.pointerId) return;
    for (const [name, handler] of handlers) block.removeEventListener(name, /** @type {EventListener} */ (handler));
    if (!held?.dragging) return;
    held.dragging = false;
    clickless = true;
    week.classList.remove("bk--moving", "bk--sizing");
    if (ending.type === "pointercancel") release();
    else settle();
  };
  /** @type {[string, (event: PointerEvent) => void][]} */
  const handlers = [["pointermove", follow], ["pointerup", stop], ["pointercancel", stop]];
  block.setPointerCapture(event.pointerId); // a quick hand leaves the block with its first move
  for (const [name, handler] of handlers) block.addEventListener(name, /** @type {EventListener} */ (handler));
});

week.addEventListener("dragstart", (event) => event.preventDefault());

week.addEventListener(
  "click",
  (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (clickless || (held && target.closest(".bk-block") === held.block)) {
      event.preventDefault();
      clickless = false;
      return;
    }
    if (!target.closest(".bk-error")) week.querySelector(".bk-error")?.remove();
    if (held || !week.dataset.new || !target.classList.contains("bk-day")) return;
    const here = `${location.pathname}?day=${target.dataset.day}`;
    const query = new URLSearchParams({ day: target.dataset.day ?? "", start: clock(minute_at(target, event)), next: here });
    location.assign(`${week.dataset.new}&${query}`);
  },
  true,
);

// --- an empty place ---

/** @param {HTMLElement} column @param {MouseEvent} event */
function minute_at(column, event) {
  const minutes = (event.clientY - column.getBoundingClientRect().top) / minute_px();
  return Math.min(Math.max(Math.floor(minutes / 30) * 30, 0), DAY - 30);
}

const hint = document.createElement("div");
hint.className = "bk-hint";
week.addEventListener("pointermove", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (!week.dataset.new || held || !target.classList.contains("bk-day") || event.pointerType === "touch") return hint.remove();
  const minute = minute_at(target, event);
  hint.textContent = `+ ${clock(minute)}`;
  hint.style.top = `${(minute / DAY) * 100}%`;
  hint.style.height = `${(30 / DAY) * 100}%`;
  target.append(hint);
});
week.addEventListener("pointerleave", () => hint.remove());

// --- keys ---

let pause = 0;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-STEP, 0], ArrowDown: [STEP, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

week.addEventListener("keydown", (event) => {
  const block = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(".bk-block--movable"));
  const arrow = ARROWS[event.key];
  if (!block || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" && held?.block === block) {
    event.preventDefault();
    clearTimeout(pause);
    if (!change.open) settle();
    change.commit();
  } else if (arrow) {
    event.preventDefault();
    const one = take(block);
    const [minutes, days] = arrow;
    const to = event.shiftKey ? resized(one.to, "end", minutes) : moved(one.to, minutes, days);
    if (columns.some((column) => column.dataset.day === to.day)) one.to = to;
    draw();
    one.ghosts[0]?.scrollIntoView({ block: "nearest" });
    clearTimeout(pause);
    if (same(one.from, one.to)) release();
    else pause = window.setTimeout(settle, 150);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !held) return;
  event.preventDefault();
  clearTimeout(pause);
  const block = held.block;
  clickless = held.dragging;
  if (held.dragging) given_up = held.pointer;
  if (held.pointer >= 0 && block.hasPointerCapture(held.pointer)) block.releasePointerCapture(held.pointer);
  release();
  block.focus({ preventScroll: true });
});

// --- the page ---

const kept = sessionStorage.getItem(SCROLLED);
sessionStorage.removeItem(SCROLLED);
scroll.scrollTop = kept === null ? (Number(week.dataset.begins) / DAY) * columns[0].offsetHeight - 10 : Number(kept);

const wide = matchMedia("(min-width: 100rem)");
const unfold = () => wide.matches && document.querySelectorAll("details[data-bk-wide]").forEach((one) => one.setAttribute("open", ""));
unfold();
wide.addEventListener("change", unfold);
if (location.hash === "#feed") document.querySelector("#feed")?.setAttribute("open", "");

document.querySelector("[data-bk-copy]")?.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const field = /** @type {HTMLInputElement} */ (button.parentElement?.querySelector("input"));
  field.select();
  try {
    await navigator.clipboard.writeText(button.dataset.bkCopy ?? "");
  } catch {
    document.execCommand("copy"); // without HTTPS there is no clipboard to write to
  }
  button.textContent = button.dataset.done ?? "";
});
