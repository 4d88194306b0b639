// Puts a release onto a stick: asks the server to sign and collect it, then writes its files into the folder that a person chose
// (browsers that can: Chromium, Edge), or downloads it as one .zip.
const page = document.querySelector(".bt-stick");
const box = page?.querySelector(".bt-stick__state");
const words = box?.querySelector(".bt-stick__words");
const bar = box?.querySelector("progress");
const link = box?.querySelector(".bt-stick__link");

const OWNED = ["metadata", "targets", "store", "player"];

/** What went wrong, in the words of the page or the server. */
class Told extends Error {}

/** @param {string} text what a person reads @param {number | null} share of the bar; null: none */
function say(text, share, bad = false) {
  box.hidden = false;
  box.toggleAttribute("data-bad", bad);
  words.textContent = text;
  bar.hidden = share === null;
  if (share !== null) bar.value = share;
}

/** @param {string} url @param {RequestInit} [options] */
async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { ...options, headers: { "X-Requested-With": "XMLHttpRequest", ...options.headers } });
  } catch {
    throw new Told(box.dataset.offline);
  }
  const said = await answer.json().catch(() => ({}));
  if (said.error) throw new Told(said.error);
  if (!answer.ok) throw new Told(box.dataset.offline);
  return said;
}

/** Has the server make it. @param {"zip" | "folder"} kind @returns {Promise<string>} the address of what is ready */
async function made(kind) {
  say(box.dataset.preparing, 0);
  const body = new URLSearchParams({ kind });
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  const { state } = await ask(page.dataset.begin, { method: "POST", body, headers: { "X-CSRFToken": token } });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { share, url } = await ask(state);
    if (url) return url;
    say(share > 0.02 ? box.dataset.packing : box.dataset.preparing, share);
  }
}

async function hash(data) {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function place(root, path) {
  const parts = path.split("/");
  let folder = root;
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
  return [folder, parts.at(-1)];
}

/** Whether a file is on the stick already, byte for byte. */
async function whole(folder, name, part) {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return file.size === part.bytes && (await hash(await file.arrayBuffer())) === part.sha256;
  } catch {
    return false;
  }
}

async function bytesOf(part) {
  if (part.data !== undefined) return Uint8Array.from(atob(part.data), (letter) => letter.charCodeAt(0));
  let answer;
  try {
    answer = await fetch(part.url);
  } catch {
    throw new Told(box.dataset.offline);
  }
  const data = answer.ok ? await answer.arrayBuffer() : null;
  if (!data || (await hash(data)) !== part.sha256) throw new Told(box.dataset.damaged);
  return data;
}

async function write(root, part) {
  const [folder, name] = await place(root, part.path);
  if (await whole(folder, name, part)) return;
  const data = await bytesOf(part);
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await writable.write(data);
  await writable.close();
}

/** Removes what is no file of this release, in the folders that are ours; what else a person keeps there stays. */
async function sweep(folder, named, prefix = "") {
  for await (const [name, handle] of folder.entries()) {
    const path = `${prefix}${name}`;
    if (handle.kind === "directory") {
      if (!prefix && !OWNED.includes(name)) continue;
      await sweep(handle, named, `${path}/`);
      if ((await handle.keys().next()).done) await folder.removeEntry(name);
    } else if (prefix && !named.has(path)) await folder.removeEntry(name);
  }
}

/** The timestamp and bangtin.json come last: a stick that is pulled out early carries the release before, or none. */
async function writeAll(chosen, list) {
  const root = chosen.name === list.folder ? chosen : await chosen.getDirectoryHandle(list.folder, { create: true });
  let done = 0;
  for (const part of [...list.parts, ...list.ends]) {
    say(box.dataset.writing, done / list.bytes);
    await write(root, part);
    done += part.bytes;
  }
  await sweep(root, new Set([...list.parts, ...list.ends].map((part) => part.path)));
}

async function toStick() {
  let chosen;
  try {
    chosen = await window.showDirectoryPicker({ id: "bangtin", mode: "readwrite" });
  } catch (error) {
    if (error.name === "AbortError") return;
    throw new Told(box.dataset.denied);
  }
  const list = await ask(await made("folder"));
  try {
    await writeAll(chosen, list);
  } catch (error) {
    if (error instanceof Told) throw error;
    const key = { QuotaExceededError: "full", NotAllowedError: "denied", SecurityError: "denied" }[error.name] ?? "pulled";
    throw new Told(box.dataset[key]);
  }
  say(box.dataset.written, 1);
}

async function toZip() {
  const url = await made("zip");
  say(box.dataset.ready, 1);
  const again = Object.assign(document.createElement("a"), { href: url, textContent: box.dataset.again });
  link.replaceChildren(again);
  again.click();
}

if (box) {
  const buttons = page.querySelectorAll("button[data-kind]");
  page.querySelector("[data-way=folder]").hidden = !(window.isSecureContext && "showDirectoryPicker" in window);
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      for (const one of buttons) one.disabled = true;
      link.replaceChildren();
      try {
        await (button.dataset.kind === "folder" ? toStick() : toZip());
      } catch (error) {
        say(error instanceof Told ? error.message : String(error), null, true);
      } finally {
        for (const one of buttons) one.disabled = false;
      }
    });
  }
}
