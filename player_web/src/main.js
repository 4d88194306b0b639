/** Puts the player together. Nothing else composes; every part is made here and started once. */

import { Clock } from "./core/clock.js";
import { seeded } from "./core/jitter.js";
import { Page } from "./pages/page.js";
import { Api, Refused } from "./report/api.js";
import { Events } from "./report/events.js";
import { claim, pair } from "./report/pairing.js";
import { PlayLog } from "./report/playlog.js";
import { Reporter } from "./report/reporter.js";
import { Stage } from "./stage/stage.js";
import { Assets } from "./storage/assets.js";
import { Database, metadataStore } from "./storage/database.js";
import { openFiles } from "./storage/files.js";
import { download } from "./update/download.js";
import { keepShell } from "./update/shell.js";
import { TufClient } from "./update/tuf.js";
import { Updater } from "./update/updater.js";
import { utf8 } from "./update/verify.js";

const address = new URL(location.href);
const seat = (address.searchParams.get("seat") ?? "main").replace(/[^\p{L}\p{N}_.-]/gu, "-").slice(0, 60) || "main";
const testing = address.searchParams.get("test") === "1";
const version = document.body.dataset.version ?? "";
/** Everything is asked for under the player's own origin, so that a proxy on the controller can stand in front. */
const origin = new URL("../", new URL(".", address));
const page = new Page(/** @type {HTMLElement} */ (document.getElementById("page")), seat);
const monotonic = () => performance.now();

/** @param {unknown} error */
const complain = (error) => console.error(error);

/** @returns {Promise<string>} the page that says why it cannot run here, or nothing */
async function unfit() {
  if (!window.isSecureContext || !globalThis.crypto?.subtle) return "insecure";
  if (!globalThis.indexedDB || !(navigator.storage || globalThis.caches)) return "storage";
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return "browser";
  }
  return "";
}

/** One window per seat; the next one waits until this one is gone. */
async function takeSeat() {
  if (!navigator.locks) return;
  const held = (/** @type {LockOptions} */ options) =>
    new Promise((taken) => {
      navigator.locks.request(`bangtin-${seat}`, options, (lock) => {
        taken(lock !== null);
        return lock ? new Promise(() => {}) : undefined;
      });
    });
  if (await held({ ifAvailable: true })) return;
  page.show("elsewhere");
  await held({});
}

/** @param {Database} database @param {Api} api @returns {Promise<any>} the pairing, old or new */
async function pairing(database, api) {
  const known = await database.get("state", "pairing");
  const revoked = await database.get("state", "revoked");
  const code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  while (code && code !== known?.code) {
    page.show("claiming");
    try {
      return await claim(api, database, code);
    } catch (error) {
      complain(error);
      if (known && !revoked) break;
      const refused = error instanceof Refused && error.status < 500;
      if (refused) page.show("invitation");
      else page.show("claiming", { problem: "offline" });
      await new Promise((resolve) => setTimeout(resolve, refused ? 8000 : 3000));
      if (refused) break;
    }
  }
  if (known && !revoked && !address.searchParams.has("pair")) return known;
  const values = { address: new URL("admin/players/pair/", origin).href };
  page.show("pairing", { code: null, values });
  return pair(api, database, seat, (shown, problem) => page.show("pairing", { code: shown, values, problem }));
}

/**
 * The player proper: everything that runs once there is a pairing.
 * @param {any} paired @param {Database} database @param {Api} api @param {Clock} clock
 */
