// Two videos side by side: their numbers with the difference, and their figures on the same axes.

import { at, make, show } from "./dom.js";
import { mountChooser, nameChosen } from "./figures/chooser.js";
import { Figure, choice, tableOf } from "./figures/figure.js";
import { histogramChart, reachOf, topOf } from "./figures/histogram.js";
import { matrix, mostOf } from "./figures/matrix.js";
import { NUMBERS, difference, meanings, written } from "./figures/numbers.js";
import { leastOf, rhythm } from "./figures/rhythm.js";
import { shareChart } from "./figures/shares.js";
import { statistics } from "./figures/statistics.js";
import { sleep } from "./http.js";
import { Job, TRY_AGAIN } from "./job.js";
import { HEADS, STATES } from "./words.js";

const LETTERS = { a: "A", b: "B" };
const settings = { log: false, whole: false, by: "shots" };
const region = { tabindex: "0", role: "region", "aria-label": "Numbers of both videos" };
const table = make("div", { class: "table card", ...region });
const figures = Object.fromEntries(
  ["rhythm", "histogram", "matrix"].map((name) => [name, [new Figure(), new Figure()]]),
);
const shares = Object.fromEntries(Object.keys(HEADS).map((head) => [head, new Figure()]));
let wanted = null; // the latest choice
let films = null; // what is shown: name and shots of A and B

mountSections();
mountChooser(choose);

/** Show both videos, or say which of them cannot be shown, and why; what is on its way is asked for again. */
async function choose(chosen) {
  const mine = (wanted = { ...chosen });
  let found = Object.keys(LETTERS).map((side) => ({ side, again: true }));
  for (;;) {
    found = await Promise.all(found.map((one) => (one.again ? load(one.side, chosen[one.side]) : one)));
    if (mine !== wanted) return;
    showBoth(found);
    if (!found.some(({ again }) => again)) return;
    await sleep(TRY_AGAIN);
    if (mine !== wanted) return;
  }
}

function showBoth(found) {
  for (const { side, job } of found) if (job) nameChosen(side, job.data);
  const told = found.filter(({ why }) => why).map(({ side, why }) => `${LETTERS[side]}: ${why}`);
  const words = told.map((one) => make("span", {}, one));
  if (at("told").textContent !== told.join("")) at("told").replaceChildren(...words); // else it would be read out again
  films = told.length ? null : found.map(({ job }) => ({ name: job.data.filename, shots: job.shots }));
  for (const id of ["numbers", "figures"]) show(at(id), Boolean(films));
  if (films) fill();
}

/** Load the job of a side: `why` is null when it has shots to be compared; `again` tells that it soon may have. */
async function load(side, id) {
  if (!id) return { side, why: "choose a video." };
  try {
    const job = new Job(id);
    await job.load();
    return { side, job, why: whyNot(job.data), again: job.running };
  } catch (refusal) {
    return { side, why: refusal.message, again: refusal.passing };
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
  const pair = (those) => make("div", { class: "figures" }, ...those.map(({ element }) => element));
  const below = [pair(Object.values(shares)), pair(figures.histogram), pair(figures.matrix)];
  at("figures").append(rhythms, pair(figures.rhythm), by, ...below);
}

function change(values) {
  Object.assign(settings, values);
  fillFigures();
}

function fill() {
  const [a, b] = films.map(({ shots }) => statistics(shots));
  const rows = NUMBERS.map((number) => [number.name, written(number, a), written(number, b), difference(number, a, b)]);
  table.replaceChildren(names(), tableOf(["", "A", "B", "B \u2212 A"], rows));
  fillFigures();
}

function names() {
  const one = ({ name }, letter) => make("div", {}, make("dt", {}, letter), make("dd", {}, name));
  return make("dl", { class: "names" }, one(films[0], "A"), one(films[1], "B"));
}

function fillFigures() {
  const shots = films.map((film) => film.shots);
  const axes = rhythmAxes(shots);
  const most = Math.max(...shots.map(mostOf));
  both("rhythm", (one) => rhythm(one, axes));
  both("histogram", (one) => histogramChart(one, histogramAxes(shots)));
  both("matrix", (one) => matrix(one, { most }));
  for (const [head, figure] of Object.entries(shares)) {
    figure.show(shareChart(films, head, settings.by), films.map(({ name }) => name).join(" and "));
  }
}

function both(figure, chart) {
  films.forEach(({ name, shots }, place) => figures[figure][place].show(chart(shots), name, "AB"[place]));
}

/** The axes on which both films have room. */
function rhythmAxes(shots) {
  const most = Math.max(...shots.map((one) => statistics(one).longest));
  const least = Math.min(...shots.map(leastOf));
  const until = settings.whole ? null : Math.max(...shots.map((one) => one.at(-1).end));
  return { log: settings.log, most, least, until };
}

function histogramAxes(shots) {
  const reaches = shots.map(reachOf);
  const reach = [Math.min(...reaches.map(([first]) => first)), Math.max(...reaches.map(([, last]) => last))];
  return { reach, top: Math.max(...shots.map(topOf)) };
}
