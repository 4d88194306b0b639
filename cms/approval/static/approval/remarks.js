// Remarks beside proofs, on the review page and above an item's form: numbers on the pictures, pointing, answering in place.
const PART = { all: [0, 0, 1, 1], top: [0, 0, 1, 0.34], middle: [0, 0.33, 1, 0.34], bottom: [0, 0.66, 1, 0.34], left: [0, 0, 0.34, 1], right: [0.66, 0, 0.34, 1] };
const CLICK = 0.2; // a click without dragging marks so much of the face
const STEP = 0.05;
const fetched = { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } };

function announce(text) {
  let place = document.querySelector("[data-bt-announce]");
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "w-sr-only" });
    place.setAttribute("role", "status");
    place.dataset.btAnnounce = "";
    document.body.append(place);
  }
  place.textContent = text;
}

/** Puts the number of every open remark at its place on the board's pictures. */
function pin(root) {
  const boards = document.querySelectorAll("[data-bt-proofs], .bt-proofs");
  for (const remark of root.querySelectorAll("[data-bt-at]")) {
    const { btAt, btRect, btSize, btNumber } = remark.dataset;
    const [x, y, width, height] = btRect.split(",").map(Number);
    const [whole, high] = btSize.split(",").map(Number);
    for (const board of boards) {
      for (const link of board.querySelectorAll(`a[href="${btAt}"]`)) {
        if (link.querySelector(`[data-bt-pin="${remark.id}"]`)) continue;
        const mark = Object.assign(document.createElement("span"), { className: "bt-pin", textContent: btNumber });
        mark.dataset.btPin = remark.id;
        mark.setAttribute("aria-hidden", "true");
        Object.assign(mark.style, { left: `${(100 * x) / whole}%`, top: `${(100 * y) / high}%`, width: `${(100 * width) / whole}%`, height: `${(100 * height) / high}%` });
        link.classList.add("bt-pinned");
        link.append(mark);
      }
    }
  }
}

function unpin() {
  document.querySelectorAll("[data-bt-pin]").forEach((mark) => mark.remove());
}

/** Under every picture a button that begins a remark on it. */
function offer(form) {
  const version = form.closest("[data-bt-version]");
  for (const option of form.elements.picture.options) {
    const link = version?.querySelector(`.bt-face a[href="${option.dataset.url}"], .bt-face video[poster="${option.dataset.url}"]`);
    const figure = link?.closest(".bt-face");
    if (!figure || figure.querySelector("[data-bt-begin]")) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-secondary bt-begin", textContent: form.dataset.btButton });
    button.dataset.btBegin = option.value;
    button.setAttribute("aria-label", `${form.dataset.btButton}: ${option.text}`);
    figure.append(button);
  }
}

/** The frame on the picture, as shares of it; the form sends it in pixels. */
function pointing(form) {
  const stage = form.querySelector("[data-bt-stage]");
  const image = stage.querySelector("img");
  const frame = stage.querySelector(".bt-point__frame");
  const { picture, place, rect } = form.elements;
  let at = [0, 0, 1, 1];
  let from = null;

  const draw = () => {
    const names = ["left", "top", "width", "height"];
    names.forEach((name, index) => { frame.style[name] = `${100 * at[index]}%`; });
  };
  const own = (next) => {
    const width = Math.min(1, Math.max(0.01, next[2]));
    const height = Math.min(1, Math.max(0.01, next[3]));
    at = [Math.min(1 - width, Math.max(0, next[0])), Math.min(1 - height, Math.max(0, next[1])), width, height];
    const { width: wide, height: high } = picture.selectedOptions[0].dataset;
    rect.value = [at[0] * wide, at[1] * high, at[2] * wide, at[3] * high].map(Math.round).join(",");
    place.querySelector('[value="own"]').disabled = false;
    place.value = "own";
    draw();
  };
  const tell = () => {
    const [left, top, wide, high] = at.map((share) => String(Math.round(100 * share)));
    announce(form.dataset.btWhere.replace("{left}", left).replace("{top}", top).replace("{wide}", wide).replace("{high}", high));
  };
  const show = () => {
    const { url, width, height } = picture.selectedOptions[0].dataset;
    image.src = url;
    image.width = width;
    image.height = height;
    stage.hidden = false;
  };
  const pointer = (event) => {
    const box = image.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((share) => Math.min(1, Math.max(0, share)));
  };
  stage.addEventListener("pointerdown", (event) => {
    from = pointer(event);
    stage.setPointerCapture(event.pointerId);
    own([from[0] - CLICK / 2, from[1] - CLICK / 2, CLICK, CLICK]);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = pointer(event);
    const size = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
    if (size[0] > 0.02 || size[1] > 0.02) own([Math.min(from[0], to[0]), Math.min(from[1], to[1]), ...size]);
  });
  stage.addEventListener("pointerup", () => {
    from = null;
    tell();
  });
  stage.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!move) return;
    event.preventDefault();
    const start = place.value === "own" ? at : [0.4, 0.4, CLICK, CLICK];
    own(event.shiftKey ? [start[0], start[1], start[2] + move[0], start[3] + move[1]] : [start[0] + move[0], start[1] + move[1], start[2], start[3]]);
    tell();
  });
  picture.addEventListener("change", show);
  place.addEventListener("change", () => {
    if (place.value !== "own") at = PART[place.value];
    draw();
  });
  show();
  draw();
}

