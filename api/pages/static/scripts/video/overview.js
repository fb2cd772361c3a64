// A strip of the whole film, along which a person drags the part that the timeline shows.

import { make } from "../dom.js";
import { labelOf } from "../words.js";
import { sharpContext } from "./canvas.js";

const HEIGHT = 12;

/** Make the strip: `element`, `draw(colours)` for when shots have changed, `move()` for when the view has. `centre(time)`
 * is called with the time that the view should have in its middle. */
export function overview(job, view, centre) {
  const canvas = make("canvas");
  const pane = make("div", { class: "pane" });
  const element = make("div", { class: "overview", "aria-hidden": "true" }, canvas, pane);
  const drag = ({ clientX, buttons }) => {
    if (buttons & 1) centre(((clientX - element.getBoundingClientRect().left) / view.width) * view.duration);
  };
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    drag(event);
  });
  element.addEventListener("pointermove", drag);
  return {
    element,
    draw(colours) {
      const context = sharpContext(canvas, view.width, HEIGHT);
      for (const shot of job.shots) {
        context.fillStyle = colours[labelOf(shot, "scale")] ?? colours.line;
        context.fillRect(pixel(shot.start), 0, pixel(shot.end) - pixel(shot.start), HEIGHT);
      }
    },
    move() {
      element.classList.toggle("off", view.whole);
      pane.style.left = `${pixel(view.from)}px`;
      pane.style.width = `${pixel(view.span)}px`;
    },
  };

  function pixel(time) {
    return (time / view.duration) * view.width;
  }
}
