// The two lists from which a person chooses the videos to compare. The choice is kept in the address.

import { at, debounce, make } from "../dom.js";
import { ask } from "../http.js";
import { showError } from "../notices.js";
import { clock, count } from "../words.js";

const MAX_VIDEOS = 200;
const SIDES = ["a", "b"];

/** Fill the lists; call `callback` with the ids, `{ a, b }`, now and whenever one changes. "" means none is chosen. */
export async function mountChooser(callback) {
  const address = new URLSearchParams(location.search);
  const chosen = Object.fromEntries(SIDES.map((side) => [side, address.get(side) ?? ""]));
  for (const side of SIDES) {
    at(side).addEventListener("change", () => {
      chosen[side] = at(side).value;
      history.replaceState(null, "", `?${new URLSearchParams(chosen)}`);
      callback(chosen);
    });
  }
  at("choice").addEventListener("submit", (event) => event.preventDefault());
  at("name").addEventListener("input", debounce(250, () => fill(chosen)));
  await fill(chosen);
  callback(chosen);
}

/** Name the chosen video if it is not in the list, because it is older or its name does not match the search. */
export function nameChosen(side, { id, filename }) {
  const option = [...at(side).options].find(({ value }) => value === id);
  if (option?.dataset.unnamed) option.textContent = filename;
}

async function fill(chosen) {
  const name = at("name").value;
  try {
    const jobs = await loadJobs(name);
    if (name !== at("name").value) return; // another search has begun in the meantime
    for (const side of SIDES) at(side).replaceChildren(...optionsOf(jobs, chosen[side], at(side)));
    showError(null);
  } catch (refusal) {
    showError(refusal);
  }
}

/** Load the finished videos, newest first. A page may be short and still have a next one. Throws Refusal. */
async function loadJobs(name) {
  const jobs = [];
  let next = `/jobs?${new URLSearchParams({ state: "done", limit: MAX_VIDEOS, ...(name && { name }) })}`;
  while (next && jobs.length < MAX_VIDEOS) {
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
  const shownName = [...list.options].find(({ value }) => value === id)?.textContent;
  const dataset = shownName ? {} : { unnamed: "yes" };
  return [make("option", { value: id, selected: true, dataset }, shownName ?? "…"), ...options];
}

function wordsOf({ filename, video, shots, created }) {
  const day = new Date(1000 * created).toLocaleDateString("en-GB", { dateStyle: "medium" });
  return `${filename} · ${clock(video?.duration ?? 0)} · ${count(shots, "shot")} · ${day}`;
}
