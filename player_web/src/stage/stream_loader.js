/**
 * What hls.js asks for, asked for in our way: only of the approved origin, without redirects, cookies or a referrer, each answer in
 * time and of a bounded length.
 */

const PLAYLIST_BYTES = 1024 * 1024;
const SEGMENT_BYTES = 48 * 1024 * 1024;
/** Milliseconds, or less where hls.js has less patience. */
const FIRST_BYTE = 8000;
const WHOLE = 20_000;

/** An address that was not approved. */
export class Foreign extends Error {}

/**
 * @param {string} url absolute, as hls.js resolved it
 * @param {string} origin
 * @throws {Foreign}
 */
export function checkOrigin(url, origin) {
  const asked = new URL(url);
  if (asked.origin !== origin || !/^https?:$/.test(asked.protocol)) throw new Foreign(`not of ${origin}: ${url.slice(0, 200)}`);
}

/** @param {Response} response @param {number} most bytes @param {() => void} first hears of the first bytes */
async function read(response, most, first) {
  const chunks = [];
  let length = 0;
  for await (const chunk of /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body)) {
    if (length === 0) first();
    length += chunk.byteLength;
    if (length > most) throw new Error(`longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return new Blob(chunks);
}

/** @param {Record<string, any>} context of hls.js @param {string} origin @param {AbortSignal} signal */
function ask(context, origin, signal) {
  checkOrigin(context.url, origin);
  /** @type {Record<string, string>} */
  const headers = context.rangeEnd ? { Range: `bytes=${context.rangeStart ?? 0}-${context.rangeEnd - 1}` } : {};
  return fetch(context.url, { signal, headers, mode: "cors", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
}

/**
 * The class of loaders for one stream.
 * @param {any} LoadStats of hls.js
 * @param {string} origin
 * @param {() => void} foreign hears of every address that was refused
 */
export function loaderOf(LoadStats, origin, foreign) {
  return class {
    stats = new LoadStats();
    /** @type {any} */
    context = null;
    /** @type {Response | undefined} */
    response;
    #abort = new AbortController();

    /** @param {any} context @param {any} config @param {any} callbacks */
    load(context, config, callbacks) {
      this.context = context;
      this.#load(context, config.loadPolicy ?? {}, callbacks).catch((error) => {
        if (this.#abort.signal.aborted) return;
        if (error instanceof Foreign) foreign();
        callbacks.onError({ code: 0, text: String(error.message ?? error) }, context, null, this.stats);
      });
    }

    /** @param {any} context @param {any} policy @param {any} callbacks */
    async #load(context, policy, callbacks) {
      const { stats } = this;
      const gone = this.#abort.signal;
      const late = new AbortController();
      const timers = [
        setTimeout(() => this.response || late.abort(), Math.min(FIRST_BYTE, policy.maxTimeToFirstByteMs ?? Infinity)),
        setTimeout(() => late.abort(), Math.min(WHOLE, policy.maxLoadTimeMs ?? Infinity)),
      ];
      stats.loading.start = performance.now();
      try {
        const response = await ask(context, origin, AbortSignal.any([gone, late.signal]));
        this.response = response;
        if (!response.ok) {
          return callbacks.onError({ code: response.status, text: response.statusText }, context, null, stats);
        }
        const bytes = context.responseType === "arraybuffer";
        const blob = await read(response, bytes ? SEGMENT_BYTES : PLAYLIST_BYTES, () => (stats.loading.first = performance.now()));
        const data = bytes ? await blob.arrayBuffer() : await blob.text();
        if (gone.aborted) return;
        stats.loading.end = Math.max(performance.now(), stats.loading.first ||= stats.loading.start);
        stats.loaded = stats.total = blob.size;
        stats.bwEstimate = (blob.size * 8000) / Math.max(1, stats.loading.end - stats.loading.first);
        callbacks.onSuccess({ url: response.url, data, code: response.status }, stats, context, null);
      } catch (error) {
        if (!late.signal.aborted || gone.aborted) throw error;
        callbacks.onTimeout(stats, context, null);
      } finally {
        timers.forEach(clearTimeout);
      }
    }

    abort() {
      this.stats.aborted = !this.stats.loading.end;
      this.#abort.abort();
    }

    destroy() {
      this.abort();
      this.context = null;
    }

    getCacheAge() {
      return Number(this.response?.headers.get("age") ?? NaN) || null;
    }

    /** @param {string} name */
    getResponseHeader(name) {
      return this.response?.headers.get(name) ?? null;
    }
  };
}
