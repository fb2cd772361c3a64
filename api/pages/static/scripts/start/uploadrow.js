// The row of one upload: its name, its progress, and the buttons for it.

import { icon, make, show } from "../dom.js";
import { bytes, clock, percent } from "../words.js";

const WORDS = { waiting: "Waits for its turn", paused: "Paused" };

/** Make a row that follows the upload. Its last button calls `cancel`. */
export function uploadRow(upload, cancel) {
  const bar = make("progress", { max: upload.size || 1, value: 0, "aria-label": `Upload of ${upload.name}` });
  const figures = make("p", { class: "soft number figures" });
  const trouble = make("p", { class: "trouble", role: "status" });
  const actions = make("div", { class: "actions" });
  const about = make("div", { class: "about" }, make("p", { class: "name" }, upload.name), bar, figures, trouble);
  const row = make("li", { class: "card upload" }, about, actions);

  const showProgress = () => {
    bar.value = upload.sent;
    figures.textContent = figuresOf(upload);
  };
  const showState = () => {
    row.dataset.state = upload.state;
    show(bar, upload.state !== "refused" && (upload.active || upload.sent > 0));
    show(figures, upload.state !== "refused");
    trouble.textContent = upload.trouble;
    fillActions(actions, upload, cancel);
    showProgress();
  };
  upload.addEventListener("progress", showProgress);
  upload.addEventListener("state", showState);
  showState();
  return row;
}

/** The row of an upload from an earlier visit; `choose` continues it, `discard` gives it up. */
export function unfinishedRow({ name, size, offset }, choose, discard) {
  const progress = offset === null ? bytes(size) : `${percent(offset / size)} of ${bytes(size)} has come`;
  const about = make(
    "div",
    { class: "about" },
    make("p", { class: "name" }, name),
    make("p", { class: "soft number" }, `${progress} · unfinished: choose the file again to go on`),
  );
  const actions = make(
    "div",
    { class: "actions" },
    button(name, "Choose the file", "upload", choose),
    button(name, "Discard", "delete", discard),
  );
  return make("li", { class: "card upload", dataset: { state: "unfinished" } }, about, actions);
}

/** `45 % of 1.3 GB · 2.1 MB/s · 0:40 left` */
function figuresOf({ state, sent, size, speed, left }) {
  const parts = [sent ? `${percent(Math.floor((100 * sent) / size) / 100)} of ${bytes(size)}` : bytes(size)];
  if (WORDS[state]) parts.push(WORDS[state]);
  if (state === "sending" && left !== null) parts.push(`${bytes(speed.value)}/s`, `${clock(Math.ceil(left))} left`);
  return parts.join(" · ");
}

/** Show the buttons for the current state. A button that stays keeps the focus; one that replaces another gets it. */
function fillActions(actions, upload, cancel) {
  const wanted = wantedActions(upload, cancel);
  const key = wanted.map(([name]) => name).join();
  if (actions.dataset.key === key) return;
  const focused = [...actions.children].indexOf(document.activeElement);
  actions.dataset.key = key;
  actions.replaceChildren(...wanted.map((action) => button(upload.name, ...action)));
  if (focused >= 0) actions.children[Math.min(focused, actions.children.length - 1)]?.focus();
}

function wantedActions(upload, cancel) {
  const last = ["Cancel", "close", cancel];
  if (upload.active) return [["Pause", "pause", () => upload.pause()], last];
  if (upload.state === "paused") return [["Resume", "play", () => upload.wait()], last];
  if (upload.state !== "refused") return [last];
  const dismiss = ["Dismiss", "close", cancel];
  return upload.final ? [dismiss] : [["Retry", "undo", () => upload.wait()], dismiss];
}

function button(name, word, picture, onclick) {
  return make("button", { type: "button", "aria-label": `${word} ${name}`, onclick }, icon(picture), word);
}
