// Turns what the mouse, a trackpad and fingers do on the timeline into what a person means by it.

const WHEEL = 0.008; // zoom per unit of the wheel, as a logarithm
const NOTCH = 50; // units per event, at most: one notch of a mouse is more than a whole pinch on a trackpad

/**
 * Watch an element; `x` is in pixels from its left edge.
 *
 *   seek(x)           pressed there, or dragged to there
 *   hover(x)          the pointer is there, or a finger was
 *   leave()           the pointer has left
 *   zoom(factor, x)   zoom about that point
 *   pan(pixels)       move to the right
 */
export function watchPointers(element, { seek, hover, leave, zoom, pan }) {
  const down = new Map(); // x by pointer
  const xOf = ({ clientX }) => clientX - element.getBoundingClientRect().left;
  const go = (x) => {
    seek(x);
    hover(x);
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, xOf(event));
    if (event.pointerType !== "touch") go(xOf(event)); // a finger may be about to scroll the page
  });
  element.addEventListener("pointermove", (event) => {
    const x = xOf(event);
    if (down.size > 1) pinch(event.pointerId, x);
    else if (down.size) go(x);
    else hover(x);
  });
  element.addEventListener("pointerup", (event) => {
    if (down.size === 1 && event.pointerType === "touch") go(xOf(event));
    lift(event);
  });
  element.addEventListener("pointercancel", lift);
  element.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || leave());
  element.addEventListener("wheel", wheel, { passive: false });
  document.addEventListener("pointerdown", ({ target }) => element.contains(target) || leave());

  function lift({ pointerId }) {
    if (down.size > 1) down.clear(); // the finger that stays after a pinch does nothing
    down.delete(pointerId);
  }

  function pinch(pointer, x) {
    const fixed = [...down].find(([id]) => id !== pointer)[1];
    const previous = down.get(pointer);
    down.set(pointer, x);
    zoom(Math.max(1, Math.abs(x - fixed)) / Math.max(1, Math.abs(previous - fixed)), fixed);
  }

  function wheel(event) {
    const { deltaX, deltaY, ctrlKey, metaKey } = event;
    const turned = Math.min(Math.max(deltaY, -NOTCH), NOTCH);
    if (ctrlKey || metaKey) zoom(Math.exp(-WHEEL * turned), xOf(event));
    else if (Math.abs(deltaX) > Math.abs(deltaY)) pan(deltaX);
    else return; // the page scrolls
    event.preventDefault();
  }
}
