// The player: the video, or its stored frames if the browser cannot play it, and the time that everything else follows.

import { at, make, show } from "../dom.js";
import { secondsAt } from "../frames.js";
import { Rewind } from "./rewind.js";
import { Stills } from "./stills.js";
import { transport } from "./transport.js";

const UNPLAYABLE = "This browser cannot play the file. You see the stored frames of its shots instead, at their times.";
const RESTART_AFTER = 0.5; // seconds into a shot, up to which "previous" is the shot before it
const FPS = 25; // until the job is loaded

/** Events: `time` when the playhead has moved, `playing` when it starts, stops, or goes at another speed. */
export class Player extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.ticking = false;
    this.rewind = new Rewind(this);
    this.chosenRate = 1;
    this.looping = false; // whether playing stays in the selected shot
    this.video = make("video", { controls: true, playsinline: "", preload: "metadata", "aria-label": "The video" });
    this.video.addEventListener("error", () => this.video.error.code >= MediaError.MEDIA_ERR_DECODE && this.useStills());
    this.video.addEventListener("loadedmetadata", () => this.video.videoWidth || this.useStills());
    this.use(this.video);
    this.refused = make("p", { class: "refused soft", hidden: true }, UNPLAYABLE);
    at("player").append(this.video, this.refused, transport(job, this));
    this.video.src = `${job.address}/video`;
    job.addEventListener("state", () => this.shape());
    job.addEventListener("selection", () => this.seekSelected());
    job.addEventListener("shots", () => this.selectShot());
  }

  /** Seconds from where the video starts; its first frame may come later. */
  get time() {
    return this.source.currentTime;
  }

  get playing() {
    return !this.source.paused;
  }

  /** Seconds; while the job runs, as the file states, or up to the end of the last known shot if that is later. */
  get duration() {
    const known = this.job.data?.video?.duration ?? this.video.duration;
    return Math.max(Number.isFinite(known) ? known : 0, this.job.shots.at(-1)?.end ?? 0);
  }

  /** The rate at which the video plays when it is started; 1 is normal speed. */
  set rate(rate) {
    this.chosenRate = rate;
    this.source.playbackRate = rate;
  }

  /** How fast the playhead moves now: 0 while it rests, below 0 backwards. */
  get speed() {
    return -this.rewind.speed || (this.playing ? this.source.playbackRate : 0);
  }

  /** Move the playhead, a quarter of a frame further, so that it never rests on the last frame of the previous shot. */
  seek(seconds) {
    if (this.rewind.speed) this.stop();
    this.source.currentTime = Math.max(0, Math.min(seconds + this.margin, this.duration - this.margin));
    this.moved();
  }

  /** A quarter of a frame, in seconds. */
  get margin() {
    return 0.25 / this.fps;
  }

  toggle() {
    if (this.speed) this.stop();
    else this.run(this.chosenRate);
  }

  /** Play at a speed, backwards if it is below 0. */
  run(speed) {
    this.rewind.stop();
    if (speed < 0) {
      this.source.pause();
      this.rewind.start(-speed);
    } else {
      this.source.playbackRate = speed;
      this.source.play()?.catch(() => {}); // a browser may require a click first; the button still offers it
    }
    this.emit("playing");
  }

  stop() {
    this.rewind.stop();
    this.source.pause();
    this.emit("playing");
  }

  /** Move by so many frames. */
  step(frames) {
    const frame = this.job.frameAt(this.time) + frames;
    const shot = this.job.shots.find(({ end_frame: end }) => frame < end) ?? this.job.shots.at(-1);
    this.stop();
    this.seek(secondsAt(shot, Math.min(Math.max(shot.start_frame, frame), shot.end_frame - 1)));
  }

  /** Move by so many shots to the start of a shot; one back is the start of this one, unless the playhead is near it. */
  skip(shots) {
    const { shots: allShots } = this.job;
    const current = this.time < allShots[0].start ? -1 : allShots.indexOf(this.job.shotAt(this.time));
    const restarts = shots < 0 && current >= 0 && this.time - allShots[current].start > RESTART_AFTER;
    const target = current + shots + (restarts ? 1 : 0);
    if (target < allShots.length) this.seek(allShots[Math.max(0, target)].start);
  }

  get fps() {
    return this.job.data?.video?.fps || FPS;
  }

  /** The shot under the playhead; undefined if it is not known yet. */
  get shot() {
    const shot = this.job.shotAt(this.time);
    const known = shot && shot.start <= this.time + this.margin && (this.time < shot.end || !this.job.running);
    return known ? shot : undefined;
  }

  /** Select the shot under the playhead. */
  selectShot() {
    if (this.shot) this.job.select(this.shot.index);
  }

  /** Move the playhead to the selected shot. */
  seekSelected() {
    const selected = this.job.shot(this.job.selected);
    if (selected && selected !== this.shot) this.seek(selected.start);
  }

  /** Whether the last frame of the selected shot is shown, or what follows it directly. */
  get leaves() {
    const shot = this.job.shot(this.job.selected);
    return shot && this.time >= shot.end - 1 / this.fps && this.time < shot.end + 1;
  }

  moved() {
    this.selectShot();
    this.emit("time");
  }

  /** Report the time, frame by frame, while the video plays. */
  tick() {
    const { source } = this;
    const onFrame = () => {
      if (source !== this.source) return;
      this.ticking = false;
      if (!this.playing) return;
      if (this.looping && this.leaves) this.seek(this.job.shot(this.job.selected).start);
      this.moved();
      this.tick();
    };
    this.ticking = true;
    if (source.requestVideoFrameCallback) source.requestVideoFrameCallback(onFrame);
    else requestAnimationFrame(onFrame);
  }

  /** Take the time from a video, or from its stand-in. */
  use(source) {
    this.source = source;
    this.ticking = false;
    source.addEventListener("seeking", () => this.moved());
    for (const event of ["play", "pause"]) {
      source.addEventListener(event, () => {
        if (!this.playing) source.playbackRate = this.chosenRate;
        this.emit("playing");
        if (this.playing && !this.ticking) this.tick();
      });
    }
  }

  /** Show the stored frames instead of a video that does not play. */
  useStills() {
    if (this.source !== this.video) return;
    const stills = new Stills(this.job, () => this.duration);
    stills.currentTime = this.time;
    this.use(stills);
    this.video.replaceWith(stills.picture);
    this.video.removeAttribute("src");
    show(this.refused);
    this.shape();
    this.emit("playing");
  }

  /** Reserve the room of the picture, so that nothing jumps when it appears. */
  shape() {
    const { width, height } = this.job.data?.video ?? {};
    if (width) at("stage").style.setProperty("--shape", `${width} / ${height}`);
  }

  emit(type) {
    this.dispatchEvent(new Event(type));
  }
}
