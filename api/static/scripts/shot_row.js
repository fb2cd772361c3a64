// One row of the shot list: light while it is far from what is looked at, filled when it comes near.

import { icon, make } from "./dom.js";
import { HEADS, labelOf, percent, seconds } from "./words.js";

/** `element` is the list's item; `shot` what it shows. */
export class Row {
  constructor(shot, cameras) {
    this.cameras = cameras;
    this.filled = false;
    this.number = make("button", { type: "button", class: "go number" });
    this.times = make("span", { class: "times number" });
    this.notes = make("span", { class: "notes" });
    this.element = make("li", { class: "shot" }, make("div", { class: "head" }, this.number, this.times, this.notes));
    this.show(shot);
  }

  /** Show a shot in this row: another one, or what has become of the same one. */
  show(shot) {
    const before = this.shot;
    this.shot = shot;
    if (before?.index !== shot.index) {
      this.number.textContent = shot.index + 1;
      this.number.setAttribute("aria-label", `Go to shot ${shot.index + 1}`);
    }
    if (before?.end_frame !== shot.end_frame) {
      this.times.textContent = `${shot.start_timecode} – ${shot.end_timecode}`;
    }
    this.element.style.setProperty("--lines", lines(shot));
    if (!this.filled) return;
    if (before.end_frame !== shot.end_frame) this.refill();
    else if (said(before) !== said(shot)) this.label();
  }

  /** Make what is looked at. */
  fill() {
    if (this.filled) return;
    this.filled = true;
    this.labels = make("div", { class: "labels" });
    const camera = make("div", { class: "camera" });
    this.element.append(strip(this.shot), this.labels, camera);
    this.label();
    this.cameras.show(this.shot, camera);
  }

  /** Drop it again. What has the focus stays. */
  empty() {
    if (!this.filled || this.element.contains(document.activeElement)) return;
    this.filled = false;
    this.notes.replaceChildren();
    this.element.replaceChildren(this.element.firstChild);
  }

  refill() {
    this.filled = false;
    this.element.replaceChildren(this.element.firstChild);
    this.fill();
  }

  label() {
    this.notes.replaceChildren(...notes(this.shot));
    this.labels.replaceChildren(...labels(this.shot));
  }
}

/** What of a shot may change while its bounds stay. */
function said({ scale, movement, corrected, edited }) {
  return JSON.stringify([scale, movement, corrected, edited]);
}

/** How many lines a narrow row has beyond the usual ones: a row must be as high before it is filled. */
function lines({ transition, edited, scale, movement, corrected }) {
  const noted = transition !== "cut" || edited;
  const said = Object.entries({ scale, movement }).filter(([head, label]) => corrected?.[head] || label?.uncertain);
  return Number(noted) + said.length;
}

function notes({ start, end, transition, edited }) {
  const opening = transition === "cut" ? null : make("span", { class: "opening" }, `opens with a ${transition}`);
  const bounds = edited ? make("span", { class: "by-hand" }, icon("edited"), "bounds by hand") : null;
  return [make("span", { class: "length number" }, seconds(end - start)), opening, bounds].filter(Boolean);
}

/** The eight frames. One of them is in the order of the tab key; the arrow keys lead to the others. */
function strip(shot) {
  const frames = shot.frames.map((address, k) => {
    const picture = make("img", { src: address, alt: "", loading: "lazy", decoding: "async" });
    return make("button", { type: "button", "aria-label": `Go to frame ${k + 1} of 8`, dataset: { frame: k }, tabindex: k ? -1 : 0 }, picture);
  });
  return make("div", { class: "strip", role: "group", "aria-label": "Frames" }, ...frames);
}

/** The middle of one of the eight frames in seconds, so that no rounding leads to the one before.
 *
 * A shot whose bounds were edited shows the nearest frames that were stored: its time is that of the place they stand for. */
export function timeOf({ start, end, start_frame: first, end_frame: last }, k) {
  const frame = Math.floor(((2 * k + 1) * (last - first)) / 16);
  return start + ((frame + 0.5) / (last - first)) * (end - start);
}

function labels(shot) {
  if (!labelOf(shot, "scale")) return [make("p", { class: "soft" }, "not predicted yet")];
  return Object.keys(HEADS).map((head) => labelRow(shot, head));
}

function labelRow(shot, head) {
  const label = labelOf(shot, head);
  const { word } = HEADS[head].labels[label];
  const name = make("span", { class: "name" }, head === "scale" ? make("b", {}, label, " ") : null, word);
  const mark = make("span", { class: `mark ${label}` });
  if (shot.corrected?.[head]) return make("p", { class: "label corrected" }, mark, name, icon("edited"), predicted(shot[head]));
  const { confidence, uncertain } = shot[head];
  const unsure = uncertain ? make("span", { class: "said unsure" }, "uncertain") : null;
  return make("p", { class: "label" }, mark, name, sureness(confidence), unsure);
}

/** How sure the model is, as a bar and as a number. */
function sureness(confidence) {
  const inner = make("span", {});
  inner.style.width = `${100 * confidence}%`;
  const bar = make("span", { class: "sure", "aria-hidden": "true" }, inner);
  return make("span", { class: "value" }, bar, make("span", { class: "number" }, percent(confidence)));
}

function predicted({ label, confidence }) {
  const word = label in HEADS.scale.labels ? label : HEADS.movement.labels[label].word.toLowerCase();
  return make("span", { class: "said by-hand" }, `by hand; predicted ${word} ${percent(confidence)}`);
}
