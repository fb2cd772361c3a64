// The page of one video: puts its parts together around one job.

import { at, show } from "./dom.js";
import { mountDuplicate } from "./duplicate.js";
import { mountEnding } from "./ending.js";
import { mountFigures } from "./figures/figures.js";
import { Job } from "./job.js";
import { mountKeeping } from "./keeping.js";
import { mountShortcuts } from "./shortcuts.js";
import { mountAddress } from "./video/address.js";
import { mountPanel } from "./video/panel.js";
import { Player } from "./video/player.js";
import { mountShots } from "./video/shots.js";
import { mountTakeaway } from "./video/takeaway.js";
import { mountTimeline } from "./video/timeline.js";
import { STATES, count, facts, percent, stateWords } from "./words.js";

const job = new Job(at("main").dataset.job);

job.addEventListener("state", showState);
job.addEventListener("shots", () => {
  for (const id of ["stage", "shots"]) show(at(id), job.shots.length > 0);
});
job.addEventListener("gone", () => {
  for (const id of ["running", "stage", "figures", "shots", "actions"]) show(at(id), false);
});
mountEnding(job);
mountDuplicate(job);
mountKeeping(job);

function showState() {
  const { state, progress, warning, filename, video } = job.data;
  document.title = `${filename} – Shotlens`;
  at("name").textContent = filename;
  at("facts").textContent = video ? facts(video) : "";
  show(at("warning"), Boolean(warning));
  at("warning").textContent = warning ?? "";
  show(at("figures"), state === "done" && job.shots.length > 0);
  show(at("running"), job.running);
  at("bar").value = progress;
  const soFar = `${STATES[state]}: ${count(job.shots.length, "shot")} so far · ${percent(progress)}`;
  at("status").textContent = state === "queued" ? stateWords(job.data) : soFar;
  announce(job.running ? STATES[state] : `${STATES[state]}: ${count(job.shots.length, "shot")}.`);
}

/** Tell a screen reader what the bar shows: each new state, but not every step. */
function announce(text) {
  if (at("said").textContent !== text) at("said").textContent = text;
}

const player = new Player(job);
mountAddress(job, player);
mountTimeline(job, player);
mountPanel(job, player);
mountShots(job, player);
mountFigures(job, player);
mountTakeaway(job);
mountShortcuts();
job.follow();
