#!/usr/bin/env node
/**
 * The player's TUF client on the command line, for any TUF repository: the same modules as in the browser, plain Node, no dependency.
 * It follows the client protocol of theupdateframework/tuf-conformance:
 *
 *     tuf_client.mjs --metadata-dir DIR init TRUSTED_ROOT
 *     tuf_client.mjs --metadata-dir DIR --metadata-url URL refresh
 *     tuf_client.mjs --metadata-dir DIR --metadata-url URL --target-name PATH [--target-name PATH …]
 *                    --target-base-url URL --target-dir DIR download
 *
 * DIR holds what is trusted: root.json, timestamp.json, snapshot.json, targets.json and delegated roles under their quoted names. With
 * `--cluster CODE` only that cluster's metadata count, as in a player. Ends with 0 when all was done, 1 when something was
 * refused or unreachable, 2 when it was called wrongly.
 */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { quoted } from "../src/update/delegations.js";
import { Missing, TooLong, download } from "../src/update/download.js";
import { Refusal, checkBytes } from "../src/update/roles.js";
import { TufClient } from "../src/update/tuf.js";

/** Longest target accepted, bytes. */
const LONGEST = 512 * 1024 * 1024;

/** @param {string} path @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} */
async function read(path) {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The whole file or none. @param {string} path @param {Uint8Array} bytes */
async function write(path, bytes) {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

/**
 * Trusted metadata in a folder. There is one root there, the newest, which is pinned at the next start.
 * @param {string} folder
 * @returns {import("../src/update/tuf.js").MetadataStore}
 */
function folderStore(folder) {
  const place = (/** @type {string} */ name) => join(folder, name.replace(/^delegations\//, ""));
  const isRoot = (/** @type {string} */ name) => /^\d+\.root\.json$/.test(name);
  return {
    get: async (name) => (isRoot(name) ? undefined : read(place(name))),
    set: (name, bytes) => write(isRoot(name) ? join(folder, "root.json") : place(name), bytes),
    delete: (name) => rm(place(name), { force: true }),
  };
}

/**
 * The addresses that a target may have: with each of its hashes, in a repository with consistent snapshots.
 * @param {string} base ends with / @param {string} path @param {string[]} hashes @param {boolean} consistent
 * @returns {string[]}
 */
function addresses(base, path, hashes, consistent) {
  const parts = path.split("/");
  if (parts.some((part) => part === "." || part === "..")) throw new Refusal(path, "format", "leads out of the repository");
  const folder = parts.slice(0, -1).map((part) => `${quoted(part)}/`);
  const file = quoted(parts[parts.length - 1]);
  return (consistent ? hashes.map((hash) => `${hash}.${file}`) : [file]).map((name) => base + folder.join("") + name);
}

/** @param {string} address @returns {string} ending with / */
const folder = (address) => (address.endsWith("/") ? address : `${address}/`);

/**
 * @param {TufClient} client @param {string} path @param {{base: string, directory: string}} where
 * @throws {Refusal | Missing}
 */
async function fetchTarget(client, path, { base, directory }) {
  const found = await client.find(path);
  if (!found) throw new Refusal(path, "missing", "no role speaks for it");
  const { length, hashes } = found.target;
  const place = join(directory, quoted(path));
  const held = await read(place);
  if (held && (await checkBytes(path, held, { length, hashes }).then(() => true, () => false))) return;
  if (length > LONGEST) throw new Refusal(path, "length", String(length));
  const { consistent_snapshot: consistent } = await client.trustedRoot();
  const last = new Missing(path);
  for (const address of addresses(folder(base), path, Object.values(hashes), consistent === true)) {
    try {
      const bytes = await download(address, length);
      await checkBytes(path, bytes, { length, hashes });
      await mkdir(directory, { recursive: true });
      return await write(place, bytes);
    } catch (error) {
      if (error instanceof TooLong) throw new Refusal(path, "length", `more than ${length}`);
      if (!(error instanceof Missing)) throw error;
    }
  }
  throw last;
}

/** @returns {Promise<number>} exit code */
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "metadata-dir": { type: "string" },
      "metadata-url": { type: "string" },
      "target-name": { type: "string", multiple: true, default: [] },
      "target-base-url": { type: "string" },
      "target-dir": { type: "string" },
      cluster: { type: "string" },
    },
  });
  const [command, ...rest] = positionals;
  const directory = values["metadata-dir"];
  if (!directory) throw new TypeError("--metadata-dir is missing");
  if (command === "init") {
    if (rest.length !== 1) throw new TypeError("init takes the file of the trusted root");
    await mkdir(directory, { recursive: true });
    await write(join(directory, "root.json"), await readFile(rest[0]));
    return 0;
  }
  const url = values["metadata-url"];
  if (!["refresh", "download"].includes(command) || rest.length || !url) throw new TypeError("init, refresh or download, with --metadata-url");
  const root = await read(join(directory, "root.json"));
  if (!root) throw new TypeError(`no root.json in ${directory}: begin with init`);
  const client = new TufClient({
    root,
    cluster: values.cluster ?? null,
    store: folderStore(directory),
    fetch: (name, limit) => download(folder(url) + name, limit),
    now: Date.now,
  });
  await client.refresh();
  if (command === "refresh") return 0;
  const where = { base: values["target-base-url"] ?? "", directory: values["target-dir"] ?? "" };
  if (!where.base || !where.directory || !values["target-name"].length) {
    throw new TypeError("download takes --target-name, --target-base-url and --target-dir");
  }
  for (const path of values["target-name"]) await fetchTarget(client, path, where);
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(`${error.constructor.name}: ${error.message}`);
    process.exitCode = error instanceof TypeError ? 2 : 1;
  },
);
