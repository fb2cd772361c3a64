// Stands in for a video that the browser cannot play: its stored frames at their times. Speaks as a video element does.

import { make } from "../dom.js";

/** Of the eight frames of a shot, the address of the one nearest to this time. */
export function frameAt({ start, end, frames }, time) {
  const nearest = Math.floor(((time - start) / (end - start)) * frames.length);
  return frames[Math.min(Math.max(0, nearest), frames.length - 1)];
}

/** Tells `play`, `pause` and `seeking`. `until` says the seconds at which it ends. */
export class Stills extends EventTarget {
  constructor(job, until) {
    super();
    this.job = job;
    this.until = until;
    this.picture = make("img", { class: "still", alt: "" });
    this.paused = true;
    this.place = 0; // seconds, at the moment `since`
    this.since = 0; // milliseconds of the page's clock
    this.speed = 1;
    job.addEventListener("shots", () => this.draw());
  }

  get currentTime() {
    const passed = this.paused ? 0 : ((performance.now() - this.since) / 1000) * this.speed;
    return Math.min(this.place + passed, this.until());
  }

  set currentTime(seconds) {
    this.hold(seconds);
    this.draw();
    this.tell("seeking");
  }

  set playbackRate(rate) {
    this.hold(this.currentTime);
    this.speed = rate;
  }

  play() {
    this.hold(this.currentTime < this.until() ? this.currentTime : 0);
    this.paused = false;
    this.tell("play");
    this.walk();
  }

  pause() {
    if (this.paused) return;
    this.hold(this.currentTime);
    this.paused = true;
    this.tell("pause");
  }

  walk() {
    if (this.paused) return;
    this.draw();
    if (this.currentTime >= this.until()) this.pause();
    else requestAnimationFrame(() => this.walk());
  }

  hold(seconds) {
    this.place = seconds;
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

  tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
