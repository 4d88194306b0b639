// Sends one file in pieces (tus 1.0.0: create, ask for the offset, append with a checksum), over any number of interruptions.
// It knows nothing of the page: `tell(state)` hears {phase, sent, rate, note, wait, error, url} whenever something changed.
const KIB = 1024;
export const SMALLEST = 256 * KIB;
export const LARGEST = 8 * KIB * KIB;
const FIRST = KIB * KIB;
const QUICK_MS = 3_000;
const SLOW_MS = 12_000;
const SILENT_MS = 60_000; // without a byte getting through, a request is given up
const LONGEST_WAIT_S = 30;
const PATIENCE = 40; // tries in a row without a byte: about twenty minutes
const CHECK_MS = 1_000;
const HEADERS = { "Tus-Resumable": "1.0.0", "X-Requested-With": "XMLHttpRequest" };

class Stop extends Error {
  constructor(phase, note, error = "") {
    super(note);
    Object.assign(this, { phase, note, error });
  }
}

class Again extends Error {} // interrupted, damaged or overtaken: ask where the file stands and go on

const base64 = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
const encoded = (text) => base64(new TextEncoder().encode(text));

async function sha256(buffer) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
}

// By name, size, time and some of its bytes a file is known again, also after the browser was closed. Without a secure context
// (plain HTTP by address) the bytes are left out.
async function signOf(file) {
  const sign = `${file.lastModified}`;
  if (!globalThis.crypto?.subtle) return sign;
  const ends = [file.slice(0, FIRST), file.slice(Math.max(0, file.size - FIRST))];
  const bytes = await new Blob(ends).arrayBuffer().catch(() => { throw new Stop("refused", "changed"); });
  return `${sign} ${base64(await sha256(bytes))}`;
}

function cookie(name) {
  return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}

export class Sender {
  constructor(file, { create, details, token, tell }) {
    Object.assign(this, { file, create, details, token, tell });
    this.url = "";
    this.sent = 0;
    this.size = FIRST;
    this.running = false;
    this.rate = 0;
  }

  headers(more = {}) {
    return { ...HEADERS, "X-CSRFToken": cookie("csrftoken") ?? this.token, ...more };
  }

  async start() {
    if (this.running) return;
    this.running = true;
    this.halt = new AbortController();
    try {
      await this.whole();
    } catch (error) {
      if (error instanceof Stop) this.tell({ phase: error.phase, note: error.note, error: error.error, sent: this.sent });
      else if (this.halt.signal.aborted) this.tell({ phase: "paused", note: "paused", sent: this.sent });
      else {
        console.error(error);
        this.tell({ phase: "paused", note: "failed", sent: this.sent });
      }
    } finally {
      this.running = false;
    }
  }

  pause() {
    this.halt?.abort();
  }

  async remove() {
    this.pause();
    if (this.url) await fetch(this.url, { method: "DELETE", headers: this.headers(), redirect: "manual" }).catch(() => {});
  }

  async whole() {
    let tries = 0;
    for (;;) {
      const before = this.sent;
      try {
        if (!this.url) await this.begin();
        else await this.ask();
        while (this.sent < this.file.size) await this.piece();
        return await this.checked();
      } catch (error) {
        if (!(error instanceof Again)) throw error;
        tries = this.sent > before ? 1 : tries + 1;
        if (tries > PATIENCE) throw new Stop("paused", "stopped");
        this.size = Math.max(SMALLEST, this.size / 2);
        await this.rest(Math.min(LONGEST_WAIT_S, 2 ** Math.min(tries - 1, 5)) * (0.75 + Math.random() / 2));
      }
    }
  }

