// The player: the video, or its stills where the browser cannot play it, and the time that everything else follows.

import { at, make, show } from "../dom.js";
import { Stills } from "./stills.js";
import { transport } from "./transport.js";

const REFUSED = "This browser cannot play the file. You see the stored frames of its shots instead, at their times.";
const BACK = 0.5; // seconds into a shot, within which "previous" is the shot before it
const FPS = 25; // until the job tells

/** Tells `time` whenever the playhead has moved, and `playing` when it starts or stops. */
export class Player extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.ticking = false;
    this.video = make("video", { controls: true, playsinline: "", preload: "metadata", "aria-label": "The video" });
    this.video.addEventListener("error", () => this.video.error.code >= MediaError.MEDIA_ERR_DECODE && this.giveUp());
    this.video.addEventListener("loadedmetadata", () => this.video.videoWidth || this.giveUp());
    this.use(this.video);
    this.refused = make("p", { class: "refused soft", hidden: true }, REFUSED);
    at("player").append(this.video, this.refused, transport(job, this));
    this.video.src = `${job.address}/video`;
    job.addEventListener("state", () => this.shape());
    job.addEventListener("selection", () => this.follow());
    job.addEventListener("shots", () => this.lead());
  }

  /** Seconds from the first frame. */
  get time() {
    return this.source.currentTime;
  }

  get playing() {
    return !this.source.paused;
  }

  /** Seconds; while the job runs, what the file claims, or as far as its shots are known. */
  get duration() {
    const known = this.job.data?.video?.duration ?? this.video.duration;
    return Math.max(Number.isFinite(known) ? known : 0, this.job.shots.at(-1)?.end ?? 0);
  }

  /** How fast it plays: 1 is as it was filmed. */
  set rate(rate) {
    this.source.playbackRate = rate;
  }

  /** Move the playhead: a quarter of a frame further, so that it never rests on the last frame of the shot before. */
  seek(seconds) {
    const quarter = 0.25 / this.fps;
    this.source.currentTime = Math.max(0, Math.min(seconds + quarter, this.duration - quarter));
    this.moved();
  }

  toggle() {
    if (this.playing) this.source.pause();
    else this.source.play()?.catch(() => {}); // a browser may want a click first, and the button goes on offering it
  }

  /** Go to the frame that is so many frames away. */
  step(frames) {
    const frame = this.job.frameAt(this.time) + frames;
    const shot = this.job.shots.find(({ end_frame: end }) => frame < end) ?? this.job.shots.at(-1);
    const { start, end, start_frame: first, end_frame: until } = shot;
    this.source.pause();
    this.seek(start + ((Math.min(Math.max(first, frame), until - 1) - first) / (until - first)) * (end - start));
  }

  /** Go to the beginning of the shot that is so many shots away; one back is the beginning of this one, unless it is near. */
  skip(shots) {
    const { shots: all } = this.job;
    const here = all.indexOf(this.job.shotAt(this.time));
    const again = shots < 0 && this.time - all[here].start > BACK;
    const there = here + shots + (again ? 1 : 0);
    if (there < all.length) this.seek(all[Math.max(0, there)].start);
  }

  get fps() {
    return this.job.data?.video?.fps || FPS;
  }

  /** The shot under the playhead; undefined where none is known yet. */
  get shot() {
    const shot = this.job.shotAt(this.time);
    const known = shot && shot.start <= this.time + 0.25 / this.fps && (this.time < shot.end || !this.job.running);
    return known ? shot : undefined;
  }

  /** The shot under the playhead is the one that is looked at. */
  lead() {
    if (this.shot) this.job.select(this.shot.index);
  }

  /** And the other way round. */
  follow() {
    const selected = this.job.shot(this.job.selected);
    if (selected && selected !== this.shot) this.seek(selected.start);
  }

  moved() {
    this.lead();
    this.tell("time");
  }

  /** Tell the time frame by frame while it plays. */
  tick() {
    const { source } = this;
    const shown = () => {
      if (source !== this.source) return;
      this.ticking = false;
      if (!this.playing) return;
      this.moved();
      this.tick();
    };
    this.ticking = true;
    if (source.requestVideoFrameCallback) source.requestVideoFrameCallback(shown);
    else requestAnimationFrame(shown);
  }

  /** Take the time from a video, or from what stands in for one. */
  use(source) {
    this.source = source;
    this.ticking = false;
    source.addEventListener("seeking", () => this.moved());
    for (const event of ["play", "pause"]) {
      source.addEventListener(event, () => {
        this.tell("playing");
        if (this.playing && !this.ticking) this.tick();
      });
    }
  }

  /** Show the stored frames instead of a video that does not play. */
  giveUp() {
    if (this.source !== this.video) return;
    const stills = new Stills(this.job, () => this.duration);
    stills.currentTime = this.time;
    this.use(stills);
    this.video.replaceWith(stills.picture);
    this.video.removeAttribute("src");
    show(this.refused);
    this.shape();
    this.tell("playing");
  }

  /** Keep the place of the picture, so that nothing jumps when it comes. */
  shape() {
    const { width, height } = this.job.data?.video ?? {};
    if (width) at("stage").style.setProperty("--shape", `${width} / ${height}`);
  }

  tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
