// The speed of a transfer, averaged over the last seconds.

const WINDOW = 5; // seconds

export class Speed {
  constructor() {
    this.points = []; // { time, bytes }
  }

  /** Record how many bytes have been sent by now. */
  add(bytes, time = performance.now() / 1000) {
    this.points.push({ time, bytes });
    while (this.points.length > 2 && this.points[1].time < time - WINDOW) this.points.shift();
  }

  /** Bytes per second; null while that is unknown. */
  get value() {
    if (this.points.length < 2) return null;
    const [first, last] = [this.points[0], this.points.at(-1)];
    const [time, bytes] = [last.time - first.time, last.bytes - first.bytes];
    return time > 0.5 && bytes > 0 ? bytes / time : null;
  }
}
