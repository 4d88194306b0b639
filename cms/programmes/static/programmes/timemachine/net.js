/** Answers of the admin, told apart from its log-in page and from no answer at all. */

export class Unreachable extends Error {}
/** The server says that it will not: `status`, and its words where it has some. */
export class Refused extends Error {
  /** @param {number} status @param {string} words */
  constructor(status, words) {
    super(words || String(status));
    this.status = status;
    this.words = words;
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} one that is fine
 * @throws {Unreachable} @throws {Refused} also when the session has ended (status 401)
 */
export async function ask(url, signal) {
  let response;
  try {
    response = await fetch(url, { headers: { "X-Requested-With": "XMLHttpRequest" }, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(String(error));
  }
  if (response.redirected) throw new Refused(401, "");
  if (response.ok) return response;
  const told = response.headers.get("content-type")?.includes("json") ? await response.json().catch(() => ({})) : {};
  throw new Refused(response.status, typeof told.error === "string" ? told.error : "");
}

/** @param {string} url @param {Record<string, string>} values @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function json(url, values = {}, signal = undefined) {
  const query = new URLSearchParams(values).toString();
  return (await ask(query ? `${url}?${query}` : url, signal)).json();
}
