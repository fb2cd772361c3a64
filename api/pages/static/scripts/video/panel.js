// The panel: what the model predicts for the shot at the playhead, and how a person corrects it.

import { at, icon, make, show } from "../dom.js";
import { MARKS } from "../job.js";
import { notice } from "../notices.js";
import { bind } from "../shortcuts.js";
import { HEADS, count, seconds } from "../words.js";
import { Choices } from "./choices.js";
import { Corrections } from "./corrections.js";
import { mountHeldNotice } from "./held.js";

const GROUP = "Correct the shot";

export function mountPanel(job, player) {
  const panel = new Panel(job, player);
  panel.bindShortcuts();
  job.addEventListener("state", () => panel.show());
  job.addEventListener("selection", () => panel.show());
  job.addEventListener("shots", ({ detail }) => {
    if (detail === null || detail === job.selected) panel.show();
    panel.showCounts();
  });
  player.addEventListener("time", () => panel.showSplit());
  panel.corrections.addEventListener("queue", () => panel.showQueue());
  panel.corrections.addEventListener("saved", ({ detail }) => panel.showSaved(detail));
  panel.corrections.addEventListener("refused", ({ detail }) => notice(detail));
}

class Panel {
  constructor(job, player) {
    [this.job, this.player] = [job, player];
    this.corrections = new Corrections(job);
    this.choices = Object.keys(HEADS).map((head) => new Choices(head, (label) => this.choose(head, label)));
    this.title = make("h2", { class: "number" });
    this.times = make("p", { class: "times number" });
    this.opening = make("span", { class: "soft" });
    this.edited = make("span", { class: "corrected", hidden: true }, icon("edited"), "Bounds set by hand");
    this.why = make("p", { class: "why", hidden: true });
    this.split = action("split", "Split here", "x", () => this.splitHere());
    this.merge = action("merge", "Merge with next", "j", () => this.mergeNext());
    this.next = action("next", "Next uncertain", "n", () => this.toUncertain());
    this.undo = action("undo", "Undo", "z", () => this.undoLast());
    this.countText = make("span", { class: "soft number" });
    const how = make("p", { class: "opening" }, this.opening, this.edited);
    at("panel").append(this.title, this.times, how, this.why, ...this.choices.map(({ element }) => element));
    at("panel").append(make("div", { class: "edits" }, this.split, this.merge, this.next));
    at("panel").append(make("div", { class: "foot" }, this.countText, this.undo));
    mountHeldNotice(this.corrections);
  }

  bindShortcuts() {
    for (const [head, { name, labels, correctable }] of Object.entries(HEADS)) {
      const keyed = Object.entries(labels).filter(([, { key }]) => correctable && key);
      for (const [label, { key, word }] of keyed) bind(key, name, word, once(() => this.choose(head, label)));
    }
    bind("x", GROUP, "Split it at the playhead", once(() => this.splitHere()));
    bind("j", GROUP, "Merge it with the next one", once(() => this.mergeNext()));
    for (const key of ["z", "Ctrl+z"]) bind(key, GROUP, "Undo the last correction", once(() => this.undoLast()));
    bind("n", GROUP, "Next uncertain shot", () => this.toUncertain());
  }

  get shot() {
    return this.job.shot(this.job.selected);
  }

  get done() {
    return this.job.data?.state === "done";
  }

  /** The frame at the playhead; the first one of the selected shot if the playhead has left that. */
  get frame() {
    const { start_frame: first, end_frame: end } = this.shot;
    const frame = this.job.frameAt(this.player.time);
    return first <= frame && frame < end ? frame : first;
  }

  /** Set a label; setting it again removes it. The predicted label removes one set by hand, or is confirmed if there is none. */
  choose(head, label) {
    if (!this.done || !this.shot?.[head]) return;
    const wanted = this.corrections.wanted(this.shot, head);
    const byHand = wanted === undefined ? (this.shot.corrected?.[head] ?? null) : wanted;
    const removes = label === byHand || (byHand && label === this.shot[head].label);
    this.corrections.label(this.frame, head, removes ? null : label);
  }

  splitHere() {
    if (this.splittable) this.corrections.split(this.job.frameAt(this.player.time));
  }

  mergeNext() {
    if (this.mergeable) this.corrections.merge(this.frame, this.shot.end_frame);
  }

  undoLast() {
    if (this.done) this.corrections.undo();
  }

  toUncertain() {
    const { job } = this;
    const shot = job.shots.find((candidate) => candidate.index > job.selected && MARKS.uncertain(candidate))
      ?? job.shots.find(MARKS.uncertain);
    if (shot) job.select(shot.index);
  }

  /** Whether a new shot can start at the playhead. */
  get splittable() {
    if (!this.done || !this.shot) return false;
    const frame = this.job.frameAt(this.player.time);
    return this.job.shotOf(frame).start_frame < frame;
  }

  get mergeable() {
    return this.done && this.job.selected < this.job.shots.length - 1;
  }

  show() {
    const { job, shot, done } = this;
    if (!shot) return;
    this.title.replaceChildren(`Shot ${shot.index + 1} `, make("span", { class: "soft" }, `of ${job.shots.length.toLocaleString("en")}`));
    this.times.replaceChildren(...times(shot));
    this.opening.textContent = shot.index ? `Opens with a ${shot.transition}` : "Opens the video";
    show(this.edited, shot.edited);
    show(this.why, !done);
    this.why.textContent = job.running ? "Shots can be corrected when all of them are predicted." : "The job failed: its shots cannot be corrected.";
    for (const choices of this.choices) choices.show(shot, this.corrections.wanted(shot, choices.head), done);
    this.merge.disabled = !this.mergeable;
    this.undo.disabled = !done;
    this.showSplit();
  }

  showSplit() {
    if (this.split.disabled === this.splittable) this.split.disabled = !this.splittable;
  }

  showCounts() {
    const { shots } = this.job;
    const byHand = shots.filter(MARKS.corrected).length;
    this.countText.textContent = byHand ? `${count(byHand, "shot")} set by hand` : "No shot set by hand";
    const uncertain = shots.filter(MARKS.uncertain).length;
    this.next.disabled = !uncertain;
    this.next.querySelector(".count").textContent = ` (${uncertain.toLocaleString("en")})`;
  }

  /** Show the corrections on their way; a notice of an earlier one closes, because undo now means a later one. */
  showQueue() {
    this.show();
    if (this.corrections.queue.length) this.closeNotice?.();
  }

  /** Show that a correction was saved. Only the last one can be undone, so one notice is enough. */
  showSaved(words) {
    this.closeNotice?.();
    const undo = words.startsWith("Undone") ? null : () => this.undoLast();
    this.closeNotice = notice(words, { undo });
  }
}

/** For corrections: a key that is held down acts once. */
const once = (act) => ({ repeat }) => repeat || act();

function action(symbol, words, key, onclick) {
  const hint = make("kbd", { "aria-hidden": "true" }, key);
  const text = make("span", {}, words, make("span", { class: "count" }));
  return make("button", { type: "button", "aria-keyshortcuts": key, onclick }, icon(symbol), text, hint);
}

function times({ start_timecode: from, end_timecode: until, start, end }) {
  return [make("span", {}, `${from} – ${until}`), make("span", {}, seconds(end - start))];
}
