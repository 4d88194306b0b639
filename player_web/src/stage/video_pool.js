/** A fixed number of video elements, used again and again: browsers leak decoders of elements that come and go. */

export class VideoPool {
  /** @type {HTMLVideoElement[]} */
  #free = [];
  /** How many there are. */
  made = 0;

  /** @param {number} most */
  constructor(most) {
    this.most = most;
  }

  /** @returns {HTMLVideoElement | undefined} undefined when all are in use */
  acquire() {
    const free = this.#free.pop();
    if (free) return free;
    if (this.made >= this.most) return undefined;
    this.made += 1;
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.disablePictureInPicture = true;
    return video;
  }

  /** @param {HTMLVideoElement} video */
  release(video) {
    video.pause();
    video.remove();
    video.removeAttribute("src");
    video.load();
    video.muted = true;
    video.playbackRate = 1;
    video.removeAttribute("style");
    this.#free.push(video);
  }
}
