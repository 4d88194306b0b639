// A stick as a source: bounded, honest about what is missing, and different when it was pulled out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Missing, TooLong, Unreachable } from "../../player_web/src/update/download.js";
import { Gone, chosenFiles, chosenFolder, folder, within } from "../../player_web/src/update/stick.js";

const bytes = (text) => new TextEncoder().encode(text);

/** A file as `<input webkitdirectory>` gives it. */
function file(path, content) {
  return Object.assign(new File([content], path.split("/").pop()), { webkitRelativePath: path });
}

test("a folder chosen by the older picker is read by paths without its own name", async () => {
  const source = folder(chosenFiles([file("bangtin-x/metadata/timestamp.json", "{}"), file("bangtin-x/store/ab/abcd", "chunk")]));
  assert.deepEqual(await source.metadata("timestamp.json", 10), bytes("{}"));
  assert.deepEqual(await source.chunk("abcd", 10), bytes("chunk"));
  await assert.rejects(source.target("x/1.schedule.json", 10), Missing);
});

test("a file longer than what was signed is not read at all", async () => {
  let read = false;
  const large = { size: 11, arrayBuffer: async () => (read = true) };
  await assert.rejects(folder(async () => large).metadata("1.root.json", 10), TooLong);
  assert.equal(read, false);
});

test("a stick that was pulled out is no server that lacks a file", async () => {
  const pulled = { size: 3, arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) };
  const short = { size: 3, arrayBuffer: async () => new ArrayBuffer(2) };
  for (const one of [pulled, short]) {
    const error = await folder(async () => one).chunk("abcd", 10).catch((caught) => caught);
    assert.ok(error instanceof Gone && error instanceof Unreachable);
  }
});

test("a folder within the stick is found", async () => {
  const tree = within(chosenFiles([file("USB/bangtin-x/bangtin.json", "{}")]), "bangtin-x");
  assert.equal((await tree("bangtin.json"))?.size, 2);
});

/** A directory handle over a tree of objects; `pulled` makes every use of it fail as browsers do. */
function handle(tree, stick) {
  const absent = (name) => new DOMException(name, "NotFoundError");
  const find = (name, kind) => {
    if (stick.pulled || tree[name] === undefined) throw absent(name);
    if ((typeof tree[name] === "string") !== (kind === "file")) throw new DOMException(name, "TypeMismatchError");
    return tree[name];
  };
  return {
    getDirectoryHandle: async (name) => handle(find(name, "directory"), stick),
    getFileHandle: async (name) => ({ getFile: async () => new File([find(name, "file")], name) }),
    async *keys() {
      if (stick.pulled) throw absent("");
      yield* Object.keys(tree);
    },
  };
}

test("through a folder's handle, what is missing and what was pulled out are told apart", async () => {
  const stick = { pulled: false };
  const tree = chosenFolder(handle({ "bangtin.json": "{}", store: { ab: { abcd: "chunk" } } }, stick));
  assert.equal((await tree("store/ab/abcd"))?.size, 5);
  assert.equal(await tree("store/ab/other"), undefined);
  assert.equal(await tree("store/cd/abcd"), undefined);
  assert.equal(await tree("bangtin.json/x"), undefined);
  stick.pulled = true;
  await assert.rejects(tree("store/ab/abcd"), Gone);
  await assert.rejects(tree("elsewhere"), Gone);
});
