// A preview of the shot under the pointer or, by keyboard, at the playhead. Screen readers use the list of shots instead.

import { make, show } from "../dom.js";
import { HEADS, clock, isUnsure, labelOf, percent, seconds, shownOf } from "../words.js";
import { frameAt } from "./stills.js";

/** Make a preview: `element`, `show(shot, time, x, width)` above the pixel `x` of `width`, and `hide()`. */
export function preview() {
  const picture = make("img", { alt: "", width: 192 });
  const text = make("div", { class: "preview-text" });
  const element = make("div", { class: "preview", "aria-hidden": "true", hidden: true }, picture, text);
  return {
    element,
    show(shot, time, x, width) {
      const address = frameAt(shot, time);
      if (picture.getAttribute("src") !== address) picture.src = address;
      text.replaceChildren(...lines(shot, time));
      show(element);
      element.style.left = `clamp(0px, ${x}px - var(--wide) / 2, ${width}px - var(--wide))`;
    },
    hide: () => show(element, false),
  };
}

function lines(shot, time) {
  const title = make("p", {}, make("strong", {}, `Shot ${shot.index + 1}`), make("span", { class: "number" }, clock(time)));
  const bounds = `${clock(shot.start)} – ${clock(shot.end)} · ${seconds(shot.end - shot.start)}`;
  return [title, make("p", { class: "soft number" }, bounds), ...Object.keys(HEADS).flatMap((head) => linesOf(shot, head))];
}

/** The labels of a head, and how sure each is: `Close-up` and `81 %`, `48 %, uncertain` or `by hand`. */
function linesOf(shot, head) {
  const { name, labels } = HEADS[head];
  if (!labelOf(shot, head)) return [line(`${name} not predicted yet`, "")];
  return shownOf(shot, head).map((label) => line(labels[label].word, sureness(shot, head, label)));
}

function line(words, value) {
  return make("p", {}, make("span", {}, words), make("span", { class: "soft number" }, value));
}

function sureness(shot, head, label) {
  if (shot.corrected?.[head]) return "by hand";
  const { label: best, probabilities } = shot[head];
  return percent(probabilities[label]) + (label === best && isUnsure(shot, head) ? ", uncertain" : "");
}
