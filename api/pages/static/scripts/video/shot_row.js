// One row of the shot list: empty while it is far from what is in view, filled when it comes near.

import { icon, make } from "../dom.js";
import { secondsAt } from "../frames.js";
import { colourOf } from "../looks.js";
import { HEADS, isUnsure, labelOf, percent, seconds, shownOf } from "../words.js";

/** `element` is the item of the list; `shot` is what it shows. */
export class Row {
  constructor(shot, cameras) {
    this.cameras = cameras;
    this.element = make("li", { class: "shot" });
    this.filled = false;
    this.show(shot);
  }

  /** Show the shot as it is now. */
  show(shot) {
    const previous = this.shot;
    this.shot = shot;
    if (previous?.index !== shot.index) this.element.value = shot.index + 1;
    if (previous && fingerprint(previous) === fingerprint(shot)) return;
    // Rows without a style attribute share one style, which keeps thousands of them cheap.
    if (lines(shot)) this.element.style.setProperty("--lines", lines(shot));
    else this.element.removeAttribute("style");
    if (!this.filled) return;
    this.head.replaceChildren(...head(shot));
    this.labels.replaceChildren(...labels(shot));
    if (previous.end_frame !== shot.end_frame) this.fillPictures();
  }

  /** Make the content. */
  fill() {
    if (this.filled) return;
    this.filled = true;
    this.head = make("div", { class: "head" }, ...head(this.shot));
    this.labels = make("div", { class: "labels" }, ...labels(this.shot));
    this.strip = make("div");
    this.camera = make("div", { class: "camera" });
    this.element.append(this.head, this.strip, this.labels, this.camera);
    this.fillPictures();
  }

  fillPictures() {
    const frames = strip(this.shot);
    this.strip.replaceWith(frames);
    this.strip = frames;
    this.cameras.show(this.shot, this.camera);
  }

  /** Remove the content again, unless it has the focus. */
  empty() {
    if (!this.filled || this.element.contains(document.activeElement)) return;
    this.filled = false;
    this.element.replaceChildren();
  }
}

/** Everything of a shot that may change, as one string. */
function fingerprint(shot) {
  const { index, end_frame, transition, corrected, edited } = shot;
  const confidences = Object.keys(HEADS).map((head) => shot[head]?.confidence);
  return JSON.stringify([index, end_frame, transition, ...confidences, corrected, edited]);
}

/** How many lines more than usual a narrow row has: a row needs its height before it is filled. */
function lines(shot) {
  const noted = shot.transition !== "cut" || shot.edited;
  const annotated = Object.keys(HEADS).filter((head) => shot.corrected?.[head] || shot[head]?.uncertain);
  return Number(noted) + annotated.length;
}

function head({ index, start, end, start_timecode: from, end_timecode: until, transition, edited }) {
  const number = make("button", { type: "button", class: "go number", "aria-label": `Go to shot ${index + 1}` }, index + 1);
  const times = make("span", { class: "number" }, `${from} – ${until}`);
  const length = make("span", { class: "length number" }, seconds(end - start));
  const opensWith = make("span", { class: "opens-with" }, "opens with a "); // no room for it on the narrowest screens
  const opening = transition === "cut" ? null : make("span", { class: "opening" }, opensWith, transition);
  const bounds = edited ? make("span", { class: "by-hand" }, icon("edited"), "bounds by hand") : null;
  const notes = make("span", { class: "notes" }, length, opening, bounds);
  return [number, times, notes];
}

/** The eight frames. One of them is in the tab order; the arrow keys lead to the others. */
function strip(shot) {
  const frames = shot.frames.map((address, k) => {
    const picture = make("img", { src: address, alt: "", loading: "lazy", decoding: "async" });
    return make("button", { type: "button", "aria-label": `Go to frame ${k + 1} of 8`, dataset: { frame: k }, tabindex: k ? -1 : 0 }, picture);
  });
  return make("div", { class: "strip", role: "group", "aria-label": "Frames" }, ...frames);
}

/** The middle of one of the eight frames in seconds, so that no rounding leads to the frame before.
 *
 * A shot with edited bounds shows the nearest stored frames; the time is that of the positions they stand for. */
export function timeOf(shot, k) {
  const { start_frame: first, end_frame: last } = shot;
  const frame = first + Math.floor(((2 * k + 1) * (last - first)) / 16);
  return secondsAt(shot, frame + 0.5);
}

function labels(shot) {
  const rows = Object.keys(HEADS).flatMap((head) => shownOf(shot, head).map((label) => labelRow(shot, head, label)));
  return rows.length ? rows : [make("p", { class: "soft" }, "not predicted yet")];
}

function labelRow(shot, head, label) {
  const { word } = HEADS[head].labels[label];
  const name = make("span", { class: "name" }, head === "scale" ? make("b", {}, label, " ") : null, word);
  const mark = make("span", { class: `mark ${colourOf(head, label)}` });
  if (shot.corrected?.[head]) return make("p", { class: "label corrected" }, mark, name, icon("edited"), predicted(shot, head));
  const { label: best, probabilities } = shot[head];
  const unsure = label === best && isUnsure(shot, head) ? make("span", { class: "said unsure" }, "uncertain") : null;
  return make("p", { class: "label" }, mark, name, sureness(probabilities[label]), unsure);
}

/** How sure the model is, as a bar and as a number. */
function sureness(confidence) {
  const inner = make("span", {});
  inner.style.width = `${100 * confidence}%`;
  const bar = make("span", { class: "sure", "aria-hidden": "true" }, inner);
  return make("span", { class: "value" }, bar, make("span", { class: "number" }, percent(confidence)));
}

/** What the model predicted for a label that a person has set. */
function predicted(shot, head) {
  if (!shot[head]) return make("span", { class: "said by-hand" }, "by hand"); // the job is older than the head
  const { label, confidence } = shot[head];
  if (label === labelOf(shot, head)) return make("span", { class: "said by-hand" }, `confirmed by hand; predicted ${percent(confidence)}`);
  const word = head === "scale" ? label : HEADS[head].labels[label].word.toLowerCase();
  return make("span", { class: "said by-hand" }, `by hand; predicted ${word} ${percent(confidence)}`);
}
