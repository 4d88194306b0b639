import assert from "node:assert/strict";
import { test } from "node:test";

import { Missing, TooLong } from "../../player_web/src/update/download.js";
import { Refusal } from "../../player_web/src/update/roles.js";
import { TufClient } from "../../player_web/src/update/tuf.js";
import { vectors } from "./vectors.js";

const UTF8 = new TextEncoder();

/** A store that keeps its metadata in memory: the same port as the player's database. */
function memory() {
  const kept = new Map();
  return {
    get: async (name) => kept.get(name),
    set: async (name, bytes) => void kept.set(name, bytes),
    delete: async (name) => void kept.delete(name),
  };
}

/** @returns what a refresh ends with, in the words of the vectors */
async function outcome(client) {
  try {
    return (await client.refresh()).version;
  } catch (error) {
    if (error instanceof Missing) return "missing";
    if (error instanceof Refusal) return [error.what, error.reason];
    throw error;
  }
}

/** @returns whose metadata speak for a path, null when none do, or the refusal */
async function speaker(client, path) {
  try {
    return (await client.find(path))?.role ?? null;
  } catch (error) {
    if (error instanceof Refusal) return [error.what, error.reason];
    throw error;
  }
}

const { texts, stories } = vectors("tuf/vectors.json");

for (const { name, cluster, root, steps } of stories) {
  for (const restarts of [false, true]) {
    test(`${name}${restarts ? ", restarted between the steps" : ""}`, async () => {
      const store = memory();
      let step = steps[0];
      const fetch = async (file, limit) => {
        if (!(file in step.files)) throw new Missing(file);
        const bytes = UTF8.encode(texts[step.files[file]]);
        if (bytes.length > limit) throw new TooLong(file);
        return bytes;
      };
      const make = () => new TufClient({ root: UTF8.encode(texts[root]), cluster, store, fetch, now: () => step.now });
      let client = make();
      for (step of steps) {
        assert.deepEqual(await outcome(client), step.expect);
        for (const [path, expect] of Object.entries(step.finds ?? {})) assert.deepEqual(await speaker(client, path), expect, path);
        if (restarts) client = make();
      }
    });
  }
}
