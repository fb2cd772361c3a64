// How long a video is kept, and the switch to keep it for good.

import { at, make, show } from "./dom.js";
import { Refusal } from "./http.js";
import { showError } from "./notices.js";
import { day } from "./words.js";

export function mountKeeping(job) {
  const text = make("span");
  const box = make("input", { type: "checkbox", role: "switch", onchange: () => keep(job, box) });
  const label = make("label", { title: "A video that is kept for good is deleted by hand only" }, box, "Keep for good");
  at("keeping").append(text, " ", label);
  job.addEventListener("state", () => {
    show(at("keeping"), !job.running);
    box.checked = job.data.kept;
    text.textContent = wordsOf(job.data);
  });
  job.addEventListener("gone", () => show(at("keeping"), false));
}

async function keep(job, box) {
  try {
    await job.keep(box.checked);
    showError(null);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    box.checked = !box.checked;
    showError(refusal);
  }
}

function wordsOf({ kept, expires }) {
  if (expires) return `Kept until ${day(expires)}.`;
  return kept ? "Kept until somebody deletes it." : "Kept until somebody deletes it, as it was corrected by hand.";
}
