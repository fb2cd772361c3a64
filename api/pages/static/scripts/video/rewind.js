// Plays a video backwards, which browsers cannot: seeks to ever earlier times, as fast as the browser shows them.

export class Rewind {
  constructor(player) {
    this.player = player;
    this.speed = 0; // 0 while it rests
  }

  /** Play backwards from the playhead; the speed is 1 for normal speed. */
  start(speed) {
    cancelAnimationFrame(this.frame);
    [this.speed, this.from, this.since] = [speed, this.player.time, performance.now()];
    this.step();
  }

  stop() {
    this.speed = 0;
    cancelAnimationFrame(this.frame);
  }

  step() {
    this.frame = requestAnimationFrame(() => {
      if (!this.player.source.seeking) this.seek();
      if (this.speed) this.step();
    });
  }

  seek() {
    const time = this.from - (this.speed * (performance.now() - this.since)) / 1000;
    if (time <= 0) this.player.stop();
    this.player.source.currentTime = Math.max(0, time);
  }
}
