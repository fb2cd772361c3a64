// The part of a film that the timeline shows, and where each time lies in it. Knows no elements and no shots.

const MIN_SPAN = 2; // seconds shown at the highest zoom
const MARGIN = 0.1; // of the view, left before the playhead when the view jumps to it

export class View {
  constructor() {
    this.from = 0; // seconds at the left edge
    this.span = 0; // seconds from edge to edge
    this.width = 0; // pixels
    this.duration = 0; // seconds of the whole film
  }

  get end() {
    return this.from + this.span;
  }

  get whole() {
    return this.span >= this.duration;
  }

  /** The pixel at which a time lies. */
  x(time) {
    return ((time - this.from) / this.span) * this.width;
  }

  /** The time that lies at a pixel, within the film. */
  time(x) {
    return Math.min(Math.max(0, this.from + (x / this.width) * this.span), this.duration);
  }

  contains(time) {
    return time >= this.from && time <= this.end;
  }

  /** Set the duration of the film. A view of the whole film stays one while the film grows. */
  setDuration(duration) {
    const { whole } = this;
    this.duration = duration;
    this.look(this.from, whole ? duration : this.span);
  }

  /** Zoom in by a factor; the time at pixel `x` stays there. */
  zoom(factor, x) {
    const time = this.from + (x / this.width) * this.span;
    const span = this.clamped(this.span / factor);
    this.look(time - (x / this.width) * span, span);
  }

  pan(pixels) {
    this.look(this.from + (pixels / this.width) * this.span, this.span);
  }

  /** Jump to a time that is out of view, as one turns a page. */
  show(time) {
    if (!this.contains(time)) this.look(time - MARGIN * this.span, this.span);
  }

  look(from, span) {
    this.span = this.clamped(span);
    this.from = Math.min(Math.max(0, from), this.duration - this.span);
  }

  clamped(span) {
    return Math.min(Math.max(span, MIN_SPAN), this.duration);
  }
}
