// The row of one job in the list, updated in place while the job runs.

import { icon, make, show } from "../dom.js";
import { RUNNING } from "../job.js";
import { STATES, bytes, clock, count, percent } from "../words.js";

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
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
    this.element = make(
      "li",
      { class: "card job" },
      make("label", { class: "tick" }, this.box),
      this.poster,
      make("div", { class: "about" }, this.link, this.facts, this.message),
      make("div", { class: "state number" }, this.status, this.bar),
      make("div", { class: "added soft" }, this.time),
      make("button", { type: "button", class: "remove", title: "Delete", "aria-label": `Delete ${name}`, onclick: () => remove(job) }, icon("delete")),
    );
  }

  /** Show the current state of the job. `full`: two jobs are ticked. */
  update(job, ticked, full) {
    const { state, progress, error, warning } = job;
    const running = RUNNING.includes(state);
    write(this.facts, factsOf(job));
    write(this.time, ago(job.created));
    write(this.status, running && progress ? `${STATES[state]} · ${percent(progress)}` : (STATES[state] ?? state));
    write(this.message, error ?? warning ?? "");
    show(this.bar, running && progress > 0);
    this.bar.value = progress;
    this.element.dataset.state = state;
    this.box.checked = ticked;
    this.box.disabled = state !== "done" || (full && !ticked);
    if (job.poster && !this.picture) this.showPoster(job.poster);
  }

  showPoster(src) {
    this.picture = make("img", { src, alt: "", loading: "lazy", width: 128, height: 72, onerror: () => this.picture.remove() });
    this.poster.append(this.picture);
  }
}

function factsOf({ video, shots, size }) {
  if (!video) return bytes(size);
  return `${clock(video.duration)} · ${count(shots, "shot")} · ${bytes(size)}`;
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
