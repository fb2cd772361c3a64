// The list of jobs on the start page: search, rows, deletion with undo, the choice of two to compare.

import { Deletions, handedOver } from "../deletions.js";
import { at, debounce, icon, make, show } from "../dom.js";
import { notice, showError } from "../notices.js";
import { bind } from "../shortcuts.js";
import { STATES, count } from "../words.js";
import { JobRow } from "./jobrow.js";
import { Listing } from "./listing.js";

const TYPING_PAUSE = 250; // milliseconds after the last letter

/** Return a function that shows a new job, of which only the upload is known, and returns its link. */
export function mountJobs() {
  const deletions = new Deletions();
  const listing = new Listing((id) => deletions.has(id));
  const rows = new Map(); // by id
  const ticked = new Map(); // names by id, in the order in which they were ticked
  let lastDeleted = null; // id of the job that was deleted last

  const showJobs = () => {
    if (!listing.jobs) return;
    for (const id of ticked.keys()) if (deletions.has(id)) ticked.delete(id);
    const listed = new Set(listing.jobs.map(({ id }) => id));
    for (const [id, row] of rows) if (!listed.has(id)) drop(id, row);
    arrange(listing.jobs.map(rowOf));
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
    lastDeleted = id;
    deletions.plan(id);
    notice(`“${filename}” is deleted.`, { undo: () => undoDeletion(id) });
  };

  const undoDeletion = async (id) => {
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
  bind("z", "Videos", "Take the last deletion back", () => lastDeleted && undoDeletion(lastDeleted));
  listing.refresh();
  const handedJob = handedOver();
  if (handedJob) remove(handedJob);

  return ({ job, name, size }) => {
    listing.add({ id: job, filename: name, size, state: "queued", progress: 0, created: Date.now() / 1000, shots: 0 });
    return rows.get(job)?.link;
  };
}

const troubleOf = ({ status, message }) => (status ? message : `${message} The list goes on by itself when it does.`);

function mountSearch(listing) {
  at("state").append(...Object.entries(STATES).map(([value, word]) => make("option", { value }, word)));
  const search = () => listing.search({ name: at("search").value.trim(), state: at("state").value });
  at("search").addEventListener("input", debounce(TYPING_PAUSE, search));
  at("state").addEventListener("change", search);
  at("more").addEventListener("click", () => listing.more());
  bind("/", "Videos", "Search", () => at("search").focus());
}

/** Put rows into this order. A row that is in place already is not touched: it keeps focus and scroll position. */
function arrange(elements) {
  let current = at("list").firstElementChild;
  for (const element of elements) {
    if (element === current) current = current.nextElementSibling;
    else at("list").insertBefore(element, current);
  }
}

/** The element that takes the focus of a row that is removed. */
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
