// The player: the video, and the time that everything else on the page follows.

import { at, make } from "./dom.js";

/** Tells `time` whenever the playhead has moved, and `playing` when it starts or stops. */
export class Player extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.video = make("video", { src: `${job.address}/video`, controls: true, preload: "metadata" });
    at("player").append(this.video);
  }

  /** Seconds from the first frame. */
  get time() {
    return this.video.currentTime;
  }

  get playing() {
    return !this.video.paused;
  }

  /** Move the playhead. */
  seek(seconds) {
    this.video.currentTime = seconds;
  }

  toggle() {
    if (this.playing) this.video.pause();
    else this.video.play();
  }
}
