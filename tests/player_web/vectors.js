/** Reads the vectors that Python and JavaScript share. */

import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../vectors/", import.meta.url);

/** @param {string} path */
export function vectors(path) {
  return JSON.parse(readFileSync(new URL(path, FOLDER), "utf-8"));
}

/** @param {string} folder */
export function allVectors(folder) {
  const names = readdirSync(new URL(folder, FOLDER)).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => vectors(`${folder}${name}`));
}
