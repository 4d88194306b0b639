/**
 * Signatures of TUF metadata on WebCrypto: Ed25519, ECDSA P-256 and RSA-PSS (SHA-256). Hashes.
 *
 * @typedef {{keytype: string, scheme: string, keyval: {public: string}}} Key
 */

const UTF8 = new TextEncoder();

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function utf8(text) {
  return UTF8.encode(text);
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {TypeError} when it is not hexadecimal
 */
export function fromHex(text) {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} */
export function toHex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {BufferSource} data @returns {Promise<string>} lower-case SHA-256 */
export async function sha256(data) {
  return toHex(await crypto.subtle.digest("SHA-256", data));
}

/**
 * @param {string} pem a SubjectPublicKeyInfo
 * @returns {Uint8Array<ArrayBuffer>}
 */
function fromPem(pem) {
  const body = /-----BEGIN PUBLIC KEY-----([\s\S]+?)-----END PUBLIC KEY-----/.exec(pem);
  if (!body) throw new TypeError("not a PEM public key");
  return Uint8Array.from(atob(body[1].replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
}

/**
 * An ECDSA signature out of its DER form (SEQUENCE of two INTEGERs) into the raw 64 bytes of WebCrypto.
 * @param {Uint8Array} der
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function rawEcdsa(der) {
  const raw = new Uint8Array(64);
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) throw new TypeError("not a DER signature");
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    if (der[at] !== 0x02 || !length || length > 33 || at + 2 + length > der.length) throw new TypeError("not a DER signature");
    let number = der.subarray(at + 2, at + 2 + length);
    if (number.length === 33) {
      if (number[0] !== 0) throw new TypeError("not a DER signature");
      number = number.subarray(1);
    }
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  if (at !== der.length) throw new TypeError("not a DER signature");
  return raw;
}

/** @param {Key} key @param {Uint8Array<ArrayBuffer>} signature @param {Uint8Array<ArrayBuffer>} data */
async function ed25519(key, signature, data) {
  const imported = await crypto.subtle.importKey("raw", fromHex(key.keyval.public), { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, data);
}

/** @param {Key} key @param {Uint8Array<ArrayBuffer>} signature @param {Uint8Array<ArrayBuffer>} data */
async function ecdsa(key, signature, data) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await crypto.subtle.importKey("spki", fromPem(key.keyval.public), algorithm, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, rawEcdsa(signature), data);
}

/**
 * Signers choose a salt as long as the hash or as long as fits; WebCrypto wants to be told.
 * @param {Key} key @param {Uint8Array<ArrayBuffer>} signature @param {Uint8Array<ArrayBuffer>} data
 */
async function rsaPss(key, signature, data) {
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("spki", fromPem(key.keyval.public), algorithm, false, ["verify"]);
  const bits = /** @type {RsaHashedKeyAlgorithm} */ (imported.algorithm).modulusLength;
  for (const saltLength of [32, Math.ceil((bits - 1) / 8) - 34]) {
    if (await crypto.subtle.verify({ name: "RSA-PSS", saltLength }, imported, signature, data)) return true;
  }
  return false;
}

/** @type {Record<string, (key: Key, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>) => Promise<boolean>>} */
const SCHEMES = {
  "ed25519/ed25519": ed25519,
  "ecdsa/ecdsa-sha2-nistp256": ecdsa,
  "ecdsa-sha2-nistp256/ecdsa-sha2-nistp256": ecdsa,
  "rsa/rsassa-pss-sha256": rsaPss,
};

/**
 * Whether a signature over `data` was made with a key. A malformed key or signature or an unknown scheme is "no".
 * @param {Key} key
 * @param {string} signature hexadecimal
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Promise<boolean>}
 */
export async function verify(key, signature, data) {
  const scheme = SCHEMES[`${key.keytype}/${key.scheme}`];
  if (!scheme) return false;
  try {
    return await scheme(key, fromHex(signature), data);
  } catch {
    return false;
  }
}
