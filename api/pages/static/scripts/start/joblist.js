// The part of the start page that lists the jobs: search, rows, deletion with undo, two to compare.

import { Deletions, handedOver } from "../deletions.js";
import { at, icon, make, settled, show } from "../dom.js";
import { bind } from "../keys.js";
import { notice, showError } from "../notices.js";
import { STATES, count } from "../words.js";
import { JobRow } from "./jobrow.js";
import { Listing } from "./listing.js";

const TYPED = 250; // milliseconds after the last letter

/** Return a function that shows a new job, of which no more is known than its upload, and returns its link. */
export function mountJobs() {
  const deletions = new Deletions();
  const listing = new Listing((id) => deletions.has(id));
  const rows = new Map(); // by id
  const ticked = new Map(); // the names by id, in the order of ticking
  let last = null; // the id of the job that was deleted last

  const showJobs = () => {
    if (!listing.jobs) return;
    for (const id of ticked.keys()) if (deletions.has(id)) ticked.delete(id);
    const kept = new Set(listing.jobs.map(({ id }) => id));
    for (const [id, row] of rows) if (!kept.has(id)) drop(id, row);
    place(listing.jobs.map(rowOf));
    showCount(listing);
    showCompare([...ticked]);
  };

  const rowOf = (job) => {
    if (!rows.has(job.id)) rows.set(job.id, new JobRow(job, { tick, remove }));
    const row = rows.get(job.id);
    row.update(job, ticked.has(job.id), ticked.size === 2);
    return row.element;
  };

  const drop = (id, row) => {
    if (row.element.contains(document.activeElement)) neighbour(row.element).focus();
    row.element.remove();
    rows.delete(id);
  };

  const tick = ({ id, filename }, on) => {
    if (on) ticked.set(id, filename);
    else ticked.delete(id);
    showJobs();
  };

  const remove = ({ id, filename }) => {
    last = id;
    deletions.plan(id);
    notice(`“${filename}” is deleted.`, { undo: () => takeBack(id) });
  };

  const takeBack = async (id) => {
    if (!deletions.undo(id)) notice("It is too late: that video is gone.");
    await listing.refresh();
    rows.get(id)?.link.focus();
  };

  listing.addEventListener("jobs", showJobs);
  listing.addEventListener("trouble", ({ detail }) => showError(detail && troubleOf(detail)));
  deletions.addEventListener("planned", () => listing.hide());
  deletions.addEventListener("settled", () => listing.refresh());
  deletions.addEventListener("refused", ({ detail }) => notice(detail.message));
  mountSearch(listing);
  bind("z", "Videos", "Take the last deletion back", () => last && takeBack(last));
  listing.refresh();
  const handed = handedOver();
  if (handed) remove(handed);

  return ({ job, name, size }) => {
    listing.put({ id: job, filename: name, size, state: "queued", progress: 0, created: Date.now() / 1000, shots: 0 });
    return rows.get(job)?.link;
  };
}

const troubleOf = ({ status, message }) => (status ? message : `${message} The list goes on by itself when it does.`);

function mountSearch(listing) {
  at("state").append(...Object.entries(STATES).map(([value, word]) => make("option", { value }, word)));
  const search = () => listing.search({ name: at("search").value.trim(), state: at("state").value });
  at("search").addEventListener("input", settled(TYPED, search));
  at("state").addEventListener("change", search);
  at("more").addEventListener("click", () => listing.more());
  bind("/", "Videos", "Search", () => at("search").focus());
}

/** Bring rows into this order. What is in its place already is not touched, so that it keeps focus and scroll. */
function place(elements) {
  let here = at("list").firstElementChild;
  for (const element of elements) {
    if (element === here) here = here.nextElementSibling;
    else at("list").insertBefore(element, here);
  }
}

/** What takes the focus of a row that goes. */
function neighbour(element) {
  const row = element.nextElementSibling ?? element.previousElementSibling;
  return row?.querySelector(".name") ?? at("search");
}

function showCount({ jobs: { length: number }, next, searched }) {
  const words = `${count(number, "video")}${next ? " and more" : ""}`;
  if (at("count").textContent !== words) at("count").textContent = words;
  show(at("empty"), !number);
  at("empty").textContent = emptyWords(searched, next);
  show(at("more"), Boolean(next));
}

function emptyWords(searched, next) {
  if (next) return "None among the newest videos: “Show more” looks further back.";
  if (searched) return "No video fits this search.";
  return "No videos yet. Drop one above, or choose one: it is listed here, and its shots are on a page of its own.";
}

function showCompare(ticked) {
  const [a, b] = ticked.map(([id]) => id);
  const link = at("compare");
  if (b) link.setAttribute("href", `/compare?${new URLSearchParams({ a, b })}`);
  else link.removeAttribute("href");
  link.setAttribute("aria-disabled", String(!b));
  link.title = ticked.map(([, name]) => name).join(" and ") || "Tick two videos to compare them";
  link.replaceChildren(icon("compare"), "Compare ", make("span", { class: "number" }, `${ticked.length} of 2`));
}
