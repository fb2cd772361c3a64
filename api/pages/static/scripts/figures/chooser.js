// The two lists from which videos are chosen to be compared. The choice is kept in the address.

import { at, make, settled } from "../dom.js";
import { ask } from "../http.js";
import { showError } from "../notices.js";
import { clock, count } from "../words.js";

const MOST = 200;
const SIDES = ["a", "b"];

/** Fill the lists; call `then` with the ids, `{ a, b }`, at first and whenever one changes. An id not chosen is "". */
export async function mountChooser(then) {
  const address = new URLSearchParams(location.search);
  const chosen = Object.fromEntries(SIDES.map((side) => [side, address.get(side) ?? ""]));
  for (const side of SIDES) {
    at(side).addEventListener("change", () => {
      chosen[side] = at(side).value;
      history.replaceState(null, "", `?${new URLSearchParams(chosen)}`);
      then(chosen);
    });
  }
  at("choice").addEventListener("submit", (event) => event.preventDefault());
  at("name").addEventListener("input", settled(250, () => fill(chosen)));
  await fill(chosen);
  then(chosen);
}

/** Name the video that is chosen where the list holds it not: it is older, or has another name than was looked for. */
export function nameChosen(side, { id, filename }) {
  const option = [...at(side).options].find(({ value }) => value === id);
  if (option?.dataset.unnamed) option.textContent = filename;
}

async function fill(chosen) {
  const name = at("name").value;
  try {
    const jobs = await listed(name);
    if (name !== at("name").value) return; // another search has begun meanwhile
    for (const side of SIDES) at(side).replaceChildren(...optionsOf(jobs, chosen[side], at(side)));
    showError(null);
  } catch (refusal) {
    showError(refusal);
  }
}

/** Finished videos, newest first. A page may be short and still have a next one. Raises Refusal. */
async function listed(name) {
  const jobs = [];
  let next = `/jobs?${new URLSearchParams({ state: "done", limit: MOST, ...(name && { name }) })}`;
  while (next && jobs.length < MOST) {
    const page = await (await ask(next)).json();
    jobs.push(...page.jobs);
    next = page.next;
  }
  return jobs;
}

function optionsOf(jobs, id, list) {
  const options = jobs.map((job) => make("option", { value: job.id, selected: job.id === id }, wordsOf(job)));
  if (!id) return [make("option", { value: "" }, "Choose a video …"), ...options];
  if (jobs.some((job) => job.id === id)) return options;
  const before = [...list.options].find(({ value }) => value === id)?.textContent;
  const dataset = before ? {} : { unnamed: "yes" };
  return [make("option", { value: id, selected: true, dataset }, before ?? "…"), ...options];
}

function wordsOf({ filename, video, shots, created }) {
  const day = new Date(1000 * created).toLocaleDateString("en-GB", { dateStyle: "medium" });
  return `${filename} · ${clock(video?.duration ?? 0)} · ${count(shots, "shot")} · ${day}`;
}
