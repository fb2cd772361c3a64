// The page: sends a video, then follows its job by GET /jobs/<id> and shows the shots as they come.

import { at, count, makeShot, percent, showLabels, showSummary } from "./shots.js";

const RUNNING = ["queued", "splitting", "predicting"];
const TRY_AGAIN = 3; // seconds, while the service does not answer

const show = (...ids) => ids.forEach((id) => (at(id).hidden = false));
const hide = (...ids) => ids.forEach((id) => (at(id).hidden = true));

let followed = null; // the id of the job on the page; whoever waits for another one gives up
let upload = null; // the XMLHttpRequest under way

// What is on the page.

function clear() {
  followed = null;
  upload?.abort();
  upload = null;
  hide("error", "job", "cancel", "json", "another", "delete", "summary", "warning");
  show("choose", "running");
  for (const id of ["facts", "status", "totals", "shares", "shots"]) at(id).replaceChildren();
  at("choose").reset();
  document.title = "Shotlens";
}

function showError(sentence) {
  at("error").textContent = sentence;
  show("error");
}

/** Tell a screen reader what the eye sees from the bar: now and then, not at every step. */
function say(text) {
  if (at("live").textContent !== text) at("live").textContent = text;
}

function showProgress(share, text) {
  at("bar").value = share;
  at("status").textContent = text;
}

function showName(name) {
  at("name").textContent = name;
  document.title = `${name} – Shotlens`;
  hide("choose", "error");
  show("job");
}

/** Return the sentence of a problem document, or one of our own where the answer is none. */
function sentence(status, text) {
  try {
    return JSON.parse(text).detail || text;
  } catch {
    return status ? `The server answered ${status}.` : "The connection to the server is lost.";
  }
}

// The upload.

function send(files) {
  if (upload || !files.length) return;
  clear();
  const { limit, limitText } = at("choose").dataset;
  const [file] = files;
  if (files.length > 1) return showError("One video at a time, please.");
  if (!file.size) return showError("The file is empty, or it is a folder.");
  if (file.size > Number(limit)) return showError(`The video is too large: at most ${limitText} are accepted.`);
  post(file);
}

function post(file) {
  const form = new FormData();
  form.append("file", file);
  const request = (upload = new XMLHttpRequest());
  const began = performance.now();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const speed = loaded / 1e6 / Math.max(0.001, (performance.now() - began) / 1000);
    const left = loaded < total ? `at ${speed.toFixed(1)} MB/s` : "the server checks it";
    showProgress(loaded / total, `Uploading: ${percent(loaded / total)}, ${left}`);
    say(`Uploading, ${25 * Math.floor((4 * loaded) / total)} %`);
  });
  request.addEventListener("load", () => finished(request));
  request.addEventListener("error", () => refused("The connection broke off during the upload. Try it again."));
  request.open("POST", "/predict");
  request.send(form);
  showName(file.name);
  showProgress(0, "Uploading");
  show("cancel");
  at("name").focus();
}

function finished(request) {
  if (request.status >= 300) return refused(sentence(request.status, request.responseText));
  upload = null;
  const { id } = JSON.parse(request.responseText);
  history.pushState(null, "", `?job=${id}`);
  hide("cancel");
  follow(id);
}

function refused(text) {
  clear();
  showError(text);
  at("file").focus();
}

// The job.

async function follow(id) {
  followed = id;
  while (followed === id) {
    const [job, pause] = await ask(id);
    if (followed !== id) return;
    if (job) showJob(job);
    if (pause === null) return;
    await new Promise((wake) => setTimeout(wake, 1000 * pause));
  }
}

/** Ask for the job; return it, or null, and after how many seconds to ask again: null when never. */
async function ask(id) {
  let answer, text;
  try {
    answer = await fetch(`/jobs/${encodeURIComponent(id)}`);
    text = await answer.text();
  } catch {
    return lost();
  }
  if (answer.status >= 500) return lost();
  if (answer.status === 429) return [null, Number(answer.headers.get("Retry-After")) || TRY_AGAIN];
  if (answer.ok) {
    hide("error");
    const job = JSON.parse(text);
    return [job, RUNNING.includes(job.state) ? Number(answer.headers.get("Retry-After")) || 1 : null];
  }
  if (followed === id) refused(sentence(answer.status, text));
  return [null, null];
}

function lost() {
  showError("The server does not answer. Trying again …");
  return [null, TRY_AGAIN];
}

function showJob(job) {
  if (at("job").hidden) showName(job.filename);
  show("json", "another", "delete");
  at("json").href = `/jobs/${job.id}`;
  if (job.video) showFacts(job.video);
  const items = at("shots");
  job.shots.slice(items.children.length).forEach((shot) => items.append(makeShot(shot)));
  job.shots.forEach((shot, position) => showLabels(items.children[position], shot));
  showState(job);
}

function showFacts(video) {
  const rate = Number(video.fps.toFixed(2));
  at("facts").textContent = `${video.duration.toFixed(1)} s · ${video.width} × ${video.height} · ${rate} frames/s`;
  at("shots").style.setProperty("--shape", `${video.width} / ${video.height}`);
}

function showState(job) {
  const predicted = job.shots.filter((shot) => shot.scale).length;
  const found = count(job.shots.length);
  const texts = {
    queued: "Waiting for its turn",
    splitting: `Finding the shots: ${found} so far`,
    predicting: `Predicting movement and scale: ${predicted} of ${found}`,
  };
  const running = RUNNING.includes(job.state);
  at("running").hidden = !running;
  if (running) showProgress(job.progress, `${texts[job.state]} · ${percent(job.progress)}`);
  if (job.error) showError(job.error);
  at("warning").hidden = !job.warning;
  at("warning").textContent = job.warning ?? "";
  at("summary").hidden = job.state !== "done";
  if (job.state === "done") showSummary(job);
  say({ done: `Done: ${found}.`, failed: "" }[job.state] ?? texts[job.state].replace(/:.*/, ""));
}

// What a person does.

async function remove() {
  const id = followed;
  if (!id || !confirm("Delete this video and its shots? This cannot be undone.")) return;
  const answer = await fetch(`/jobs/${id}`, { method: "DELETE" }).catch(() => null);
  if (!answer?.ok && answer?.status !== 404) {
    return showError(sentence(answer?.status ?? 0, (await answer?.text()) ?? ""));
  }
  history.pushState(null, "", "/");
  clear();
  say("Deleted.");
  at("file").focus();
}

function route() {
  clear();
  const id = new URLSearchParams(location.search).get("job");
  if (id) follow(id);
}

at("file").addEventListener("change", () => send([...at("file").files]));
at("cancel").addEventListener("click", () => refused("The upload was cancelled."));
at("delete").addEventListener("click", remove);
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault(); // a file dropped beside the field must not replace the page
    at("choose").classList.toggle("over", kind === "dragover");
    if (kind === "drop") send([...event.dataTransfer.files]);
  });
}
document.addEventListener("dragleave", () => at("choose").classList.remove("over"));
window.addEventListener("popstate", route);
route();
