/**
 * The two canonical forms of JSON that the player meets. Both return text; UTF-8 of it is what is hashed or signed.
 *
 * - `rfc8785`: our own documents (schedule, notices, manifests, public keys). ECMAScript is its reference, so numbers
 *   and strings are JSON.stringify's, and keys are sorted by UTF-16 code units.
 * - `olpc`: what TUF signatures cover (securesystemslib's encoder). Only `"` and `\` are escaped, keys are sorted by code
 *   points, and there are no fractions.
 */

export class CanonicalError extends Error {}

/** @param {string} text @returns {string} */
function wellFormed(text) {
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)) {
    throw new CanonicalError("a text holds half a character");
  }
  return text;
}

/**
 * Order of code points, as Python sorts; UTF-16 order differs above U+FFFF.
 * @param {string} left @param {string} right @returns {number}
 */
export function byCodePoints(left, right) {
  const one = Array.from(left);
  const two = Array.from(right);
  for (let index = 0; index < Math.min(one.length, two.length); index += 1) {
    const difference = /** @type {number} */ (one[index].codePointAt(0)) - /** @type {number} */ (two[index].codePointAt(0));
    if (difference !== 0) return difference;
  }
  return one.length - two.length;
}

/**
 * @param {unknown} value
 * @param {(text: string) => string} string
 * @param {(number: number) => string} number
 * @param {((left: string, right: string) => number) | undefined} order
 * @returns {string}
 */
function encode(value, string, number, order) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return string(wellFormed(value));
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return `[${value.map((item) => encode(item, string, number, order)).join(",")}]`;
  if (typeof value === "object") {
    const fields = /** @type {Record<string, unknown>} */ (value);
    const members = Object.keys(fields).sort(order);
    return `{${members.map((key) => `${string(wellFormed(key))}:${encode(fields[key], string, number, order)}`).join(",")}}`;
  }
  throw new CanonicalError(`no JSON for ${typeof value}`);
}

/**
 * RFC 8785.
 * @param {unknown} value
 * @returns {string}
 * @throws {CanonicalError} for NaN, infinities, half characters, undefined
 */
export function rfc8785(value) {
  return encode(
    value,
    (text) => JSON.stringify(text),
    (number) => {
      if (!Number.isFinite(number)) throw new CanonicalError("not a finite number");
      return JSON.stringify(number);
    },
    undefined,
  );
}

/**
 * OLPC canonical JSON as securesystemslib writes it.
 * @param {unknown} value
 * @returns {string}
 * @throws {CanonicalError} for fractions, integers that a double cannot hold, half characters
 */
export function olpc(value) {
  return encode(
    value,
    (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
    (number) => {
      if (!Number.isSafeInteger(number)) throw new CanonicalError("not a whole number in range");
      return Object.is(number, -0) ? "0" : String(number);
    },
    byCodePoints,
  );
}
