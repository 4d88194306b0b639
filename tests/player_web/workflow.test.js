/** How the client goes about its work: what it asks for, in which order, and what it keeps. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal } from "../../player_web/src/update/roles.js";
import { TufClient } from "../../player_web/src/update/tuf.js";
import { utf8 } from "../../player_web/src/update/verify.js";
import { NOW, Repository, memory } from "./repository.js";

/** A client of a new repository that has refreshed once. */
async function refreshed() {
  const repository = await Repository.make();
  const heard = [];
  const make = (store) =>
    new TufClient({
      root: repository.pinned,
      cluster: "tinh-bien",
      store,
      fetch: repository.fetch,
      now: () => NOW,
      heard: (made) => heard.push(made),
    });
  const store = memory();
  const client = make(store);
  await client.refresh();
  return { repository, store, client, heard, again: () => make(store) };
}

test("roots come first, and a timestamp that stays the same costs one request", async () => {
  const { repository, client } = await refreshed();
  assert.deepEqual(repository.asked, ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]);
  repository.asked = [];
  await client.refresh();
  assert.deepEqual(repository.asked, ["timestamp.json"]);
  repository.asked = [];
  await repository.publish();
  await client.refresh();
  assert.deepEqual(repository.asked, ["timestamp.json", "2.root.json", "2.snapshot.json", "2.targets.json"]);
});

test("after a start nothing that is kept is fetched again", async () => {
  const { repository, again } = await refreshed();
  repository.asked = [];
  await again().refresh();
  assert.deepEqual(repository.asked, ["2.root.json", "timestamp.json"]);
});

test("a timestamp from before a new root is asked for anew, so that a rotation is no false alarm", async () => {
  const { repository, client } = await refreshed();
  await repository.publish();
  const old = repository.files.get("timestamp.json");
  await repository.replace("timestamp");
  await repository.root();
  await repository.publish();
  let first = true;
  client.fetch = async (name, limit) => {
    if (name !== "timestamp.json" || !first) return repository.fetch(name, limit);
    first = false;
    return old;
  };
  assert.equal((await client.refresh()).version, 3);
});

test("the moment of signing is heard, and forgotten with the key", async () => {
  const { repository, client, heard } = await refreshed();
  assert.deepEqual(heard, [NOW + 1]);
  await repository.publish();
  await client.refresh();
  await repository.replace("timestamp");
  await repository.root();
  await repository.publish();
  await client.refresh();
  assert.deepEqual(heard, [NOW + 1, NOW + 2, null, NOW + 3]);
});

test("a root that rotted on the disk comes from the repository again", async () => {
  const { repository, store, client, again } = await refreshed();
  await repository.replace("targets");
  await repository.root();
  await repository.publish();
  await client.refresh();
  const rotten = store.kept.get("2.root.json").slice();
  rotten[200] ^= 1;
  store.kept.set("2.root.json", rotten);
  assert.equal((await again().refresh()).version, 2);
  assert.deepEqual(store.kept.get("2.root.json"), repository.files.get("2.root.json"));
});

for (const name of ["timestamp.json", "snapshot.json", "targets.json"]) {
  test(`${name} that rotted on the disk comes from the repository again`, async () => {
    const { repository, store, again } = await refreshed();
    store.kept.set(name, utf8("{"));
    assert.equal((await again().refresh()).version, 1);
    assert.equal(store.kept.get(name).length, [...repository.files].find(([file]) => file.endsWith(name))[1].length);
  });
}

test("power lost after a new root is kept leaves nothing that its former keys signed", async () => {
  const { repository, store, client, again } = await refreshed();
  const old = repository.files.get("timestamp.json");
  await repository.replace("timestamp");
  await repository.root();
  store.delete = () => Promise.reject(new Error("power lost"));
  await repository.publish();
  await assert.rejects(client.refresh(), /power lost/);
  store.delete = async (key) => void store.kept.delete(key);
  const good = repository.files.get("timestamp.json");
  repository.files.set("timestamp.json", old);
  await assert.rejects(again().refresh(), (error) => error instanceof Refusal && error.reason === "signature");
  repository.files.set("timestamp.json", good);
  assert.equal((await again().refresh()).version, 2);
});

for (const [name, what] of [
  ["2.root.json", "root.json"],
  ["timestamp.json", "timestamp.json"],
  ["2.snapshot.json", "snapshot.json"],
  ["2.targets.json", "targets.json"],
]) {
  test(`${name} without end is left`, async () => {
    const { repository, client } = await refreshed();
    await repository.publish();
    repository.files.set(name, new Uint8Array(6_000_000).fill(32));
    await assert.rejects(client.refresh(), (error) => error instanceof Refusal && error.what === what && error.reason === "length");
  });
}

test("roots without end are left too", async () => {
  const { repository, again } = await refreshed();
  for (let count = 0; count < 300; count += 1) await repository.root();
  await repository.publish();
  repository.asked = [];
  await again().refresh().catch(() => {});
  assert.ok(repository.asked.filter((name) => name.endsWith(".root.json")).length <= 256);
});