async function play(paired, database, api, clock) {
  api.signer = { id: paired.key_id, privateKey: paired.privateKey };
  const now = () => clock.now(monotonic());
  const boot = `${Date.now().toString(36).padStart(9, "0")}-${crypto.randomUUID().slice(0, 8)}`;
  const random = seeded(`${paired.key_id}${boot}`);
  const events = new Events({ database, api, boot, now });
  let storageTold = -Infinity;
  const storageFailed = (/** @type {unknown} */ error) => {
    if (monotonic() - storageTold < 60_000) return;
    storageTold = monotonic();
    events.report("storage", { what: "database", reason: String(error) });
  };
  const playLog = new PlayLog({ database, api, boot, now, failed: storageFailed });
  await playLog.recover();

  const files = await openFiles(seat);
  const releases = new URL(`releases/${paired.cluster}/`, origin);
  const assets = new Assets({
    database,
    files,
    fetchChunk: (hash, limit) => download(new URL(`store/${hash.slice(0, 2)}/${hash}`, origin).href, limit, { cache: "no-store" }),
  });
  await assets.start();
  const tuf = new TufClient({
    root: utf8(paired.root),
    cluster: paired.cluster,
    store: metadataStore(database, storageFailed),
    fetch: (name, limit) =>
      download(new URL(`metadata/${name}`, releases).href, limit, { cache: name === "timestamp.json" ? "no-cache" : "no-store" }),
    now,
  });
  /** @type {Stage | undefined} */
  let stage;
  const updater = new Updater(
    {
      cluster: paired.cluster,
      controller: paired.controller,
      database,
      assets,
      tuf,
      fetchTarget: (path, limit) => download(new URL(`targets/${path}`, releases).href, limit, { cache: "no-store" }),
      now,
      random,
      report: (kind, detail) => events.report(kind, detail),
      changed: () => stage?.refresh(),
    },
    paired.poll_ms,
  );
  await updater.load();

  let reloading = false;
  /** @type {Map<string, number>} */
  const told = new Map();
  stage = new Stage({
    root: /** @type {HTMLElement} */ (document.getElementById("stage")),
    controller: paired.controller,
    now,
    release: () => updater.current(),
    soon: () => updater.soon(),
    notices: () => updater.notices().document,
    blob: (hash) => assets.blob(hash),
    fit: address.searchParams.get("fit") === "1",
    shown: (face, shown) => {
      page.hide();
      playLog.shown(face, shown);
      if (reloading) location.reload();
    },
    failed: (what, reason) => {
      const key = `${what} ${reason}`;
      if (monotonic() - (told.get(key) ?? -Infinity) < 600_000) return;
      if (told.size > 200) told.clear();
      told.set(key, monotonic());
      events.report("error", { what, reason });
    },
  });
  const reporter = new Reporter({
    database,
    api,
    playLog,
    events,
    now,
    random,
    pollEvery: (poll) => (updater.pollMs = poll),
    // It reports no more, but as long as it plays it must hear of withdrawals; they are public.
    revoked: () => void database.put("state", true, "revoked").catch(complain),
    heartbeat: async () => ({
      boot,
      sent_at: Math.round(now()),
      release: {
        schedule: updater.current()?.version ?? null,
        schedule_sha256: updater.current()?.sha256 ?? null,
        now_version: updater.notices().version || null,
      },
      pending: updater.pending(),
      storage: await assets.space(),
      faces: Object.fromEntries(Object.entries(stage?.faces() ?? {}).map(([face, { kind, scene }]) => [face, { kind, scene }])),
      player_version: version,
      errors: events.recent.filter(({ kind }) => kind !== "update" && kind !== "started").map((one) => `${one.kind} ${JSON.stringify(one.detail)}`),
    }),
  });
  expose({ clock, now, stage, updater, reporter, events, paired, boot });

  if (!updater.current()) page.show("waiting");
  stage.start();
  events.report("started", { player_version: version });
  await synchronise(api, 1);
  updater.start();
  reporter.start();
  synchronise(api, 4);
  setInterval(() => synchronise(api, 3), 60_000);
  keepShell(new URL(".", address), () => {
    reloading = true;
    setTimeout(() => location.reload(), 120_000);
  });
  navigator.storage?.persist?.().catch(() => {});
  keepAwake();
}

/** Several exchanges, so that one slow answer does not set the clock. @param {Api} api @param {number} times */
async function synchronise(api, times) {
  for (let count = 0; count < times; count += 1) await api.time().catch(() => {});
}

/** A screen that goes to sleep is a dark screen. */
async function keepAwake() {
  const ask = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", ask);
  ask();
}

/**
 * `window.bangtin`: what the player does, to read. With `?test=1` it can also be told to stand still at an instant.
 * @param {{clock: Clock, now: () => number, stage: Stage, updater: Updater, reporter: Reporter, events: Events, paired: any, boot: string}} parts
 */
function expose({ clock, now, stage, updater, reporter, events, paired, boot }) {
  const hook = {
    get state() {
      const current = updater.current();
      return {
        version,
        boot,
        seat,
        page: page.state,
        cluster: paired.cluster,
        controller: paired.controller,
        schedule: current ? { version: current.version, sha256: current.sha256, valid_from: current.schedule.valid_from } : null,
        notices: updater.notices().version,
        pending: updater.pending(),
        faces: stage.faces(),
        clock: { now: now(), synchronised: clock.synchronised, error: clock.error, uncertainty: clock.uncertainty },
        online: reporter.state,
        reachable: updater.reachable,
        blobs: stage.urls.size,
        events: events.recent,
        ready: stage.ready,
      };
    },
  };
  if (testing) {
    Object.assign(hook, {
      freeze: (/** @type {number} */ instant) => stage.freeze(instant, updater.at(instant)),
      thaw: () => stage.thaw(),
      poll: () => updater.poll(),
      beat: () => reporter.beat(),
    });
  }
  Object.defineProperty(window, "bangtin", { value: Object.freeze(hook) });
}

async function main() {
  const reason = await unfit();
  if (reason === "insecure" || reason === "browser") {
    const secure = new URL(".", address);
    secure.protocol = "https:";
    const local = new URL(".", address);
    local.hostname = "localhost";
    return page.show(reason, { values: { https: secure.href, localhost: local.href } });
  }
  page.show("starting");
  await takeSeat();
  /** @type {Database} */
  let database;
  try {
    if (reason) throw new Error(reason);
    database = await Database.open(seat, () => setTimeout(() => location.reload(), 5000));
  } catch (error) {
    complain(error);
    page.show("storage");
    setTimeout(() => location.reload(), 30_000);
    return;
  }
  const ahead = (await database.get("state", "clock")) ?? 0;
  const clock = new Clock(monotonic(), Date.now() + ahead - monotonic());
  const api = new Api(new URL("api/player/v1/", origin), clock);
  await play(await pairing(database, api), database, api, clock);
}

main().catch((error) => {
  complain(error);
  page.show("storage");
  setTimeout(() => location.reload(), 30_000);
});
