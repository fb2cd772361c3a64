// The player: the video, or its stored frames if the browser cannot play it, and the time that everything else follows.

import { at, make, show } from "../dom.js";
import { Stills } from "./stills.js";
import { transport } from "./transport.js";

const UNPLAYABLE = "This browser cannot play the file. You see the stored frames of its shots instead, at their times.";
const RESTART_AFTER = 0.5; // seconds into a shot, up to which "previous" is the shot before it
const FPS = 25; // until the job is loaded

/** Events: `time` when the playhead has moved, `playing` when it starts or stops. */
export class Player extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.ticking = false;
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

  /** Seconds from the first frame. */
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

  /** The playback rate; 1 is normal speed. */
  set rate(rate) {
    this.source.playbackRate = rate;
  }

  /** Move the playhead, a quarter of a frame further, so that it never rests on the last frame of the previous shot. */
  seek(seconds) {
    const quarter = 0.25 / this.fps;
    this.source.currentTime = Math.max(0, Math.min(seconds + quarter, this.duration - quarter));
    this.moved();
  }

  toggle() {
    if (this.playing) this.source.pause();
    else this.source.play()?.catch(() => {}); // a browser may require a click first; the button still offers it
  }

  /** Move by so many frames. */
  step(frames) {
    const frame = this.job.frameAt(this.time) + frames;
    const shot = this.job.shots.find(({ end_frame: end }) => frame < end) ?? this.job.shots.at(-1);
    const { start, end, start_frame: first, end_frame: until } = shot;
    this.source.pause();
    this.seek(start + ((Math.min(Math.max(first, frame), until - 1) - first) / (until - first)) * (end - start));
  }

  /** Move by so many shots to the start of a shot; one back is the start of this one, unless the playhead is near it. */
  skip(shots) {
    const { shots: allShots } = this.job;
    const current = allShots.indexOf(this.job.shotAt(this.time));
    const restarts = shots < 0 && this.time - allShots[current].start > RESTART_AFTER;
    const target = current + shots + (restarts ? 1 : 0);
    if (target < allShots.length) this.seek(allShots[Math.max(0, target)].start);
  }

  get fps() {
    return this.job.data?.video?.fps || FPS;
  }

  /** The shot under the playhead; undefined if it is not known yet. */
  get shot() {
    const shot = this.job.shotAt(this.time);
    const known = shot && shot.start <= this.time + 0.25 / this.fps && (this.time < shot.end || !this.job.running);
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
