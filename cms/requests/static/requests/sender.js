// A sender's form keeps itself on the device, and its files go up one by one while the rest is typed. Without this script the
// form works as any other: files then go with it.
const KEY = "bangtin-request:";
const form = document.querySelector("[data-bq-form]");

/** Local storage may be full, forbidden or away; the form works without. */
const store = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept, then.
    }
  },
};

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** What was sent needs no draft any more. */
function forgetSent() {
  const note = document.querySelector("[data-bq-sent]");
  if (!note) return;
  const key = KEY + note.dataset.owner;
  if (store.get(key)?.draft === note.dataset.bqSent) store.drop(key);
  history.replaceState(null, "", location.pathname);
}

class Draft {
  constructor() {
    this.key = KEY + form.dataset.owner;
    this.kept = form.querySelector("[data-bq-kept]");
    this.later = 0;
  }

  /** Names and values of everything but files, the token and the trap. */
  values() {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "website"].includes(name)) (found[name] ??= []).push(value);
    }
    return found;
  }

  save() {
    const values = this.values();
    const done = store.set(this.key, { draft: form.elements.draft.value, at: Date.now(), values });
    this.kept.textContent = done ? `✓ ${form.dataset.sayKept}` : "";
  }

  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.save(), 400);
  }

  restore() {
    const saved = store.get(this.key);
    // What the server sends back with its errors is newer than what the device kept.
    if (!saved?.values || form.hasAttribute("data-bound")) return false;
    form.elements.draft.value = saved.draft;
    for (const control of form.elements) {
      if (!control.name || ["file", "submit", "button"].includes(control.type)) continue;
      if (["csrfmiddlewaretoken", "draft", "website", "organisation"].includes(control.name) && control.type === "hidden") continue;
      const values = saved.values[control.name] ?? [];
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else if (values.length) control.value = values[0];
    }
    form.elements.declared.checked = false; // confirmed anew with each sending
    return true;
  }
}

