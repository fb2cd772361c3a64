// The player: the video, and the time that everything else on the page follows.

import { at, make } from "./dom.js";

/** Tells `time` whenever the playhead has moved, and `playing` when it starts or stops. */
export class Player extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.video = make("video", { src: `${job.address}/video`, controls: true, preload: "metadata" });
    at("player").append(this.video);
    for (const event of ["seeking", "timeupdate"]) this.video.addEventListener(event, () => this.moved());
    job.addEventListener("shots", () => this.moved());
    job.addEventListener("selection", () => this.follow());
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

  /** The shot under the playhead is the one that is looked at. */
  moved() {
    const shot = this.job.shotAt(this.time);
    if (shot) this.job.select(shot.index);
    this.dispatchEvent(new Event("time"));
  }

  /** And the other way round. */
  follow() {
    const selected = this.job.shot(this.job.selected);
    if (selected && selected !== this.job.shotAt(this.time)) this.seek(selected.start);
  }

  toggle() {
    if (this.playing) this.video.pause();
    else this.video.play();
  }
}
