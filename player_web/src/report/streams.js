/**
 * Which live streams do not come, told once each and once more when they are back, however many faces show them and however often they
 * are tried.
 */

export class StreamReports {
  /** Faces that miss a server's streams. @type {Map<string, Set<string>>} */
  #missed = new Map();

  /** @param {(detail: {host: string, face: string, reason: string}) => void} report */
  constructor(report) {
    this.report = report;
  }

  /** @param {string} face @param {{url: string, lost: string}} told why the stream is not shown; "" when it is */
  told(face, { url, lost }) {
    const { host } = new URL(url);
    const missed = this.#missed.get(url) ?? new Set();
    if (lost) {
      this.#missed.set(url, missed);
      if (missed.size === 0) this.report({ host, face, reason: lost });
      missed.add(face);
      return;
    }
    if (!missed.delete(face) || missed.size > 0) return;
    this.#missed.delete(url);
    this.report({ host, face, reason: "back" });
  }

  /** Streams that do not come now, by server. */
  get missed() {
    return [...this.#missed.keys()].map((url) => new URL(url).host);
  }
}
