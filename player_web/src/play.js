/** The player proper: everything that runs once there is a pairing. */

import { seeded } from "./core/jitter.js";
import { asking } from "./asking.js";
import { expose } from "./hook.js";
import { Desk } from "./pages/desk.js";
import { ServicePage } from "./pages/service.js";
import { Events } from "./report/events.js";
import { heartbeat } from "./report/heartbeat.js";
import { Hints, hintsOf } from "./report/hints.js";
import { Machine } from "./report/machine.js";
import { PlayLog } from "./report/playlog.js";
import { Reporter } from "./report/reporter.js";
import { Shots } from "./report/shots.js";
import { StreamReports } from "./report/streams.js";
import { PinLock } from "./report/service_pin.js";
import { askTime, keepTime } from "./report/timekeeping.js";
import { address, complain, monotonic, origin, page, seat, stick, testing, values, version } from "./setting.js";
import { Stage } from "./stage/stage.js";
import { Assets } from "./storage/assets.js";
import { metadataStore } from "./storage/database.js";
import { Scrub } from "./storage/scrub.js";
import { Importer } from "./update/import.js";
import { expiryClock } from "./update/expiry.js";
import { keepShell } from "./update/shell.js";
import { network } from "./update/source.js";
import { TufClient } from "./update/tuf.js";
import { Updater } from "./update/updater.js";
import { utf8 } from "./update/verify.js";
import { boundsOf } from "./watch/memory.js";
import { Pace } from "./watch/pace.js";
import { Watch } from "./watch/watch.js";

/** @typedef {import("./core/clock.js").Clock} Clock */
/** @typedef {import("./report/api.js").Api} Api */
/** @typedef {import("./storage/database.js").Database} Database */

/** Milliseconds that downloads for later wait at most for the first frame: making room for them takes disk and processor from it. */
const FIRST_FRAME = 5000;

/**
 * Puts the parts together. Nothing else composes; every part is made here and started once.
 * @param {any} paired @param {Database} database @param {Api} api @param {Clock} clock
 * @param {Promise<import("./storage/files.js").Files>} opening its files
 */
