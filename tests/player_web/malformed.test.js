/** Metadata that nobody should write: signed or not, they are refused in order, and nothing of them is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { olpc } from "../../player_web/src/core/canonical.js";
import { seeded } from "../../player_web/src/core/jitter.js";
import { Refusal } from "../../player_web/src/update/roles.js";
import { TufClient } from "../../player_web/src/update/tuf.js";
import { utf8 } from "../../player_web/src/update/verify.js";
import { NOW, Repository, memory } from "./repository.js";

const ODD = [
  null, true, false, 0, -1, 1.5, 2 ** 53, -0, "", "x", "constructor", "__proto__", "\ud800", "a".repeat(5000), [], [[]], [null], ["1.0"], {}, { "": 0 },
  JSON.parse('{"__proto__": {"version": 1}}'), { length: 1 }, { sha256: 1 }, { sha256: "" }, { sha256: "zz" }, { version: "1" }, { version: 1e300 }, "2027-02-30T00:00:00Z",
  ["2027-02-01T00:00:00Z"], "2027-02-01T00:00:00+00:00", "1.0\n", { keyids: [1], threshold: 1 }, { keyids: {}, threshold: 1 },
]; // prettier-ignore
const UNREAL = Symbol("absent");

/** One of the places in a document: how to read it, put something else there, or take it away. */
function place(document, random) {
  const places = [];
  const walk = (value) => {
    for (const key of Object.keys(value)) {
      places.push([value, key]);
      if (typeof value[key] === "object" && value[key] !== null) walk(value[key]);
    }
  };
  walk(document);
  return places[Math.floor(random() * places.length)];
}

/** A random change somewhere in a signed part. */
function changed(signed, random) {
  const [parent, key] = place(signed, random);
  const odd = random() < 0.15 ? UNREAL : ODD[Math.floor(random() * ODD.length)];
  if (odd === UNREAL) delete parent[key];
  else if (random() < 0.2) parent[typeof odd === "string" ? odd : "added"] = odd;
  else parent[key] = odd;
  return signed;
}

/** @returns the trusted targets, or the refusal. Any other error fails the test. */
async function outcome(repository, store) {
  const client = new TufClient({ root: repository.pinned, cluster: "tinh-bien", store, fetch: repository.fetch, now: () => NOW });
  try {
    const targets = await client.refresh();
    await client.find("tinh-bien/schedule.json");
    await client.find("constructor");
    return targets;
  } catch (error) {
    assert.ok(error instanceof Refusal, error.stack);
    return error;
  }
}

for (const role of ["timestamp", "snapshot", "targets"]) {
  test(`${role} with anything anywhere, rightly signed, is trusted or refused in order`, async () => {
    const random = seeded(`malformed ${role}`);
    const repository = await Repository.make();
    let refused = 0;
    for (let round = 0; round < 120; round += 1) {
      await repository.publish((one, signed) => (one === role ? changed(signed, random) : signed));
      const store = memory();
      const found = await outcome(repository, store);
      if (found instanceof Refusal) {
        refused += 1;
        assert.ok(found.message.length < 1000);
        assert.ok(!store.kept.has(found.what), `${found.message} was kept`);
      }
    }
    assert.ok(refused > 30 && refused < 120, `${refused} of 120 refused`);
  });
}

test("a delegation with anything anywhere is trusted or refused in order", async () => {
  const random = seeded("malformed delegations");
  const repository = await Repository.make();
  const { id, key } = repository.keys.targets;
  const role = { name: "child", keyids: [id], threshold: 1, terminating: false, paths: ["tinh-*/*.json", "con[!a-f]*"], "x-note": 1 };
  const byHash = { name: "other", keyids: [id], threshold: 1, terminating: true, path_hash_prefixes: ["0", "ab"] };
  repository.signed.targets.delegations = { keys: { [id]: key }, roles: [role, byHash] };
  for (let round = 0; round < 150; round += 1) {
    await repository.publish((one, signed) => {
      if (one === "targets") changed(signed.delegations, random);
      return signed;
    });
    await outcome(repository, memory());
  }
});

test("a root with anything anywhere, rightly signed, is trusted or refused in order", async () => {
  const random = seeded("malformed root");
  const repository = await Repository.make();
  for (let round = 0; round < 150; round += 1) {
    const { version } = repository.signed.root;
    repository.signed.root.version = 2;
    await repository.write("root", "2.root.json", (_, signed) => changed(signed, random));
    repository.signed.root.version = version;
    const store = memory();
    const found = await outcome(repository, store);
    if (found instanceof Refusal && found.what === "root.json" && found.reason !== "expired") assert.ok(!store.kept.has("2.root.json"), found.message);
  }
});

test("bytes that somebody on the way changed never become trusted", async () => {
  const random = seeded("bytes");
  const repository = await Repository.make();
  await repository.root();
  const trusted = { ...Object.fromEntries(repository.files) };
  const names = ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"];
  for (let round = 0; round < 400; round += 1) {
    const name = names[round % names.length];
    const bytes = trusted[name].slice();
    const at = Math.floor(random() * bytes.length);
    if (random() < 0.2) repository.files.set(name, bytes.slice(0, at));
    else {
      bytes[at] ^= 1 << Math.floor(random() * 8);
      repository.files.set(name, bytes);
    }
    const store = memory();
    const found = await outcome(repository, store);
    for (const [file, kept] of store.kept) {
      const original = names.find((one) => one.endsWith(file));
      const signed = (data) => olpc(JSON.parse(new TextDecoder().decode(data)).signed);
      assert.equal(signed(kept), signed(trusted[original]), `${file} after ${found}`);
    }
    repository.files.set(name, trusted[name]);
  }
});

for (const [what, text] of [
  ["nothing", ""],
  ["a byte order mark", "\ufeff{}"],
  ["a list", "[]"],
  ["null", "null"],
  ["no signatures", '{"signed": {}}'],
  ["a signature that is none", '{"signed": {"_type": "timestamp"}, "signatures": [null]}'],
  ["brackets without end", "[".repeat(16_000)],
  ["a tower of brackets", `{"signatures": [], "signed": ${"[".repeat(8000)}${"]".repeat(8000)}}`],
]) {
  test(`a timestamp of ${what} is refused`, async () => {
    const repository = await Repository.make();
    repository.files.set("timestamp.json", utf8(text));
    const found = await outcome(repository, memory());
    assert.ok(found instanceof Refusal);
    assert.equal(found.what, "timestamp.json");
  });
}

test("bytes that are no UTF-8 are refused", async () => {
  const repository = await Repository.make();
  repository.files.set("timestamp.json", new Uint8Array([0x7b, 0xff, 0x7d]));
  assert.equal((await outcome(repository, memory())).reason, "format");
});
