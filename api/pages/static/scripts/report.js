// The report of one video, to be printed: its facts, numbers, timeline, figures, and a frame of some shots, on one page.

import { at, icon, make, show } from "./dom.js";
import { mountEnding } from "./ending.js";
import { histogramChart } from "./figures/histogram.js";
import { matrix } from "./figures/matrix.js";
import { numberList } from "./figures/numbers.js";
import { rhythm } from "./figures/rhythm.js";
import { shareChart } from "./figures/shares.js";
import { statistics } from "./figures/statistics.js";
import { legend, strip } from "./figures/strip.js";
import { Job } from "./job.js";
import { isPlain } from "./looks.js";
import { HEADS, STATES, count, facts, wordOf } from "./words.js";

// As many frames as fit on the page: the figure of a third head starts another row, which takes the room of two rows.
const MAX_FRAMES = Object.keys(HEADS).length > 2 ? 8 : 24;
const HEIGHT = 140; // pixels, of the taller figures

const job = new Job(at("main").dataset.job);
job.addEventListener("state", showState);
job.addEventListener("shots", () => {
  if (!job.running && job.shots.length) fill();
});
job.addEventListener("gone", () => {
  for (const id of ["report", "print", "back", "told"]) show(at(id), false);
});
mountEnding(job);
at("print").append(icon("print"), "Print");
at("print").addEventListener("click", () => window.print());
at("back").href = `/videos/${job.id}`;
job.follow();

function showState() {
  const { filename, state } = job.data;
  document.title = `${filename} – report – Shotlens`;
  show(at("told"), state !== "done");
  at("told").textContent = job.running
    ? `${filename} is not done yet: ${STATES[state].toLowerCase()}. The report comes when it is.`
    : `${filename} has failed, so there is nothing to report.`;
}

function fill() {
  const { filename, video, model } = job.data;
  const today = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
  show(at("report"));
  show(at("print"));
  at("name").textContent = filename;
  at("facts").textContent = [facts(video), model && `labels by ${model.name}`, today].filter(Boolean).join(" · ");
  at("numbers").replaceChildren(numberList(statistics(job.shots)));
  const legends = Object.keys(HEADS).filter((head) => !isPlain(head)).map(legendOf);
  at("strip").replaceChildren(strip(job.shots, at("strip").clientWidth), ...legends);
  fillFigures();
  fillFrames();
}

const legendOf = (head) => make("ul", { class: "legend", "aria-label": HEADS[head].name }, ...legend(head));

function fillFigures() {
  const films = [{ shots: job.shots }];
  const charts = {
    rhythm: rhythm(job.shots, { height: HEIGHT }),
    histogram: histogramChart(job.shots, { height: HEIGHT }),
    ...Object.fromEntries(Object.keys(HEADS).map((head) => [`shares-${head}`, shareChart(films, head, "shots")])),
    matrix: matrix(job.shots),
  };
  for (const [id, chart] of Object.entries(charts)) {
    const plot = make("div");
    at(id).replaceChildren(make("h3", {}, chart.title), plot, make("figcaption", { class: "unseen" }, chart.words));
    plot.append(chart.draw(plot.clientWidth));
  }
}

/** Show a frame of every shot, or of evenly chosen shots if there are too many. */
function fillFrames() {
  const total = job.shots.length;
  const shown = Math.min(MAX_FRAMES, total);
  const chosen = Array.from({ length: shown }, (_, index) => job.shots[Math.floor(((index + 0.5) * total) / shown)]);
  at("frames-title").textContent = shown < total ? `${shown} of ${count(total, "shot")}, evenly chosen` : "All shots";
  at("frames").replaceChildren(...chosen.map(frameOf));
}

function frameOf(shot) {
  const words = Object.keys(HEADS).map((head) => wordOf(shot, head));
  const name = make("span", { class: "number" }, make("b", {}, String(shot.index + 1)), ` ${shot.start_timecode}`);
  const image = make("img", { src: shot.frames[4], alt: `Shot ${shot.index + 1}` });
  return make("li", {}, image, name, ...words.map((word) => make("span", {}, word)));
}
