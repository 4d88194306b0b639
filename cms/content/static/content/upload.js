// The page for uploads: files are dropped or chosen, each gets a line with its progress, two are sent at a time.
import { Sender } from "./upload_sender.js";

const AT_ONCE = 2;
const page = document.querySelector("[data-bt-upload]");
const words = JSON.parse(document.getElementById("bt-upload-words").textContent);
const before = JSON.parse(document.getElementById("bt-upload-unfinished").textContent);
const list = page.querySelector("[data-bt-files]");
const template = page.querySelector("template");
const zone = page.querySelector("[data-bt-zone]");
const input = page.querySelector("input[type=file]");
const total = page.querySelector("[data-bt-total]");
const form = page.querySelector("[data-bt-details]");
const lines = [];
const SHAPES = { queued: "◌", reading: "◌", sending: "◔", waiting: "▲", checking: "◑", done: "●", paused: "❚❚", refused: "■", failed: "■", unfinished: "◔" };

const say = (word, ...values) => values.reduce((text, one) => text.replace("%s", one), words[word] ?? "");
const number = (value, digits = 0) => value.toLocaleString(document.documentElement.lang || "vi", { maximumFractionDigits: digits });

function bytes(count) {
  if (count < 1024 * 1024) return `${number(Math.ceil(count / 1024))} KB`;
  if (count < 1024 ** 3) return `${number(count / 1024 ** 2, count < 10 * 1024 ** 2 ? 1 : 0)} MB`;
  return `${number(count / 1024 ** 3, 2)} GB`;
}

function time(seconds) {
  if (seconds < 90) return say("seconds", number(Math.max(1, Math.round(seconds))));
  if (seconds < 5400) return say("minutes", number(Math.round(seconds / 60)));
  return say("hours", number(seconds / 3600, 1));
}

class Line {
  constructor(name, size) {
    Object.assign(this, { name, size, phase: "queued", sender: null });
    this.node = template.content.firstElementChild.cloneNode(true);
    const part = (what) => this.node.querySelector(`[data-${what}]`);
    Object.assign(this, { bar: part("bar"), note: part("note"), shape: part("shape"), pace: part("pace"), link: part("open") });
    part("name").textContent = name;
    part("size").textContent = bytes(size);
    this.bar.max = Math.max(1, size);
    this.bar.setAttribute("aria-label", name);
    this.buttons = { pause: part("pause"), continue: part("continue"), again: part("again"), remove: part("remove") };
    for (const [word, button] of Object.entries(this.buttons)) {
      button.querySelector("span").textContent = ` ${name}`;
      button.addEventListener("click", () => this.press(word));
    }
    list.append(this.node);
  }

  take(file) {
    this.file = file;
    this.sender = new Sender(file, {
      create: page.dataset.btUpload,
      token: page.dataset.token,
      details: () => Object.fromEntries(new FormData(form)),
      tell: (state) => this.show(state),
    });
    this.show({ phase: "queued", note: "queued", sent: 0 });
  }

  async press(word) {
    if (word === "pause") this.phase === "queued" ? this.show({ phase: "paused", note: "paused", sent: 0 }) : this.sender.pause();
    if (word === "continue") this.show({ phase: "queued", note: "queued", sent: this.bar.value });
    if (word === "again") await (this.sender ? this.sender.checkAgain() : this.checkBefore());
    if (word === "remove") await this.leave();
    next();
  }

  async leave() {
    if (this.sender) await this.sender.remove();
    else if (this.at) await fetch(this.at, { method: "DELETE", headers: this.plain(), redirect: "manual" }).catch(() => {});
    lines.splice(lines.indexOf(this), 1);
    const beside = this.node.nextElementSibling ?? this.node.previousElementSibling;
    this.node.remove();
    (beside?.querySelector("button:not([hidden]), a:not([hidden])") ?? input).focus();
    count();
  }

  plain() {
    return { "Tus-Resumable": "1.0.0", "X-CSRFToken": page.dataset.token, "X-Requested-With": "XMLHttpRequest" };
  }

