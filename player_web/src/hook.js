/** What the outside may read of a running player, and do in a test. */

import { page, seat, testing, version } from "./setting.js";

/** @typedef {import("./core/clock.js").Clock} Clock */
/** @typedef {import("./report/events.js").Events} Events */
/** @typedef {import("./report/hints.js").Hints} Hints */
/** @typedef {import("./report/machine.js").Machine} Machine */
/** @typedef {import("./report/reporter.js").Reporter} Reporter */
/** @typedef {import("./report/shots.js").Shots} Shots */
/** @typedef {import("./stage/stage.js").Stage} Stage */
/** @typedef {import("./storage/scrub.js").Scrub} Scrub */
/** @typedef {import("./update/updater.js").Updater} Updater */
/** @typedef {import("./watch/pace.js").Pace} Pace */
/** @typedef {import("./watch/watch.js").Watch} Watch */

/**
 * `window.bangtin`: what the player does, to read, and `tell` for the kiosk. With `?test=1` it can also be told to stand still at an instant.
 * @param {{clock: Clock, now: () => number, stage: Stage, updater: Updater, hints: Hints, reporter: Reporter, events: Events, scrub: Scrub, watch: Watch, pace: Pace, machine: Machine, shots: Shots, paired: any, boot: string}} parts
 */
export function expose({ clock, now, stage, updater, hints, reporter, events, scrub, watch, pace, machine, shots, paired, boot }) {
  const hook = {
    /** The kiosk on the controller has no key of its own; what it saw goes out with the player's. */
    tell: (/** @type {string} */ kind, /** @type {Record<string, string | number | boolean | null>} */ detail) => events.report(kind, detail),
    /** What the kiosk knows of the machine; again and again, so that the player knows that it is there. */
    machine: (/** @type {import("./report/machine.js").Told} */ told) => machine.tell(told),
    /** The kiosk's picture of the window, a JPEG in base64, when `state.wants.screenshot` names a request. */
    shot: (/** @type {string} */ request, /** @type {string} */ picture) => shots.given(request, picture),
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
        hints: { connected: hints.connected, heard: hints.heard },
        blobs: stage.urls.size,
        watch: watch.counts(),
        storage: { missing: updater.holdings.missing(), fetching: updater.downloads.busy },
        events: events.recent,
        ready: stage.ready,
        wants: { screenshot: shots.wants },
      };
    },
  };
  if (testing) {
    Object.assign(hook, {
      freeze: (/** @type {number} */ instant) => stage.freeze(instant, pace.release(updater.at(instant))),
      thaw: () => stage.thaw(),
      faces: () => stage.faces(),
      poll: () => updater.poll(),
      scrub: () => scrub.round(),
      beat: () => reporter.beat(),
      measure: () => watch.measure(),
      instant: () => pace.now(),
    });
  }
  Object.defineProperty(window, "bangtin", { value: Object.freeze(hook) });
}
