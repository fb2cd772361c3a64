// Two videos side by side: their numbers with the difference, and their figures on the same axes.

import { at, make, show } from "./dom.js";
import { mountChooser, nameChosen } from "./figures/chooser.js";
import { Figure, choice, tableOf } from "./figures/figure.js";
import { histogramChart, reachOf, topOf } from "./figures/histogram.js";
import { matrix, maxOf } from "./figures/matrix.js";
import { NUMBERS, difference, meanings, textOf } from "./figures/numbers.js";
import { minOf, rhythm } from "./figures/rhythm.js";
import { shareChart } from "./figures/shares.js";
import { statistics } from "./figures/statistics.js";
import { sleep } from "./http.js";
import { Job, RETRY_SECONDS } from "./job.js";
import { HEADS, STATES } from "./words.js";

const LETTERS = { a: "A", b: "B" };
const settings = { log: false, whole: false, by: "shots" };
const region = { tabindex: "0", role: "region", "aria-label": "Numbers of both videos" };
const table = make("div", { class: "table card", ...region });
const figures = Object.fromEntries(
  ["rhythm", "histogram", "matrix"].map((name) => [name, [new Figure(), new Figure()]]),
);
const shares = Object.fromEntries(Object.keys(HEADS).map((head) => [head, new Figure()]));
let latestChoice = null; // the ids chosen last
let films = null; // names and shots of A and B; null while they are not shown

mountSections();
mountChooser(choose);

/** Show both videos, or say which of them cannot be shown, and why. Try those that may soon be ready until they are. */
async function choose(ids) {
  const current = (latestChoice = { ...ids });
  let results = Object.keys(LETTERS).map((side) => ({ side, retry: true }));
  for (;;) {
    results = await Promise.all(results.map((result) => (result.retry ? load(result.side, ids[result.side]) : result)));
    if (current !== latestChoice) return;
    showBoth(results);
    if (!results.some(({ retry }) => retry)) return;
    await sleep(RETRY_SECONDS);
    if (current !== latestChoice) return;
  }
}

function showBoth(results) {
  for (const { side, job } of results) if (job) nameChosen(side, job.data);
  const messages = results.filter(({ why }) => why).map(({ side, why }) => `${LETTERS[side]}: ${why}`);
  const spans = messages.map((message) => make("span", {}, message));
  if (at("told").textContent !== messages.join("")) at("told").replaceChildren(...spans); // not read out twice
  films = messages.length ? null : results.map(({ job }) => ({ name: job.data.filename, shots: job.shots }));
  for (const id of ["numbers", "figures"]) show(at(id), Boolean(films));
  if (films) fill();
}

/** Load the video of a side. `why` is null if it can be compared; `retry` says that it may soon be possible. */
async function load(side, id) {
  if (!id) return { side, why: "choose a video." };
  try {
    const job = new Job(id);
    await job.load();
    return { side, job, why: whyNot(job.data), retry: job.running };
  } catch (refusal) {
    return { side, why: refusal.message, retry: refusal.temporary };
  }
}

function whyNot({ filename, state, error, shots }) {
  if (state === "failed") return `${filename} has failed. ${error ?? ""}`;
  if (state !== "done") return `${filename} is not done yet: ${STATES[state].toLowerCase()}. It is compared when it is.`;
  return shots.length ? null : `${filename} has no shots.`;
}

function mountSections() {
  at("numbers").append(table, meanings());
  const rhythms = make("div", { class: "tools" },
    choice("Axis", { linear: "Linear", log: "Log" }, (key) => change({ log: key === "log" })),
    choice("Time", { seconds: "Same time", whole: "0 to 100 %" }, (key) => change({ whole: key === "whole" })));
  const by = make("div", { class: "tools" },
    choice("Share", { shots: "By shots", seconds: "By time" }, (key) => change({ by: key })));
  const grid = (members) => make("div", { class: "figures" }, ...members.map(({ element }) => element));
  const grids = [grid(Object.values(shares)), grid(figures.histogram), grid(figures.matrix)];
  at("figures").append(rhythms, grid(figures.rhythm), by, ...grids);
}

function change(values) {
  Object.assign(settings, values);
  fillFigures();
}

function fill() {
  const [a, b] = films.map(({ shots }) => statistics(shots));
  const rows = NUMBERS.map((number) => [number.name, textOf(number, a), textOf(number, b), difference(number, a, b)]);
  table.replaceChildren(names(), tableOf(["", "A", "B", "B \u2212 A"], rows));
  fillFigures();
}

function names() {
  const entry = ({ name }, letter) => make("div", {}, make("dt", {}, letter), make("dd", {}, name));
  return make("dl", { class: "names" }, entry(films[0], "A"), entry(films[1], "B"));
}

function fillFigures() {
  const shotLists = films.map((film) => film.shots);
  const axes = rhythmAxes(shotLists);
  const max = Math.max(...shotLists.map(maxOf));
  showPair("rhythm", (shots) => rhythm(shots, axes));
  showPair("histogram", (shots) => histogramChart(shots, histogramAxes(shotLists)));
  showPair("matrix", (shots) => matrix(shots, { max }));
  for (const [head, figure] of Object.entries(shares)) {
    figure.show(shareChart(films, head, settings.by), films.map(({ name }) => name).join(" and "));
  }
}

function showPair(figure, chart) {
  films.forEach(({ name, shots }, side) => figures[figure][side].show(chart(shots), name, "AB"[side]));
}

/** The axes on which both films fit. */
function rhythmAxes(shotLists) {
  const max = Math.max(...shotLists.map((shots) => statistics(shots).longest));
  const min = Math.min(...shotLists.map(minOf));
  const until = settings.whole ? null : Math.max(...shotLists.map((shots) => shots.at(-1).end));
  return { log: settings.log, max, min, until };
}

function histogramAxes(shotLists) {
  const reaches = shotLists.map(reachOf);
  const reach = [Math.min(...reaches.map(([first]) => first)), Math.max(...reaches.map(([, last]) => last))];
  return { reach, top: Math.max(...shotLists.map(topOf)) };
}
