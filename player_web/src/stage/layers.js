/**
 * Layers of a scene. Each is prepared while it is hidden, then told its position again and again; position is a function
 * of the clock, never of what happened before.
 *
 * @typedef {import("../core/schedule.js").Layer} LayerSpec
 *
 * @typedef {object} Tools
 * @property {import("./urls.js").AssetUrls} urls
 * @property {import("./video_pool.js").VideoPool} videos
 * @property {import("./image_pool.js").ImagePool} [images] without one, elements come and go
 * @property {(what: string, reason: string) => void} failed a layer gave up
 * @property {() => number} volume 0…1 for the face's sound; 0 when another face carries it
 * @property {import("../watch/bench.js").Bench} [bench] assets that failed and sit out
 * @property {(detail: Record<string, string | number>) => void} [tell] a watchdog did something
 * @property {(told: {url: string, lost: string}) => void} [stream] why a live stream is not shown, "" when it is; previews have none and
 *   show its poster
 * @property {number} [began] when the scene comes in, UTC milliseconds
 * @property {() => number} [pace] how many times faster than a real clock the positions advance; 1 when it is missing
 *
 * @typedef {object} Moment what live values are told from; one object, brought up to date again and again
 * @property {number} instant UTC milliseconds of the player's clock
 * @property {Record<string, import("../core/schedule.js").Value>} values of the notices in force
 *
 * @typedef {object} Layer
 * @property {(offset: number, moment: Moment) => Promise<void>} prepare resolves when the layer could be painted; rejects when it
 *   never will
 * @property {(offset: number, running: boolean, moment: Moment) => void} position milliseconds since the scene came in
 * @property {(offset: number, moment: Moment) => Promise<void>} still paints exactly the frame of an offset
 * @property {() => void} release
 * @property {boolean} [lost] it gave up after it was ready
 * @property {boolean} [streams] frames come to it from outside: browsers give none to what is covered
 */

import { AudioLayer } from "./audio_layer.js";
import { GlyphsLayer, StripLayer } from "./canvas_layer.js";
import { ImageLayer } from "./image_layer.js";
import { StreamLayer } from "./stream_layer.js";
import { VideoLayer } from "./video_layer.js";

/** @type {Record<string, new (spec: LayerSpec, parent: HTMLElement, tools: Tools) => Layer>} */
export const LAYERS = { image: ImageLayer, video: VideoLayer, strip: StripLayer, glyphs: GlyphsLayer, audio: AudioLayer, stream: StreamLayer };
