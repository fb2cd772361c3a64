// Short notices at the foot of the page, which a screen reader reads out; one may offer to take back what was done.

import { at, make } from "./dom.js";

const SECONDS = 8;

/** Show a sentence for some seconds. `undo` is called when its button is pressed, `then` when the notice goes unpressed.
 *
 * Returns what takes it away at once, with neither called. */
export function notice(text, { undo = null, then = null, lasts = SECONDS } = {}) {
  const shown = make("div", { class: "notice" }, make("span", {}, text));
  const timer = setTimeout(() => gone(then), 1000 * lasts);
  if (undo) shown.append(make("button", { type: "button", onclick: () => gone(undo) }, "Undo"));
  at("notices").append(shown);
  return () => gone(null);

  function gone(what) {
    clearTimeout(timer);
    shown.remove();
    what?.();
  }
}

/** Show the sentence of what went wrong above the page's content; null takes it away. */
export function showError(error) {
  at("error").textContent = error?.message ?? error ?? "";
  at("error").hidden = !error;
}
