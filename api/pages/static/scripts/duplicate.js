// The offer of an earlier result of the same file. Both videos stay until somebody deletes one.

import { at, make, show } from "./dom.js";
import { Refusal, ask } from "./http.js";
import { MARKS } from "./job.js";
import { count, day } from "./words.js";

export function mountDuplicate(job) {
  let offered = null; // the id of the earlier job
  job.addEventListener("state", async () => {
    const id = job.data.duplicate_of;
    if (!id || id === offered) return;
    offered = id;
    const earlier = await jobWith(id);
    if (earlier) offer(earlier);
  });
  job.addEventListener("gone", () => show(at("duplicate"), false));
}

/** The job with this id; null if it is not there, or cannot be read now. */
async function jobWith(id) {
  try {
    return await (await ask(`/jobs/${id}`)).json();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return null;
  }
}

function offer({ id, filename, created, shots, state }) {
  const corrected = shots.filter(MARKS.corrected).length;
  const facts = [count(shots.length, "shot"), corrected && `${corrected} of them corrected by hand`].filter(Boolean);
  const has = state === "done" ? `, and has ${facts.join(", ")}` : "";
  const text = `The same file is here already: “${filename}” came on ${day(created)}${has}. `;
  at("duplicate").replaceChildren(text, make("a", { href: `/videos/${id}` }, "Open the earlier one"));
  show(at("duplicate"));
}
