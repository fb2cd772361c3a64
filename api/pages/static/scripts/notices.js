// Short notices at the foot of the page, which a screen reader reads out; a notice may offer to undo an action.

import { at, make } from "./dom.js";

const SECONDS = 8;

/** Show a sentence for some seconds. `undo` is called when its button is pressed, `expired` when the time is over.
 *
 * Returns a function that removes the notice at once and calls neither. */
export function notice(text, { undo = null, expired = null, seconds = SECONDS } = {}) {
  const element = make("div", { class: "notice" }, make("span", {}, text));
  const timer = setTimeout(() => close(expired), 1000 * seconds);
  if (undo) element.append(make("button", { type: "button", onclick: () => close(undo) }, "Undo"));
  at("notices").append(element);
  return () => close(null);

  function close(callback) {
    clearTimeout(timer);
    element.remove();
    callback?.();
  }
}

/** Show an error above the page's content; null removes it. */
export function showError(error) {
  at("error").textContent = error?.message ?? error ?? "";
  at("error").hidden = !error;
}
