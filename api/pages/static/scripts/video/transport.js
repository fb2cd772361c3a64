// The controls under the picture: shot by shot, frame by frame, the timecode; and the shortcuts for them.

import { icon, make } from "../dom.js";
import { bind } from "../shortcuts.js";
import { shuttle } from "./shuttle.js";
import { timecodeAt } from "./timecode.js";

const SPEEDS = { "0.5": "½×", 1: "1×", 2: "2×" };

/** Make the controls. They and their shortcuts do nothing until there is a shot. */
export function transport(job, player) {
  const ifShots = (action) => () => job.shots.length && action();
  const button = (name, words, key, keyName, action) => {
    bind(key, "Player", words, ifShots(action));
    return make(
      "button",
      { type: "button", title: `${words} (${keyName})`, "aria-label": words, onclick: ifShots(action) },
      icon(name),
    );
  };
  const previous = button("previous", "Previous shot", "ArrowLeft", "←", () => player.skip(-1));
  const play = button("play", "Play or pause", " ", "Space", () => player.toggle());
  const next = button("next", "Next shot", "ArrowRight", "→", () => player.skip(1));
  const back = button("back", "One frame back", ",", ",", () => player.step(-1));
  const forward = button("forward", "One frame on", ".", ".", () => player.step(1));
  const loop = button("loop", "Loop this shot", "r", "r", () => toggleLoop(loop, player));
  loop.setAttribute("aria-pressed", "false");
  bind("Home", "Player", "First frame", ifShots(() => player.seek(job.shots[0].start)));
  bind("End", "Player", "Last frame", ifShots(() => player.seek(player.duration)));
  const speeding = shuttle(job, player);
  player.addEventListener("playing", () => showPlaying(play, player.speed !== 0));
  const shots = make("div", { role: "group", "aria-label": "Shots" }, previous, play, next, loop);
  const frames = make("div", { role: "group", "aria-label": "Frames" }, back, timecodeOf(job, player), forward);
  return make("div", { class: "transport" }, shots, frames, speed(player), speeding);
}

function toggleLoop(button, player) {
  player.looping = !player.looping;
  button.setAttribute("aria-pressed", player.looping);
}

function showPlaying(button, playing) {
  button.querySelector("use").setAttribute("href", `/static/icons.svg#${playing ? "pause" : "play"}`);
  button.setAttribute("aria-label", playing ? "Pause" : "Play");
}

function timecodeOf(job, player) {
  const element = make("span", { class: "timecode number", title: "Hours, minutes, seconds and frames" }, "00:00:00:00");
  const update = () => {
    if (!job.shots.length) return;
    const text = timecodeAt(player.time, job.shotAt(player.time), job.data.video);
    if (element.textContent !== text) element.textContent = text;
  };
  player.addEventListener("time", update);
  job.addEventListener("shots", update);
  return element;
}

function speed(player) {
  const options = Object.entries(SPEEDS).map(([rate, words]) => make("option", { value: rate, selected: rate === "1" }, words));
  const change = ({ target }) => (player.rate = Number(target.value));
  return make("select", { "aria-label": "Speed", title: "Speed", onchange: change }, ...options);
}
