// Corrections by hand on their way to the service: one after the other, and none is lost. Knows no elements.

import { Refusal } from "../http.js";
import { HEADS } from "../words.js";

/**
 * A shot is named by one of its frames: those before it in the queue may number the shots anew.
 *
 * Tells by events:
 *
 *   waiting  what is on its way, or why it is held, has changed
 *   made     the service has taken one; `detail` is its words
 *   refused  it never will; `detail` says which one, and why
 */
export class Corrections extends EventTarget {
  constructor(job) {
    super();
    this.job = job;
    this.waiting = []; // { words, send, holds }, oldest first; the first is on its way, or held. Words count shots as they are
    this.refusal = null; // why the first is held
    this.sending = false;
  }

  /** Set a label of the shot with this frame by hand; null takes it back. */
  label(frame, head, label) {
    const { job } = this;
    const set = label ? HEADS[head].labels[label].word : `${HEADS[head].name.toLowerCase()} as predicted`;
    this.add({
      words: () => `${this.nameOf(frame)}: ${set}`,
      send: () => job.label(job.shotOf(frame).index, { [head]: label }),
      holds: () => (job.shotOf(frame).corrected?.[head] ?? null) === label,
      ...{ frame, head, label },
    });
  }

  /** Make two shots of the one with this frame, which is the first of the second. */
  split(frame) {
    const { job } = this;
    this.add({
      words: () => `${this.nameOf(frame - 1)}: split in two`,
      send: () => job.split(job.shotOf(frame).index, frame),
      holds: () => job.shotOf(frame).start_frame === frame,
    });
  }

  /** Make one shot of the one with this frame and the following one, which begins with the frame `border`. */
  merge(frame, border) {
    const { job } = this;
    this.add({
      words: () => `${this.nameOf(frame)}: merged with the next`,
      send: () => job.merge(job.shotOf(frame).index),
      holds: () => job.shotOf(border).start_frame !== border,
    });
  }

  /** Take the last correction back: the last one that is held, else the last that was made. */
  undo() {
    if (this.refusal) return this.drop(this.waiting.length - 1);
    const correction = { words: () => "Undo", holds: () => false };
    correction.send = async () => {
      const before = this.job.shots;
      await this.job.undo();
      correction.words = () => `Undone: ${changed(before, this.job.shots)}`;
    };
    this.add(correction);
  }

  /** The label that a person wants of a shot and that is not yet made: null to take it back, undefined for none. */
  wanted(shot, head) {
    const within = ({ frame }) => shot.start_frame <= frame && frame < shot.end_frame;
    return this.waiting.findLast((one) => one.head === head && within(one))?.label;
  }

  /** Give up one that waits while the first is held; where it is the first, the others go on. */
  async drop(place = 0) {
    this.waiting.splice(place, 1);
    if (place > 0) return this.tell("waiting");
    await this.busy(() => this.job.load().catch(() => null)); // it may have been made, and only the answer was lost
    this.run();
  }

  add(correction) {
    this.waiting.push(correction);
    this.tell("waiting");
    if (!this.refusal) this.run();
  }

  /** Send what waits, until there is nothing more or something is held; what is held is tried again. */
  async run() {
    if (this.sending) return;
    await this.busy(async () => {
      while (this.waiting.length && !this.refusal) await this.attempt(this.waiting[0]);
    });
  }

  /** Do something during which nothing else is sent. */
  async busy(what) {
    this.refusal = null;
    this.sending = true;
    this.tell("waiting");
    await what().finally(() => (this.sending = false));
  }

  async attempt(first) {
    try {
      await first.send();
      this.done("made", first.words());
    } catch (refusal) {
      this.settle(first, refusal);
    }
  }

  /** A 412 has shown what others did, and the person says whether that matters; what can never be made is told. */
  settle(first, refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status === 412 && first.holds()) this.done("made", first.words()); // its answer was lost, or others agree
    else if (refusal.status === 412 || refusal.passing) this.hold(refusal);
    else this.done("refused", `${first.words()}: ${refusal.message}`);
  }

  hold(refusal) {
    this.refusal = refusal;
    this.tell("waiting");
  }

  done(what, detail) {
    this.waiting.shift();
    this.tell("waiting");
    this.tell(what, detail);
  }

  nameOf(frame) {
    return `Shot ${this.job.shotOf(frame).index + 1}`;
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

/** Name the first shot in which two lists differ. */
function changed(before, after) {
  const mark = (shot) => shot && JSON.stringify([shot.start_frame, shot.end_frame, shot.corrected]);
  const index = after.findIndex((shot, place) => mark(shot) !== mark(before[place]));
  return `shot ${(index < 0 ? after.length - 1 : index) + 1}`;
}
