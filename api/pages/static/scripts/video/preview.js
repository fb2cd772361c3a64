// What is seen of a shot while the pointer or the keyboard walks over the timeline. A screen reader has the list of shots.

import { make, show } from "../dom.js";
import { HEADS, clock, labelOf, percent, seconds } from "../words.js";
import { frameAt } from "./stills.js";

/** Make a preview: `element`, `show(shot, time, x, width)` above the pixel `x` of so many, and `hide()`. */
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
  return [title, make("p", { class: "soft number" }, bounds), ...Object.keys(HEADS).map((head) => line(shot, head))];
}

/** A label, and how sure it is: `Close-up` and `81 %`, `48 %, uncertain` or `by hand`. */
function line(shot, head) {
  const label = labelOf(shot, head);
  const word = label ? HEADS[head].labels[label].word : `${HEADS[head].name} not predicted yet`;
  return make("p", {}, make("span", {}, word), make("span", { class: "soft number" }, label ? sureness(shot, head) : ""));
}

function sureness(shot, head) {
  if (shot.corrected?.[head]) return "by hand";
  const { confidence, uncertain } = shot[head];
  return percent(confidence) + (uncertain ? ", uncertain" : "");
}