  // Waits between two tries; a line that comes back ends it at once.
  async rest(seconds) {
    const offline = navigator.onLine === false;
    this.tell({ phase: "waiting", note: offline ? "offline" : "retry", wait: Math.ceil(seconds), sent: this.sent });
    await new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true, signal: this.halt.signal });
      this.halt.signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
    });
    this.halt.signal.throwIfAborted();
  }

  async begin() {
    this.tell({ phase: "reading", note: "reading", sent: 0 });
    const said = { ...this.details(), filename: this.file.name, sign: await signOf(this.file) };
    const metadata = Object.entries(said).filter(([, text]) => text).map(([name, text]) => `${name} ${encoded(text)}`);
    const answer = await this.request(this.create, "POST", {
      "Upload-Length": `${this.file.size}`, "Upload-Metadata": metadata.join(","),
    });
    this.url = new URL(answer.headers.get("Location"), location.href).pathname;
    this.sent = Number(answer.headers.get("Upload-Offset"));
    if (this.sent) this.tell({ phase: "sending", note: "resumed", sent: this.sent });
  }

  async ask() {
    this.sent = Number((await this.request(this.url, "HEAD")).headers.get("Upload-Offset"));
  }

  async request(url, method, headers = {}) {
    const timer = AbortSignal.timeout(SILENT_MS);
    const signal = AbortSignal.any([this.halt.signal, timer]);
    let answer;
    try {
      answer = await fetch(url, { method, headers: this.headers(headers), signal, redirect: "manual" });
    } catch {
      this.halt.signal.throwIfAborted();
      throw new Again();
    }
    if (!answer.ok) this.fail(answer.type === "opaqueredirect" ? 403 : answer.status, await said(answer));
    return answer;
  }

  fail(status, error) {
    if (status === 404 || status === 410) {
      this.url = "";
      this.sent = 0;
      throw new Stop("paused", "gone");
    }
    if (status === 507) throw new Stop("paused", "failed", error);
    if (status === 403 && !error) throw new Stop("paused", "login");
    if ([408, 409, 423, 429, 460].includes(status) ? !(status === 429 && error) : status >= 500) throw new Again();
    throw new Stop("refused", "failed", error);
  }

  // One piece by XMLHttpRequest, the only one of the browser's ways that tells how much of it has left.
  async piece() {
    const end = Math.min(this.file.size, this.sent + this.size);
    const bytes = await this.file.slice(this.sent, end).arrayBuffer().catch(() => { throw new Stop("refused", "changed"); });
    const headers = { "Upload-Offset": `${this.sent}`, "Content-Type": "application/offset+octet-stream" };
    if (globalThis.crypto?.subtle) headers["Upload-Checksum"] = `sha256 ${base64(await sha256(bytes))}`;
    this.halt.signal.throwIfAborted();
    const began = performance.now();
    const answer = await this.patch(bytes, headers);
    if (answer.status !== 204) this.fail(answer.status, message(answer.responseText));
    const took = performance.now() - began;
    this.measure(bytes.byteLength, took);
    this.sent = Number(answer.getResponseHeader("Upload-Offset"));
    if (took < QUICK_MS) this.size = Math.min(LARGEST, this.size * 2);
    else if (took > SLOW_MS) this.size = Math.max(SMALLEST, this.size / 2);
    this.tell({ phase: "sending", sent: this.sent, rate: this.rate });
  }

  patch(bytes, headers) {
    return new Promise((done, broken) => {
      const request = new XMLHttpRequest();
      let timer = 0;
      const wake = () => { clearTimeout(timer); timer = setTimeout(() => request.abort(), SILENT_MS); };
      const stop = () => request.abort();
      const over = () => { clearTimeout(timer); this.halt.signal.removeEventListener("abort", stop); };
      const lost = () => { over(); broken(this.halt.signal.aborted ? this.halt.signal.reason : new Again()); };
      request.open("PATCH", this.url);
      for (const [name, value] of Object.entries(this.headers(headers))) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        wake();
        this.tell({ phase: "sending", sent: this.sent + event.loaded, rate: this.rate });
      };
      request.onload = () => { over(); done(request); };
      request.onerror = request.onabort = request.ontimeout = lost;
      this.halt.signal.addEventListener("abort", stop);
      wake();
      request.send(bytes);
    });
  }

  // Bytes a second, of which the last pieces count most.
  measure(bytes, ms) {
    const now = bytes / Math.max(ms / 1000, 0.001);
    this.rate = this.rate ? 0.7 * this.rate + 0.3 * now : now;
  }

  // All of it is there: the server checks it, and the page asks how far that is.
  async checked() {
    for (;;) {
      const answer = await this.request(`${this.url}state/`, "GET");
      const state = await answer.json();
      const note = state.status === "checking" && state.step === 2 ? "storing" : state.status;
      this.tell({ phase: state.status === "waiting" ? "checking" : state.status, note, error: state.error, url: state.url, sent: this.file.size });
      if (["done", "refused", "failed"].includes(state.status)) return;
      if (state.status === "receiving") throw new Again(); // part of it was lost on the server
      await new Promise((done) => setTimeout(done, CHECK_MS));
      this.halt.signal.throwIfAborted();
    }
  }

  // The check failed through no fault of the file: once more.
  async checkAgain() {
    await fetch(`${this.url}again/`, { method: "POST", headers: this.headers(), redirect: "manual" }).catch(() => {});
    await this.start();
  }
}

function message(text) {
  try {
    return JSON.parse(text).error ?? "";
  } catch {
    return "";
  }
}

async function said(answer) {
  return message(await answer.text().catch(() => ""));
}
