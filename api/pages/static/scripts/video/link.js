// A button that copies a link to the selected shot.

import { icon, make } from "../dom.js";
import { notice } from "../notices.js";

/** Make the button. */
export function copyLink(job) {
  const copy = async () => {
    const address = linkTo(job.selected);
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    notice(copied ? `The link to shot ${job.selected + 1} is copied.` : `The link to shot ${job.selected + 1}: ${address}`);
  };
  const words = "Copy a link to this shot";
  return make("button", { type: "button", class: "link", title: words, "aria-label": words, onclick: copy }, icon("link"));
}

const linkTo = (index) => `${location.origin}${location.pathname}?shot=${index + 1}`;
