// Corrections by hand on their way to the service: sent one after the other, and none is lost. Knows no elements.

import { Refusal } from "../http.js";
import { HEADS } from "../words.js";

/**
 * A correction names its shot by one of its frames, because those before it in the queue may renumber the shots.
 *
 * Events:
 *
 *   queue    the queue has changed, or the reason why it is held
 *   saved    the service has saved a correction; `detail` is `{ words, frame }`: which one, and a frame to go to, or null
 *   refused  the service will never save it; `detail` says which one, and why
 */
export class Corrections extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.queue = []; // { words, send, isApplied }, oldest first; the first is being sent, or held. Words use current numbers
    this.refusal = null; // why the first is held
    this.sending = false;
  }

  /** Set a label of the shot with this frame by hand; null removes it. */
  label(frame, head, label) {
    const { job } = this;
    const change = label ? HEADS[head].labels[label].word : `${HEADS[head].name.toLowerCase()} as predicted`;
    this.add({
      words: () => `${this.nameOf(frame)}: ${change}`,
      send: () => job.label(job.shotOf(frame).index, { [head]: label }),
      isApplied: () => (job.shotOf(frame).corrected?.[head] ?? null) === label,
      ...{ frame, head, label },
    });
  }

  /** Split the shot with this frame in two; the frame is the first of the second shot. */
  split(frame) {
    const { job } = this;
    this.add({
      words: () => `${this.nameOf(frame - 1)}: split in two`,
      send: () => job.split(job.shotOf(frame).index, frame),
      isApplied: () => job.shotOf(frame).start_frame === frame,
    });
  }

  /** Merge the shot with this frame with the next one, which starts with the frame `border`. */
  merge(frame, border) {
    const { job } = this;
    this.add({
      words: () => `${this.nameOf(frame)}: merged with the next`,
      send: () => job.merge(job.shotOf(frame).index),
      isApplied: () => job.shotOf(border).start_frame !== border,
    });
  }

  /** Move the start of a shot, the frame `border`, by so many frames; its last move is extended if it still waits. */
  move(border, frames) {
    const { job } = this;
    const [from, last] = [this.movedTo(border), this.queue.at(-1)];
    const to = Math.min(Math.max(job.shotOf(border - 1).start_frame + 1, from + frames), job.shotOf(border).end_frame - 1);
    if (to === from) return;
    if (last && last.to === from && this.queue.length > 1) return void (last.to = to);
    const move = { border: from, to };
    move.send = () => job.move(job.shotOf(from).index, move.to);
    move.isApplied = () => job.shotOf(move.to).start_frame === move.to;
    move.words = () => {
      if (!move.isApplied()) return `${this.nameOf(from)}: start moved`;
      return `${this.nameOf(move.to)}: starts at ${job.shotOf(move.to).start_timecode}`;
    };
    move.goTo = () => move.to;
    this.add(move);
  }

  /** Where the start of a shot, the frame `border`, will be when the queue is saved. */
  movedTo(border) {
    return this.queue.reduce((frame, move) => (move.border === frame ? move.to : frame), border);
  }

  /** Set how the shot with this frame opens. */
  open(frame, transition) {
    const { job } = this;
    this.add({
      words: () => `${this.nameOf(frame)}: opens with a ${transition}`,
      send: () => job.open(job.shotOf(frame).index, transition),
      isApplied: () => job.shotOf(frame).transition === transition,
      ...{ frame, head: "transition", label: transition },
    });
  }

  /** Undo the last correction: take it from the queue if that is held, else let the service undo it. */
  undo() {
    if (this.refusal) return this.drop(this.queue.length - 1);
    this.goBack("Undo", "Undone", () => this.job.undo());
  }

  /** Make the correction again that was undone last. */
  redo() {
    if (!this.refusal) this.goBack("Redo", "Redone", () => this.job.redo());
  }

  /** Undo or redo; the shot that changes is known when it has changed. */
  goBack(verb, participle, act) {
    const correction = { words: () => verb, isApplied: () => false };
    correction.send = async () => {
      const before = this.job.shots;
      await act();
      const shot = changed(before, this.job.shots);
      correction.words = () => `${participle}: shot ${shot.index + 1}`;
      const stays = shot.index === this.job.selected && before[shot.index]?.start_frame === shot.start_frame;
      correction.goTo = () => (stays ? null : shot.start_frame);
    };
    this.add(correction);
  }

  /** The label in the queue for a shot: null removes the label set by hand; undefined if there is none in the queue. */
  wanted(shot, head) {
    const within = ({ frame }) => shot.start_frame <= frame && frame < shot.end_frame;
    return this.queue.findLast((correction) => correction.head === head && within(correction))?.label;
  }

  /** Give up a correction while the first one is held; if it is the first itself, the others go on. */
  async drop(index = 0) {
    this.queue.splice(index, 1);
    if (index > 0) return this.emit("queue");
    await this.exclusively(() => this.job.load().catch(() => null)); // it may have been saved, with only the response lost
    this.run();
  }

  add(correction) {
    this.queue.push(correction);
    this.emit("queue");
    if (!this.refusal) this.run();
  }

  /** Send the queue until it is empty or held; a correction that is held is sent again. */
  async run() {
    if (this.sending) return;
    await this.exclusively(async () => {
      while (this.queue.length && !this.refusal) await this.attempt(this.queue[0]);
    });
  }

  /** Do something while nothing else is sent. */
  async exclusively(action) {
    this.refusal = null;
    this.sending = true;
    this.emit("queue");
    await action().finally(() => (this.sending = false));
  }

  async attempt(first) {
    try {
      await first.send();
      this.saved(first);
    } catch (refusal) {
      this.fail(first, refusal);
    }
  }

  /** After a 412 the page shows what others did, and the person decides; a correction that can never be saved is reported. */
  fail(first, refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status === 412 && first.isApplied()) this.saved(first); // response lost, or others agree
    else if (refusal.status === 412 || refusal.temporary) this.hold(refusal);
    else this.finish("refused", `${first.words()}: ${refusal.message}`);
  }

  hold(refusal) {
    this.refusal = refusal;
    this.emit("queue");
  }

  saved(first) {
    this.finish("saved", { words: first.words(), frame: first.goTo?.() ?? null });
  }

  finish(type, detail) {
    this.queue.shift();
    this.emit("queue");
    this.emit(type, detail);
  }

  nameOf(frame) {
    return `Shot ${this.job.shotOf(frame).index + 1}`;
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The shot that differs between two lists: of two that share a moved boundary, the later one. */
function changed(before, after) {
  const state = (shot) => shot && JSON.stringify([shot.start_frame, shot.end_frame, shot.transition, shot.corrected]);
  const differs = after.map((shot, index) => state(shot) !== state(before[index]));
  const first = differs.indexOf(true);
  const moved = after.length === before.length && differs[first + 1];
  return after[first < 0 ? after.length - 1 : first + Number(moved)];
}
