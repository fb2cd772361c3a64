// The whole film as a strip, with the part that the timeline shows: to be dragged along it.

import { make } from "../dom.js";
import { labelOf } from "../words.js";
import { fitted } from "./canvas.js";

const HEIGHT = 12;

/** Make the strip: `element`, `draw(colours)` when shots have changed, `move()` when the view has. `look(time)` is called
 * with the time that is to be in the middle. */
export function overview(job, view, look) {
  const canvas = make("canvas");
  const pane = make("div", { class: "pane" });
  const element = make("div", { class: "overview", "aria-hidden": "true" }, canvas, pane);
  const drag = ({ clientX, buttons }) => {
    if (buttons & 1) look(((clientX - element.getBoundingClientRect().left) / view.width) * view.duration);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    drag(event);
  });
  element.addEventListener("pointermove", drag);
  return {
    element,
    draw(colours) {
      const context = fitted(canvas, view.width, HEIGHT);
      for (const shot of job.shots) {
        context.fillStyle = colours[labelOf(shot, "scale")] ?? colours.line;
        context.fillRect(whole(shot.start), 0, whole(shot.end) - whole(shot.start), HEIGHT);
      }
    },
    move() {
      element.classList.toggle("off", view.whole);
      pane.style.left = `${whole(view.from)}px`;
      pane.style.width = `${whole(view.span)}px`;
    },
  };

  function whole(time) {
    return (time / view.duration) * view.width;
  }
}
