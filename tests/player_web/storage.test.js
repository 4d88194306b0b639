import assert from "node:assert/strict";
import { test } from "node:test";

import { StorageError, metadataStore } from "../../player_web/src/storage/database.js";
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
  assert.deepEqual(database.kept.metadata.get("timestamp.json"), UTF8.encode("1"));
  database.full = false;
  await store.set("targets.json", UTF8.encode("3"));
  assert.deepEqual(database.kept.metadata.get("timestamp.json"), UTF8.encode("2"));
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