  async checkBefore() {
    const answer = await fetch(`${this.at}again/`, { method: "POST", headers: this.plain() }).catch(() => null);
    if (answer?.ok) this.remember(await answer.json());
  }

  // What this person began earlier, in this browser or another.
  remember(state) {
    this.at = state.at;
    const phase = state.status === "receiving" ? "unfinished" : state.status === "waiting" ? "checking" : state.status;
    this.show({ phase, note: phase === "unfinished" ? "unfinished" : state.status, sent: state.received, error: state.error, url: state.url });
    if (phase === "checking") this.follow();
  }

  async follow() {
    await new Promise((done) => setTimeout(done, 2000));
    const answer = await fetch(`${this.at}state/`, { headers: this.plain() }).catch(() => null);
    if (answer?.ok) this.remember(await answer.json());
    else if (!answer) this.follow();
  }

  show({ phase, note, sent = 0, rate = 0, wait = 0, error = "", url = "" }) {
    const changed = phase !== this.phase || note;
    this.phase = phase;
    if (phase === "checking") this.bar.removeAttribute("value");
    else this.bar.value = phase === "done" ? this.bar.max : sent;
    this.node.dataset.phase = phase;
    this.shape.textContent = SHAPES[phase] ?? "○";
    const percent = `${number(Math.floor((100 * sent) / Math.max(1, this.size)))} %`;
    this.pace.textContent = phase === "sending" ? this.told(sent, rate, percent) : "";
    if (changed) this.note.textContent = error || this.sentence(note, sent, percent, wait);
    this.link.hidden = !url;
    if (url) this.link.href = url;
    const running = ["queued", "reading", "sending", "waiting"].includes(phase);
    this.buttons.pause.hidden = !running;
    this.buttons.continue.hidden = !(phase === "paused" || (phase === "refused" && this.sender && !this.sender.url && note !== "changed"));
    this.buttons.again.hidden = phase !== "failed";
    this.buttons.remove.hidden = phase === "checking" || phase === "done";
    count();
  }

  sentence(note, sent, percent, wait) {
    if (note === "unfinished") return say(note, bytes(sent), bytes(this.size));
    if (note === "retry") return say(note, wait);
    if (note === "paused" || note === "resumed") return say(note, percent);
    return note ? say(note) : "";
  }

  told(sent, rate, percent) {
    const said = [`${percent} · ${say("sending", bytes(sent), bytes(this.size))}`];
    if (rate) said.push(say("rate", bytes(rate)), say("left", time((this.size - sent) / rate)));
    return said.join(" · ");
  }
}

function count() {
  const own = lines.filter((one) => one.sender);
  const done = own.filter((one) => one.phase === "done").length;
  total.textContent = own.length ? say("all", number(done), number(own.length)) : "";
}

function next() {
  const busy = lines.filter((one) => one.sender?.running && !["checking"].includes(one.phase)).length;
  const waiting = lines.filter((one) => one.phase === "queued" && one.sender && !one.sender.running);
  for (const one of waiting.slice(0, Math.max(0, AT_ONCE - busy))) one.sender.start().finally(next);
}

function add(files) {
  for (const file of files) {
    const known = lines.find((one) => one.name === file.name && one.size === file.size);
    if (known?.sender && !["refused", "done"].includes(known.phase)) {
      known.note.textContent = say("twice");
      continue;
    }
    let line = known && !known.sender && known.phase === "unfinished" ? known : null;
    if (!line) {
      line = new Line(file.name, file.size);
      lines.push(line);
    }
    line.take(file);
  }
  next();
}

for (const state of before) {
  const line = new Line(state.name, state.size);
  lines.push(line);
  line.remember(state);
}
input.addEventListener("change", () => {
  add(input.files);
  input.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  page.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("bt-zone--over");
  });
}
for (const name of ["dragleave", "drop"]) page.addEventListener(name, () => zone.classList.remove("bt-zone--over"));
page.addEventListener("drop", (event) => {
  event.preventDefault();
  add(event.dataTransfer.files);
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", () => {
  const licensed = form.elements.rights.value === "licensed";
  form.elements.rights_until.required = licensed;
});
