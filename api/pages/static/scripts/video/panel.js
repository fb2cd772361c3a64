// The panel: what the model predicts for the shot at the playhead, and how a person corrects it.

import { at, icon, make, show } from "../dom.js";
import { MARKS } from "../job.js";
import { notice } from "../notices.js";
import { bind } from "../shortcuts.js";
import { shared } from "../storage.js";
import { HEADS, count, seconds } from "../words.js";
import { Boundary } from "./boundary.js";
import { Choices } from "./choices.js";
import { Corrections } from "./corrections.js";
import { mountHeldNotice } from "./held.js";
import { copyLink } from "./link.js";

const GROUP = "Correct the shot";
const GO_ON = "shotlens.go-on"; // stored while the switch is on

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
    this.boundary = new Boundary((kind) => this.open(kind), (frames) => this.move(frames));
    this.why = make("p", { class: "why", hidden: true });
    this.split = action("split", "Split here", "x", () => this.splitHere());
    this.merge = action("merge", "Merge with next", "g", () => this.mergeNext());
    this.next = action("next", "Next uncertain", "n", () => this.toUncertain());
    this.undo = action("undo", "Undo", "z", () => this.undoLast());
    this.redo = action("redo", "Redo", "y", () => this.redoLast());
    this.goOn = make("input", { type: "checkbox", checked: shared.getItem(GO_ON) !== null, onchange: () => this.keepGoOn() });
    this.countText = make("span", { class: "soft number" });
    const heading = make("div", { class: "heading" }, this.title, copyLink(job));
    const goOn = make("label", { class: "go-on" }, this.goOn, "After a label, go to the next shot");
    at("panel").append(heading, this.times, this.boundary.element, this.why, ...this.choices.map(({ element }) => element));
    at("panel").append(goOn, make("div", { class: "edits" }, this.split, this.merge, this.next));
    at("panel").append(make("div", { class: "foot" }, this.countText, make("span", {}, this.undo, this.redo)));
    mountHeldNotice(this.corrections);
  }

  bindShortcuts() {
    for (const [head, { name, labels, correctable }] of Object.entries(HEADS)) {
      const keyed = Object.entries(labels).filter(([, { key }]) => correctable && key);
      for (const [label, { key, word }] of keyed) bind(key, name, word, once(() => this.choose(head, label)));
    }
    this.boundary.bindShortcuts();
    bind("x", GROUP, "Split it at the playhead", once(() => this.splitHere()));
    bind("g", GROUP, "Merge it with the next one", once(() => this.mergeNext()));
    for (const key of ["z", "Ctrl+z"]) bind(key, GROUP, "Undo the last correction", once(() => this.undoLast()));
    for (const key of ["y", "Ctrl+y", "Ctrl+Z"]) bind(key, GROUP, "Redo it", once(() => this.redoLast()));
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
    if (this.goOn.checked && !removes) this.job.select(this.job.selected + 1);
  }

  /** Set how the shot opens. */
  open(kind) {
    if (!this.movable || kind === this.boundary.kind) return;
    this.corrections.open(this.shot.start_frame, kind);
  }

  /** Move the start of the shot by so many frames. */
  move(frames) {
    if (this.movable) this.corrections.move(this.shot.start_frame, frames);
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

  redoLast() {
    if (this.done) this.corrections.redo();
  }

  keepGoOn() {
    if (this.goOn.checked) shared.setItem(GO_ON, "yes");
    else shared.removeItem(GO_ON);
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

  /** Whether the shot starts at a boundary, which the first one does not. */
  get movable() {
    return this.done && this.shot?.index > 0;
  }

  get mergeable() {
    return this.done && this.job.selected < this.job.shots.length - 1;
  }

  show() {
    const { job, shot, done } = this;
    if (!shot) return;
    this.title.replaceChildren(`Shot ${shot.index + 1} `, make("span", { class: "soft" }, `of ${job.shots.length.toLocaleString("en")}`));
    this.times.replaceChildren(...times(shot));
    this.boundary.show(shot, this.corrections.wanted(shot, "transition"), done);
    show(this.why, !done);
    this.why.textContent = job.running ? "Shots can be corrected when all of them are predicted." : "The job failed: its shots cannot be corrected.";
    for (const choices of this.choices) choices.show(shot, this.corrections.wanted(shot, choices.head), done);
    this.merge.disabled = !this.mergeable;
    for (const button of [this.undo, this.redo, this.goOn]) button.disabled = !done;
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

  /** Show that a correction was saved, and go to its frame if it has one. Only the last one can be undone, so one notice
   * is enough. */
  showSaved({ words, frame }) {
    if (frame !== null) this.goTo(frame);
    this.closeNotice?.();
    const undo = words.startsWith("Undone") ? null : () => this.undoLast();
    this.closeNotice = notice(words, { undo });
  }

  /** Go to the shot that starts with this frame, unless it is shown already or the video plays. */
  goTo(frame) {
    const shot = this.job.shotOf(frame);
    if (this.player.speed === 0 && this.job.frameAt(this.player.time) !== frame) this.player.seek(shot.start);
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
