/**
 * What a face's loudspeaker carries: the volume of the hour, for one face of a controller. A browser that plays nothing aloud before somebody
 * touches it refuses once; then nothing is tried until somebody does, since it would stop the pictures too.
 */

export class Sound {
  #refused = false;

  /** @param {() => number} scheduled 0…1 at this moment; 0 when another face carries the sound */
  constructor(scheduled) {
    this.scheduled = scheduled;
  }

  /** 0…1 */
  get volume() {
    return this.#refused && !navigator.userActivation?.hasBeenActive ? 0 : this.scheduled();
  }

  refused() {
    this.#refused = true;
  }
}

/** @param {HTMLMediaElement} element @param {number} volume 0…1 */
export function setVolume(element, volume) {
  if (element.muted !== (volume === 0)) element.muted = volume === 0;
  if (element.volume !== volume) element.volume = volume;
}