function begin(button) {
  const form = button.closest("[data-bt-version]").querySelector("[data-bt-point]");
  form.elements.picture.value = button.dataset.btBegin;
  form.elements.picture.dispatchEvent(new Event("change"));
  form.querySelector("[data-bt-stage]").focus({ preventScroll: true });
  form.scrollIntoView({ block: "center" });
}

async function send(form, button) {
  const box = form.closest("[data-bt-remarks]");
  const error = form.querySelector(".bt-remark__error");
  const body = new FormData(form, button);
  const kept = [...box.querySelectorAll("textarea")].filter((one) => one.form !== form && one.value).map((one) => [one.id, one.value]);
  error.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(`${form.getAttribute("action")}${box.dataset.btQuery ?? ""}`, { ...fetched, method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(answer.status === 400 ? text : "");
    unpin();
    box.innerHTML = text;
    for (const [id, value] of kept) if (document.getElementById(id)) document.getElementById(id).value = value;
    prepare(box);
    announce(box.querySelector("[data-bt-said]")?.dataset.btSaid ?? "");
    box.querySelector("h2")?.setAttribute("tabindex", "-1");
    box.querySelector("h2")?.focus({ preventScroll: true });
  } catch (problem) {
    error.textContent = problem.message || box.dataset.btLost || "×";
    error.hidden = false;
    button.disabled = false;
  }
}

function prepare(root) {
  root.querySelectorAll("[data-bt-point]").forEach((form) => {
    offer(form);
    if (!form.dataset.btReady) pointing(form);
    form.dataset.btReady = "1";
  });
  pin(document);
}

/** Above an item's own form: what reviewers said, outside of it, so that answering saves nothing else. */
async function beside(board) {
  const address = board.dataset.btProofs.replace(/board\/.*$/, "remarks/");
  const answer = await fetch(`${address}?edit`, fetched);
  if (!answer.ok) return;
  const text = await answer.text();
  if (!text.includes("bt-remark__words")) return;
  const box = document.createElement("div");
  box.className = "bt-remarks--above nice-padding";
  box.dataset.btRemarks = address;
  box.dataset.btQuery = "?edit";
  box.innerHTML = text;
  (board.closest("form") ?? board).before(box);
  prepare(box);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-bt-remark-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  send(form, event.submitter);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-bt-begin]");
  if (button) begin(button);
});
document.addEventListener("bt-prepared", (event) => prepare(event.target));

const boards = [...document.querySelectorAll("[data-bt-proofs]")];
const watcher = new MutationObserver(() => {
  pin(document);
  document.querySelectorAll("[data-bt-point]").forEach(offer);
});
for (const board of boards) watcher.observe(board, { childList: true });
if (document.querySelector("[data-bt-remarks]")) prepare(document.body);
else boards.filter((board) => board.dataset.btProofs.includes("/board/")).forEach((board) => beside(board).catch(() => {}));
