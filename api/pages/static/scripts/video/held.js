// Shows what the service has not saved, and why, as a notice that stays until a person tries again or discards it.

import { at, make } from "../dom.js";
import { count } from "../words.js";

export function mountHeldNotice(corrections) {
  const text = make("span");
  const retry = make("button", { type: "button", onclick: () => runFromPanel(() => corrections.run()) }, "Try again");
  const discard = make("button", { type: "button", onclick: () => runFromPanel(() => corrections.drop()) }, "Discard");
  const element = make("div", { class: "notice held" }, text, make("span", { class: "actions" }, retry, discard));
  at("panel").tabIndex = -1;
  corrections.addEventListener("queue", () => {
    warn(corrections.queue.length > 0);
    if (!corrections.refusal) return element.remove();
    text.textContent = sentence(corrections);
    if (!element.isConnected) at("notices").append(element);
  });
}

/** Do what removes the notice; before that, move the focus to the panel, so that the keyboard goes on there. */
function runFromPanel(action) {
  at("panel").focus();
  action();
}

function sentence({ queue: [first, ...others], refusal }) {
  const more = others.length ? ` ${count(others.length, "more correction")} wait${others.length === 1 ? "s" : ""} behind it.` : "";
  return `Not saved: ${first.words()}. ${refusal.message}${more}`;
}

/** Let the browser ask before the person leaves the page. */
function warn(isWaiting) {
  if (isWaiting) addEventListener("beforeunload", preventLeaving);
  else removeEventListener("beforeunload", preventLeaving);
}

function preventLeaving(event) {
  event.preventDefault();
}
