import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { spare } from "../../player_web/src/core/releases.js";
import { Assets } from "../../player_web/src/storage/assets.js";
import { CHUNK_BYTES, differing, hashes } from "../../player_web/src/storage/chunks.js";
import { StorageError, metadataStore } from "../../player_web/src/storage/database.js";
import { sealed, unsealed } from "../../player_web/src/storage/migrations.js";
import { Slots } from "../../player_web/src/storage/parallel.js";
import { Scrub } from "../../player_web/src/storage/scrub.js";
import { Sha256 } from "../../player_web/src/storage/sha256.js";
import { Unreachable } from "../../player_web/src/update/download.js";
import { Refusal } from "../../player_web/src/update/roles.js";
import { Downloads } from "../../player_web/src/update/downloads.js";
import { Updater } from "../../player_web/src/update/updater.js";
import { sha256 } from "../../player_web/src/update/verify.js";

const UTF8 = new TextEncoder();

/** A database whose disk can be full. */
function disk() {
  const kept = { metadata: new Map(), state: new Map() };
  const stores = Object.fromEntries(
    Object.entries(kept).map(([name, map]) => [name, { put: (value, key) => map.set(key, value), delete: (key) => map.delete(key) }]),
  );
  const database = {
    full: false,
    kept,
    get: async (store, key) => kept[store].get(key),
    write: async (names, change) => {
      if (database.full) throw new StorageError("full");
      change(stores);
    },
    put: (store, value, key) => database.write([store], (all) => all[store].put(value, key)),
  };
  return database;
}

test("metadata that a full disk refuses hold in memory and are written later", async () => {
  const database = disk();
  const failures = [];
  const store = metadataStore(database, (error) => failures.push(error));
  await store.set("timestamp.json", UTF8.encode("1"));
  database.full = true;
  await store.set("timestamp.json", UTF8.encode("2"));
  await store.delete("snapshot.json");
  assert.equal(failures.length, 2);
  assert.deepEqual(await store.get("timestamp.json"), UTF8.encode("2"));
  assert.deepEqual(database.kept.metadata.get("timestamp.json").bytes, UTF8.encode("1"));
  database.full = false;
  await store.set("targets.json", UTF8.encode("3"));
  assert.deepEqual(database.kept.metadata.get("timestamp.json").bytes, UTF8.encode("2"));
});

test("notices act on a full disk and are written once there is room", async () => {
  const database = disk();
  const bytes = UTF8.encode(
    JSON.stringify({ format: 1, cluster: "c", alerts: [], blackout: [], withdrawn: ["x:vi"], values: {}, scenes: {}, assets: {} }),
  );
  const target = { length: bytes.length, hashes: { sha256: await sha256(bytes) }, custom: { version: 7 } };
  const told = [];
  const updater = new Updater(
    {
      cluster: "c",
      controller: "c-1",
      database,
      tuf: { refresh: async () => ({ version: 7, targets: { "c/now.json": target } }) },
      fetchTarget: async () => bytes,
      now: () => 0,
      random: () => 0.5,
      report: (kind) => told.push(kind),
      changed: () => {},
    },
    3000,
  );
  database.full = true;
  await updater.poll();
  assert.deepEqual(updater.notices().document.withdrawn, ["x:vi"]);
  assert.deepEqual(told, ["storage"]);
  assert.equal(database.kept.state.get("notices"), undefined);
  database.full = false;
  await updater.poll();
  assert.equal(database.kept.state.get("notices").version, 7);
});

