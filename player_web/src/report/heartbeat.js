/** What a player says of itself every ten seconds. */

/**
 * @param {object} parts
 * @param {string} parts.boot
 * @param {string} parts.version of the player
 * @param {() => number} parts.now UTC milliseconds
 * @param {import("../core/clock.js").Clock} parts.clock
 * @param {import("../update/updater.js").Updater} parts.updater
 * @param {import("../storage/assets.js").Assets} parts.assets
 * @param {import("../stage/stage.js").Stage | undefined} parts.stage
 * @param {import("./events.js").Events} parts.events
 * @param {import("./machine.js").Machine} parts.machine
 * @param {{fps: number, dropped: number} | null} parts.frames of the last minute
 * @param {boolean} parts.silent the browser blocks sound that should be heard
 */
export async function heartbeat({ boot, version, now, clock, updater, assets, stage, events, machine, frames, silent }) {
  const current = updater.current();
  const at = now();
  return {
    boot,
    sent_at: Math.round(at),
    release: { schedule: current?.version ?? null, schedule_sha256: current?.sha256 ?? null, now_version: updater.notices().version || null },
    pending: updater.pending(),
    storage: { ...(await assets.space()), persisted: await persisted(), missing: updater.holdings.missing() },
    faces: Object.fromEntries(Object.entries(stage?.faces() ?? {}).map(([face, { kind, scene }]) => [face, { kind, scene }])),
    player_version: version,
    errors: events.recent.filter(({ kind }) => kind !== "update" && kind !== "started").map((one) => `${one.kind} ${JSON.stringify(one.detail)}`),
    clock: {
      offset_ms: Math.round(at - Date.now()),
      uncertainty_ms: clock.synchronised ? Math.round(clock.uncertainty * 10) / 10 : null,
      synchronised: clock.synchronised,
    },
    frames,
    temperature_c: machine.temperature,
    sound_blocked: silent,
  };
}

/** Whether the browser promised not to throw anything out; null where it does not say. */
async function persisted() {
  try {
    return (await navigator.storage?.persisted?.()) ?? null;
  } catch {
    return null;
  }
}
