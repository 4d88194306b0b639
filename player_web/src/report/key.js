/**
 * The player's own key: P-256, made here, its private part not extractable. Reports are signed with it.
 *
 * @typedef {{kty: string, crv: string, x: string, y: string}} PublicKey
 */

import { rfc8785 } from "../core/canonical.js";
import { sha256, utf8 } from "../update/verify.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

/** @param {ArrayBuffer} bytes @returns {string} unpadded base64url */
function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns {Promise<{keys: CryptoKeyPair, publicKey: PublicKey}>} */
export async function makeKey() {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  return { keys, publicKey: /** @type {PublicKey} */ ({ kty, crv, x, y }) };
}

/** @param {PublicKey} publicKey @returns {Promise<string>} SHA-256 of the canonical JWK */
export function keyId({ crv, kty, x, y }) {
  return sha256(utf8(rfc8785({ crv, kty, x, y })));
}

/**
 * Headers that prove who sends a request.
 * @param {CryptoKey} privateKey @param {string} id @param {string} method @param {string} path @param {number} time UTC milliseconds
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {Promise<Record<string, string>>}
 */
export async function signatureHeaders(privateKey, id, method, path, time, body) {
  const message = utf8(`${method}\n${path}\n${time}\n${await sha256(body)}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, message);
  return { "X-Bangtin-Key": id, "X-Bangtin-Time": String(time), "X-Bangtin-Signature": base64url(signature) };
}
