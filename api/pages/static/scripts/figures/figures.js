// The film at a glance on the page of a video: its numbers and figures.

import { at, make } from "../dom.js";
import { HEADS } from "../words.js";
import { Figure, choice } from "./figure.js";
import { histogramChart } from "./histogram.js";
import { matrix } from "./matrix.js";
import { meanings, numberList } from "./numbers.js";
import { rhythm } from "./rhythm.js";
import { shareChart } from "./shares.js";
import { statistics } from "./statistics.js";

/** Fill the section of the figures and keep it up to date. */
export function mountFigures(job, player) {
  const numbers = make("div");
  const shares = Object.keys(HEADS).map((head) => sharesOf(job, head));
  const charts = [rhythmOf(job, player), ...shares, histogramOf(job), matrixOf(job)];
  const figures = make("div", { class: "figures" }, ...charts.map(({ element }) => element));
  at("figures").append(numbers, meanings(), figures);
  job.addEventListener("shots", () => {
    if (job.running || !job.shots.length) return;
    numbers.replaceChildren(numberList(statistics(job.shots), (shot) => seek(job, player, shot)));
    for (const chart of charts) chart.show();
  });
}

/** Go to a shot, and scroll to the player, which may be far up the page. */
function seek(job, player, shot) {
  job.select(shot.index);
  player.seek(shot.start);
  at("stage").scrollIntoView({ block: "nearest" });
}

function rhythmOf(job, player) {
  let log = false;
  const axis = choice("Axis", { linear: "Linear", log: "Log" }, (key) => show((log = key === "log")));
  const figure = new Figure(axis);
  figure.element.classList.add("wide");
  const follow = (shot) => seek(job, player, shot);
  const show = () => figure.show(rhythm(job.shots, { log, seek: follow }), job.data.filename);
  return { element: figure.element, show };
}

function sharesOf(job, head) {
  let by = "shots";
  const figure = new Figure(choice("Share", { shots: "By shots", seconds: "By time" }, (key) => show((by = key))));
  const show = () => figure.show(shareChart([{ shots: job.shots }], head, by), job.data.filename);
  return { element: figure.element, show };
}

function histogramOf(job) {
  const figure = new Figure();
  return { element: figure.element, show: () => figure.show(histogramChart(job.shots), job.data.filename) };
}

function matrixOf(job) {
  const figure = new Figure();
  return { element: figure.element, show: () => figure.show(matrix(job.shots), job.data.filename) };
}