class Files {
  constructor() {
    this.list = form.querySelector("[data-bq-files]");
    this.said = form.querySelector("[data-bq-said]");
    this.underway = 0;
    this.waiting = new Set();
    for (const input of form.querySelectorAll("[data-bq-upload]")) {
      input.addEventListener("change", () => {
        for (const file of [...input.files]) this.send(file, input.dataset.bqUpload);
        input.value = ""; // they go up by themselves, not a second time with the form
      });
    }
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest(".bq-drop[data-drop]");
      if (!button) return;
      event.preventDefault();
      void this.remove(button);
    });
    addEventListener("online", () => {
      for (const again of [...this.waiting]) again();
    });
  }

  /** Those that came up before the page was loaded anew. */
  async load() {
    try {
      const query = new URLSearchParams({ draft: form.elements.draft.value });
      const answer = await fetch(`${form.dataset.files}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      this.list.replaceChildren();
      for (const file of (await answer.json()).files) this.list.append(this.row(file));
    } catch {
      // Without a line the list stays empty; the files are on the server all the same.
    }
  }

  row(file) {
    const row = element("li", "bq-file");
    row.dataset.id = file.id;
    row.dataset.letter = file.letter ? "1" : "0";
    if (file.preview) {
      const picture = element("img", "");
      picture.src = file.preview;
      picture.alt = "";
      row.append(picture);
    } else {
      row.append(element("span", "bq-file__none", "W"));
    }
    const words = element("span", "bq-file__words");
    const size = file.bytes < 1e6 ? `${Math.ceil(file.bytes / 1024)} KB` : `${(file.bytes / 1048576).toFixed(1)} MB`;
    const parts = [file.letter ? form.dataset.sayLetter : "", file.kind, size].filter(Boolean);
    words.append(element("strong", "", file.name), element("span", "", parts.join(" · ")));
    const button = element("button", "bq-drop", form.dataset.sayRemove);
    button.type = "button";
    button.dataset.drop = file.drop;
    button.append(element("span", "bq-hidden", ` ${file.name}`));
    row.append(words, button);
    return row;
  }

  send(file, letter) {
    const row = element("li", "bq-file");
    const words = element("span", "bq-file__words");
    words.append(element("strong", "", file.name));
    row.append(element("span", "bq-file__none", "…"), words);
    this.list.append(row);
    if (file.size > Number(form.dataset.most) * 1048576) {
      this.wrong(row, words, form.dataset.sayLarge);
      return;
    }
    const bar = element("progress", "");
    bar.max = 1;
    bar.setAttribute("aria-label", `${form.dataset.saySending} ${file.name}`);
    words.append(bar);
    this.underway += 1;
    const body = new FormData();
    body.append("draft", form.elements.draft.value);
    body.append("letter", letter);
    body.append("file", file);
    const request = new XMLHttpRequest(); // `fetch` tells nothing of how much went up
    request.open("POST", form.dataset.files);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      this.underway -= 1;
      bar.remove();
      const told = request.response;
      if (request.status === 200 && told?.id) this.arrived(row, told);
      else this.wrong(row, words, told?.error ?? form.dataset.sayFailed, told?.error ? null : () => this.send(file, letter));
    });
    request.send(body);
  }

  arrived(row, told) {
    for (const old of this.list.querySelectorAll(".bq-file")) {
      if (old !== row && (old.dataset.id === String(told.id) || (told.letter && old.dataset.letter === "1"))) old.remove();
    }
    row.replaceWith(this.row(told));
    this.said.textContent = `${told.name} ✓`;
  }

  wrong(row, words, said, again = null) {
    row.classList.add("bq-file--wrong");
    words.append(element("span", "", `▲ ${said}`));
    const acts = element("span", "bq-file__acts");
    const away = element("button", "bq-drop", form.dataset.sayRemove);
    away.type = "button";
    away.addEventListener("click", () => leave());
    const leave = () => {
      this.waiting.delete(retry);
      row.remove();
    };
    const retry = () => {
      leave();
      again();
    };
    if (again) {
      const button = element("button", "bq-drop", form.dataset.sayAgain);
      button.type = "button";
      button.addEventListener("click", retry);
      acts.append(button);
      this.waiting.add(retry);
    }
    acts.append(away);
    row.append(acts);
    this.said.textContent = `${words.firstChild.textContent}: ${said}`;
  }

  async remove(button) {
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      const answer = await fetch(button.dataset.drop, { method: "POST", headers });
      if (!answer.ok) return;
      button.closest(".bq-file").remove();
      form.querySelector("[data-bq-upload='0']").focus();
    } catch {
      // It stays; the person may try again.
    }
  }
}

function start() {
  const draft = new Draft();
  const files = new Files();
  const problem = form.querySelector("[data-bq-problem]");
  const restored = document.querySelector("[data-bq-restored]");
  if (draft.restore()) {
    restored.hidden = false;
    void files.load();
  } else if (form.hasAttribute("data-bound")) {
    draft.save();
  }
  form.addEventListener("input", () => draft.soon());
  addEventListener("pagehide", () => draft.later && draft.save());
  document.querySelector("[data-bq-forget]").addEventListener("click", () => {
    clearTimeout(draft.later);
    draft.later = 0;
    store.drop(draft.key);
    location.assign(location.pathname);
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "drop") return;
    draft.save();
    const said = !navigator.onLine ? form.dataset.sayOffline : files.underway ? form.dataset.sayWait : "";
    problem.textContent = said;
    problem.hidden = !said;
    if (said || sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    form.querySelector("[data-bq-send]").setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false; // back from the next page: it may be sent again, and is then known
    form.querySelector("[data-bq-send]").removeAttribute("aria-disabled");
  });
}

forgetSent();
if (form) start();
document.querySelector("[data-bq-focus]")?.focus();
