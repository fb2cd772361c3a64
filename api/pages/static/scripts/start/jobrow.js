// The row of one job in the list, updated in place while the job runs.

import { icon, make, show } from "../dom.js";
import { RUNNING } from "../job.js";
import { STATES, bytes, clock, count, percent, stateWords } from "../words.js";

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const WARN_DAYS = 7; // before a video is deleted
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60]];

/** The row of a job. Its controls call `tick(job, ticked)` and `remove(job)`. */
export class JobRow {
  constructor(job, { tick, remove }) {
    const name = job.filename;
    this.box = make("input", { type: "checkbox", "aria-label": `Compare ${name}`, onchange: () => tick(job, this.box.checked) });
    this.poster = make("a", { class: "poster", href: `/videos/${job.id}`, tabindex: "-1", "aria-hidden": "true" }, icon("film"));
    this.link = make("a", { class: "name", href: `/videos/${job.id}`, title: name }, name);
    this.facts = make("p", { class: "soft number" });
    this.time = make("time", { datetime: new Date(1000 * job.created).toISOString(), title: new Date(1000 * job.created).toLocaleString("en") });
    this.status = make("span");
    this.bar = make("progress", { max: 1, "aria-label": `Progress of ${name}` });
    this.message = make("p", { class: "trouble" });
    this.same = make("a", { class: "same", hidden: true }, "Same file as before");
    this.end = make("p", { class: "end", hidden: true });
    this.element = make(
      "li",
      { class: "card job" },
      make("label", { class: "tick" }, this.box),
      this.poster,
      make("div", { class: "about" }, this.link, this.facts, this.message, this.same),
      make("div", { class: "state number" }, this.status, this.bar),
      make("div", { class: "added soft" }, this.time, this.end),
      make("button", { type: "button", class: "remove", title: "Delete", "aria-label": `Delete ${name}`, onclick: () => remove(job) }, icon("delete")),
    );
  }

  /** Show the current state of the job. `full`: two jobs are ticked. */
  update(job, ticked, full) {
    const { state, progress, error, warning } = job;
    const left = daysLeft(job);
    const running = RUNNING.includes(state);
    write(this.facts, factsOf(job));
    write(this.time, ago(job.created));
    write(this.status, running && progress ? `${STATES[state]} · ${percent(progress)}` : stateWords(job));
    write(this.message, error ?? warning ?? "");
    this.same.href = `/videos/${job.duplicate_of}`; // not known yet while only the upload is
    show(this.same, Boolean(job.duplicate_of));
    show(this.end, left < WARN_DAYS);
    write(this.end, left < 1 ? "deleted within a day" : `deleted in ${count(Math.floor(left), "day")}`);
    show(this.bar, running && progress > 0);
    this.bar.value = progress;
    this.element.dataset.state = state;
    this.box.checked = ticked;
    this.box.disabled = state !== "done" || (full && !ticked);
    if (job.poster && job.poster !== this.picture?.getAttribute("src")) this.showPoster(job.poster);
  }

  /** Show a frame in place of the one before: the first shots may bring a better one. */
  showPoster(src) {
    const picture = make("img", { src, alt: "", loading: "lazy", width: 128, height: 72, onerror: () => picture.remove() });
    this.picture?.remove();
    this.picture = picture;
    this.poster.append(picture);
  }
}

function factsOf({ video, shots, size }) {
  if (!video) return bytes(size);
  return `${clock(video.duration)} · ${count(shots, "shot")} · ${bytes(size)}`;
}

/** Days until a video is deleted; Infinity if it is kept. */
function daysLeft({ expires }) {
  return expires ? (expires - Date.now() / 1000) / 86_400 : Infinity;
}

/** Seconds since 1970 as `5 minutes ago`. */
function ago(time) {
  const elapsed = Date.now() / 1000 - time;
  const [unit, seconds] = UNITS.find(([, length]) => elapsed >= length) ?? [];
  return unit ? RELATIVE.format(-Math.floor(elapsed / seconds), unit) : "just now";
}

/** Write a text only if it has changed; otherwise it would be laid out and read out again. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
