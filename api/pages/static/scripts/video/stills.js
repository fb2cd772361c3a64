// Stands in for a video that the browser cannot play: its stored frames at their times. Has the API of a video element.

import { make } from "../dom.js";

/** The address of the frame, of the eight of a shot, that is nearest to this time. */
export function frameAt({ start, end, frames }, time) {
  const nearest = Math.floor(((time - start) / (end - start)) * frames.length);
  return frames[Math.min(Math.max(0, nearest), frames.length - 1)];
}

/** Events: `play`, `pause` and `seeking`. `until()` returns the seconds at which it ends. */
export class Stills extends EventTarget {
  constructor(job, until) {
    super();
    this.job = job;
    this.until = until;
    this.picture = make("img", { class: "still", alt: "" });
    this.paused = true;
    this.position = 0; // seconds, at the moment `since`
    this.since = 0; // milliseconds of the page's clock
    this.speed = 1;
    job.addEventListener("shots", () => this.draw());
  }

  get currentTime() {
    const passed = this.paused ? 0 : ((performance.now() - this.since) / 1000) * this.speed;
    return Math.min(this.position + passed, this.until());
  }

  set currentTime(seconds) {
    this.hold(seconds);
    this.draw();
    this.emit("seeking");
  }

  get playbackRate() {
    return this.speed;
  }

  set playbackRate(rate) {
    this.hold(this.currentTime);
    this.speed = rate;
  }

  play() {
    this.hold(this.currentTime < this.until() ? this.currentTime : 0);
    this.paused = false;
    this.emit("play");
    this.animate();
  }

  pause() {
    if (this.paused) return;
    this.hold(this.currentTime);
    this.paused = true;
    this.emit("pause");
  }

  animate() {
    if (this.paused) return;
    this.draw();
    if (this.currentTime >= this.until()) this.pause();
    else requestAnimationFrame(() => this.animate());
  }

  hold(seconds) {
    this.position = seconds;
    this.since = performance.now();
  }

  draw() {
    const shot = this.job.shotAt(this.currentTime);
    if (!shot) return;
    const address = frameAt(shot, this.currentTime);
    if (this.picture.getAttribute("src") === address) return;
    this.picture.src = address;
    this.picture.alt = `A frame of shot ${shot.index + 1}`;
  }

  emit(type) {
    this.dispatchEvent(new Event(type));
  }
}
