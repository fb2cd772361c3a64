// What the service has not taken yet, and why: it stays among the notices until a person tries again or discards it.

import { at, make } from "../dom.js";
import { count } from "../words.js";

export function mountHeld(corrections) {
  const text = make("span");
  const again = make("button", { type: "button", onclick: () => leave(() => corrections.run()) }, "Try again");
  const discard = make("button", { type: "button", onclick: () => leave(() => corrections.drop()) }, "Discard");
  const held = make("div", { class: "notice held" }, text, make("span", { class: "actions" }, again, discard));
  at("panel").tabIndex = -1;
  corrections.addEventListener("waiting", () => {
    warn(corrections.waiting.length > 0);
    if (!corrections.refusal) return held.remove();
    text.textContent = sentence(corrections);
    if (!held.isConnected) at("notices").append(held);
  });
}

/** Do what makes the notice vanish, with the focus where the keyboard goes on. */
function leave(what) {
  at("panel").focus();
  what();
}

function sentence({ waiting: [first, ...others], refusal }) {
  const more = others.length ? ` ${count(others.length, "more correction")} wait${others.length === 1 ? "s" : ""} behind it.` : "";
  return `Not saved: ${first.words()}. ${refusal.message}${more}`;
}

/** Let the browser ask before the page is left. */
function warn(waits) {
  if (waits) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

function ask(event) {
  event.preventDefault();
}