test("a hash of a stream is the hash of the whole, however it is cut", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 300_000]) {
    const bytes = randomBytes(length);
    const hash = new Sha256();
    for (let at = 0, step = 1; at < length; at += step, step = (step * 7 + 3) % 5000) hash.update(bytes.subarray(at, at + step));
    assert.equal(hash.digest(), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("sealed metadata that changed by a bit are as if they were gone", () => {
  const row = sealed(UTF8.encode("signed"));
  assert.deepEqual(unsealed(row), UTF8.encode("signed"));
  row.bytes[2] ^= 8;
  assert.equal(unsealed(row), undefined);
  assert.equal(unsealed(undefined), undefined);
});

test("what the oldest release takes is given up first, never what is on screen or newest", () => {
  const releases = [3, 1, 4, 2].map((order) => ({ order, complete: true, schedule: { valid_from: 0 } }));
  const current = releases.find((one) => one.order === 3);
  assert.equal(spare(releases, current).order, 1);
  assert.equal(spare([releases[0], releases[2]], current), undefined);
  assert.equal(spare([current], current), undefined);
});

test("so many at a time, over all who ask", async () => {
  const slots = new Slots(2);
  let [now, most] = [0, 0];
  const work = async (/** @type {number} */ number) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now -= 1;
    if (number % 3 === 0) throw new Error("a failure gives its place back too");
  };
  await Promise.allSettled(Array.from({ length: 9 }, (_, number) => slots.run(() => work(number))));
  assert.equal(most, 2);
  assert.equal(slots.free, 2);
});

/** Files in memory, as many bytes as there is room for. */
class Memory {
  constructor(room = Infinity) {
    this.room = room;
    this.files = new Map();
  }
  #used() {
    return [...this.files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  }
  #read = (name) => (at, length) => this.files.get(name)?.slice(at, at + length) ?? new Uint8Array();
  check = (name, bytes, chunks, places) => differing(this.#read(name), bytes, chunks, places);
  hashes = (name, bytes) => hashes(this.#read(name), bytes);
  async reserve(name, bytes) {
    const before = this.files.get(name) ?? new Uint8Array();
    if (this.#used() - before.length + bytes > this.room) throw new StorageError("QuotaExceededError");
    if (before.length < bytes) this.files.set(name, new Uint8Array([...before, ...new Uint8Array(bytes - before.length)]));
    return before.length;
  }
  shrink = async (name, bytes) => void this.files.set(name, this.files.get(name).slice(0, bytes));
  write = async (name, at, bytes) => {
    const old = this.files.get(name) ?? new Uint8Array();
    const file = new Uint8Array(Math.max(old.length, at + bytes.length));
    file.set(old);
    file.set(bytes, at);
    this.files.set(name, file);
  };
  finish = async () => {};
  close = async () => {};
  remove = async (name) => void this.files.delete(name);
  blob = async (name) => (this.files.has(name) ? new Blob([this.files.get(name)]) : undefined);
  list = async () => [...this.files.keys()];
}

/** @param {number[]} lengths */
function assetsOf(lengths) {
  const chunks = new Map();
  const keep = (bytes) => {
    const hash = createHash("sha256").update(bytes).digest("hex");
    chunks.set(hash, bytes);
    return hash;
  };
  const wanted = new Map();
  for (const length of lengths) {
    const bytes = new Uint8Array(randomBytes(length));
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (length <= CHUNK_BYTES) wanted.set(keep(bytes), { bytes: length, type: "image/png" });
    else {
      const list = [];
      for (let at = 0; at < length; at += CHUNK_BYTES) list.push(keep(bytes.slice(at, at + CHUNK_BYTES)));
      wanted.set(hash, { bytes: length, type: "video/mp4", manifest: keep(UTF8.encode(JSON.stringify({ chunks: list }))) });
    }
  }
  return { chunks, wanted };
}

function table() {
  const rows = new Map();
  return { rows, all: async () => [...rows.values()], put: async (_store, row) => void rows.set(row.hash, row), delete: async (_store, key) => void rows.delete(key) };
}

test("two who want the same asset fetch it once, and after an interruption only the rest is fetched", async () => {
  const { chunks, wanted } = assetsOf([3_500_000, 100]);
  const asked = [];
  const [files, database] = [new Memory(), table()];
  let left = 3;
  const fetchChunk = async (hash) => {
    if (left-- <= 0) throw new Unreachable("cut");
    asked.push(hash);
    return chunks.get(hash).slice();
  };
  const assets = new Assets({ database, files, fetchChunk });
  await assets.start();
  await assets.reserve(wanted);
  await assert.rejects(assets.fetchAll(wanted), Unreachable);
  left = Infinity;
  const again = new Assets({ database, files, fetchChunk });
  await again.start();
  await again.reserve(wanted);
  await Promise.all([again.fetchAll(wanted), again.fetchAll(wanted)]);
  assert.equal(again.missingBytes(wanted), 0);
  assert.equal(asked.length, chunks.size);
  assert.equal(new Set(asked).size, chunks.size);
});

test("what does not fit takes no room at all", async () => {
  const { wanted } = assetsOf([100, 200, 5000]);
  const files = new Memory(1000);
  const assets = new Assets({ database: table(), files, fetchChunk: async () => assert.fail("nothing is to be fetched") });
  await assert.rejects(assets.reserve(wanted), (error) => error instanceof StorageError && error.full);
  assert.equal(files.files.size, 0);
});

test("an asset that is right chunk by chunk but not as a whole is refused", async () => {
  const { chunks, wanted } = assetsOf([1_200_000]);
  const [asset] = wanted.values();
  const other = "ab".repeat(32);
  const assets = new Assets({ database: table(), files: new Memory(), fetchChunk: async (hash) => chunks.get(hash).slice() });
  await assert.rejects(assets.fetchAll(new Map([[other, asset]])), (error) => error instanceof Refusal && error.reason === "hash");
  assert.equal(assets.has(other), false);
});

test("what stands in is looked at while something is fetched, all else when nothing is", async () => {
  const looked = [];
  const assets = {
    has: () => true,
    whole: () => ["one", "two"],
    chunks: () => 2,
    verify: async (hash, places) => looked.push(places ? `${hash} ${places}` : hash) > 0,
  };
  let idle = false;
  const ports = { assets, vital: () => ["stand-in"], documents: async () => {}, idle: () => idle, failed: assert.fail };
  const scrub = new Scrub(ports, 1);
  scrub.start();
  while (looked.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.deepEqual([...new Set(looked)], ["stand-in"]);
  idle = true;
  while (!looked.includes("one 0") || !looked.includes("two 0")) await new Promise((resolve) => setTimeout(resolve, 2));
  scrub.stop();
});

/** Downloads of one release; `shown` says whether it is on screen. */
function bringing(shown, opened) {
  const began = [];
  const release = { sha256: "f".repeat(64), version: 1 };
  const downloads = new Downloads({
    assets: {
      missingBytes: () => 0,
      reserve: async () => began.push("room"),
      fetchAll: async () => began.push("fetched"),
    },
    holdings: { lacking: () => [{ release, shown }], assetsOf: () => new Map(), holds: () => false },
    attempts: { rests: () => false, run: (_, work) => work(), failed: (_, error) => began.push(String(error)) },
    notices: () => ({ sha256: "", document: { assets: {} } }),
    changed: () => {},
    opened,
  });
  return { downloads, began };
}

const turns = () => new Promise((done) => setTimeout(done));

test("room for a later release is made after the first frame, what lacks on screen is brought at once", async () => {
  let open = () => {};
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  const [later, now] = [bringing(false, opened), bringing(true, opened)];
  for (const { downloads } of [later, now]) downloads.bring();
  await turns();
  assert.deepEqual(now.began, ["room", "fetched"]);
  assert.deepEqual(later.began, []);
  open();
  await turns();
  assert.deepEqual(later.began, ["room", "fetched"]);
});

test("a release that was superseded before the first frame takes no room", async () => {
  let open = () => {};
  const { downloads, began } = bringing(false, new Promise((resolve) => (open = () => resolve(undefined))));
  downloads.bring();
  downloads.superseded();
  open();
  await turns();
  assert.deepEqual(began, []);
});