export async function play(paired, database, api, clock, opening) {
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

  // Before anything is stored, so that the browser does not throw it out when others need room.
  navigator.storage?.persist?.().catch(() => {});
  // What need not wait for one another does not: a start from the disk is short.
  const [files, expiry] = await Promise.all([
    opening,
    expiryClock({ database, pairing: paired.key_id, server: now, report: (kind, detail) => events.report(kind, detail) }),
    playLog.recover(),
  ]);
  const source = network(origin, paired.cluster, { random });
  const assets = new Assets({
    database,
    files,
    fetchChunk: source.chunk,
    damaged: () => updater.mend(),
    repaired: (hash, what) => events.report("repaired", { what: "asset", reason: "hash", detail: `${hash.slice(0, 12)} ${what}`, version: null }),
  });
  const tuf = new TufClient({
    root: utf8(paired.root),
    cluster: paired.cluster,
    store: metadataStore(database, storageFailed),
    fetch: source.metadata,
    ...expiry,
  });
  /** @type {Stage | undefined} */
  let stage;
  let opened = () => {};
  const first = new Promise((resolve) => (opened = () => resolve(undefined)));
  setTimeout(opened, FIRST_FRAME);
  const updater = new Updater(
    {
      cluster: paired.cluster,
      controller: paired.controller,
      database,
      assets,
      tuf,
      fetchTarget: source.target,
      now,
      random,
      report: (kind, detail) => events.report(kind, detail),
      changed: () => stage?.refresh(),
      opened: first,
    },
    paired.poll_ms,
  );
  await Promise.all([assets.start(), updater.load()]);
  const scrub = new Scrub({
    assets,
    vital: () => updater.holdings.vital(),
    documents: () => updater.scrub(),
    idle: () => !updater.downloads.busy,
    failed: storageFailed,
  });
  const importer = new Importer({
    cluster: paired.cluster,
    controller: paired.controller,
    tuf,
    assets,
    updater,
    report: (kind, detail) => events.report(kind, detail),
    changed: () => stick.draw(),
  });
  stick.use(importer, paired.cluster, now);

  const root = /** @type {HTMLElement} */ (document.getElementById("stage"));
  const watch = new Watch({
    root,
    stage: () => stage,
    report: (kind, detail) => {
      playLog.watched(detail);
      events.report(kind, detail);
    },
    settled: () => events.settled(),
    bounds: boundsOf(address.searchParams),
    memory: sessionStorage,
  });
  const streams = new StreamReports((detail) => events.report("stream", detail));
  let silent = false;
  const pace = new Pace((testing && Number(address.searchParams.get("pace"))) || 1, now);
  stage = new Stage({
    root,
    controller: paired.controller,
    now: pace.now,
    release: () => pace.release(updater.current()),
    soon: () => pace.release(updater.soon()),
    notices: () => updater.notices().document,
    blob: (hash) => assets.blob(hash),
    fit: address.searchParams.get("fit") === "1",
    shown: (face, shown) => {
      page.hide();
      playLog.shown(face, { ...shown, schedule: updater.current()?.version ?? null });
      watch.shown(face);
      if (stage?.ready) opened();
    },
    failed: (what, reason, face) => {
      silent ||= what === "sound" && reason === "blocked";
      watch.failed(what, reason, face);
    },
    tell: (detail) => {
      playLog.watched(detail);
      watch.tell(detail);
    },
    stream: (face, told) => streams.told(face, told),
    broken: (face, error, rescued) => watch.broken(face, error, rescued),
  });
  const machine = new Machine(monotonic);
  const shots = new Shots({ canvas: () => stage?.canvas, api, machine, now });
  const lock = new PinLock(database, now);
  const reporter = new Reporter({
    database,
    api,
    playLog,
    events,
    now,
    random,
    pollEvery: (poll) => (updater.pollMs = poll),
    // Whatever it is told, it plays on and hears of withdrawals; they are public.
    changed: (state) => {
      if (state === "revoked") database.put("state", true, "revoked").catch(complain);
      if (state === "online") database.delete("state", "revoked").catch(complain);
      if (state === "revoked" || state === "unknown_key") desk.tell(state);
      else if (state === "online") desk.tell("");
    },
    wanted: (request) => shots.ask(request),
    servicePin: (told) => void lock.told(told).catch(storageFailed),
    heartbeat: () =>
      heartbeat({ boot, version, now, clock, updater, assets, stage, events, machine, frames: watch.frames(), silent }),
  });
  const hints = new Hints({ url: hintsOf(origin, paired.cluster), random, poll: () => updater.poll() });
  const desk = new Desk({
    page,
    values,
    playing: () => !!updater.current(),
    pairing: { ...asking(database, api, paired), before: paired },
    paired: (anew) => {
      const same = anew.cluster === paired.cluster && anew.controller === paired.controller && anew.root === paired.root;
      if (!same) return location.reload();
      api.signer = { id: anew.key_id, privateKey: anew.privateKey };
      desk.tell("");
      void reporter.beat();
    },
  });
  desk.start();
  const service = new ServicePage({
    lock,
    root,
    report: (kind, detail) => events.report(kind, detail),
    parts: {
      ...{ now, monotonic, clock, updater, reporter, events, machine, paired, version, origin, seat },
      stage: () => stage,
      space: () => assets.space(),
      frames: () => watch.frames(),
      silent: () => silent,
    },
  });
  service.start();
  expose({ clock, now, stage, updater, hints, reporter, events, scrub, watch, pace, machine, shots, paired, boot });

  if (!updater.current()) {
    page.show("waiting");
    opened();
  }
  stage.start();
  watch.start();
  events.report("started", { player_version: version });
  await askTime(api);
  updater.start();
  hints.start();
  reporter.start();
  scrub.start();
  keepTime(api, random);
  keepShell(new URL(".", address), () => watch.renewed());
  keepAwake();
}

/** A screen that goes to sleep is a dark screen. */
async function keepAwake() {
  const ask = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", ask);
  ask();
}
