// What a person can take away from the page: exports, the report, a comparison. And deletion.

import { handOver } from "../deletions.js";
import { at, icon, make, show } from "../dom.js";
import { Refusal } from "../http.js";
import { showError } from "../notices.js";
import { HEADS, count, labelOf, listed } from "../words.js";

const TIERS = listed(["shots", "transitions", ...Object.values(HEADS).map(({ name }) => name.toLowerCase())]);
const FORMATS = {
  "sheet.pdf": ["Contact sheet", "a picture of each shot, to print (PDF)"],
  "sheet.png": ["Contact sheet", "the same as one picture (PNG)"],
  csv: ["CSV", "a line per shot, for spreadsheets"],
  json: ["JSON", "all that is known, for programs and for training"],
  otio: ["OpenTimelineIO", "clips with markers, for Resolve and Premiere"],
  edl: ["EDL", "a list of cuts and dissolves that every editing program opens"],
  fcpxml: ["Final Cut XML", "clips with markers, for Final Cut Pro and Resolve"],
  fcp7xml: ["Premiere XML", "clips with markers, for Premiere Pro and Resolve"],
  vtt: ["WebVTT", "a chapter per shot, for players"],
  eaf: ["ELAN", `tiers of ${TIERS}, for annotation`],
  movieshots: ["MovieShots", "the labels alone, for training"],
  zip: ["ZIP", "all of these but the sheets, with the frames"],
  "zip&frames=one": ["ZIP", "the same with one frame of each shot"],
};

export function mountTakeaway(job) {
  const menu = new Menu(job);
  const links = [
    link(`/videos/${encodeURIComponent(job.id)}/report`, "print", "Report"),
    link(`/compare?a=${encodeURIComponent(job.id)}`, "compare", "Compare"),
  ];
  const deleteJob = () =>
    handOver({ id: job.id, filename: job.data.filename }).catch((refusal) => {
      if (!(refusal instanceof Refusal)) throw refusal;
      showError(refusal);
    });
  const remove = make(
    "button",
    { type: "button", class: "danger", onclick: deleteJob, disabled: true },
    icon("delete"),
    "Delete",
  );
  at("actions").append(menu.element, ...links, remove);
  job.addEventListener("filter", () => menu.show());
  job.addEventListener("shots", () => menu.show());
  job.addEventListener("state", () => {
    menu.button.disabled = job.running;
    remove.disabled = false; // before that, not even the name is known
    for (const element of [menu.element, ...links]) show(element, job.data.state !== "failed");
  });
}

function link(href, symbol, words) {
  return make("a", { class: "button", href }, icon(symbol), words);
}

/** A button, and below it a list of links while the menu is open. */
class Menu {
  constructor(job) {
    this.job = job;
    this.links = Object.keys(FORMATS).map((format) => item(format));
    this.only = make("input", { type: "checkbox", onchange: () => this.show() });
    this.countText = make("span");
    this.filtered = make("label", { class: "filtered" }, this.only, this.countText);
    this.fromZero = make("input", { type: "checkbox", onchange: () => this.show() });
    this.timecode = make("label", { class: "filtered" }, this.fromZero, "Count timecodes from zero");
    const lines = [this.filtered, this.timecode, make("ul", {}, ...this.links)];
    this.list = make("div", { id: "exports", class: "card menu", hidden: true }, ...lines);
    const opens = { type: "button", disabled: true, "aria-expanded": "false", "aria-controls": "exports" };
    this.button = make("button", { ...opens, onclick: () => this.open(this.list.hidden) }, icon("download"), "Export");
    this.element = make("div", { class: "export", onkeydown: (event) => this.escape(event) }, this.button, this.list);
    // The menu closes when the focus or a click goes elsewhere.
    this.element.addEventListener("focusout", ({ relatedTarget: to }) => to && !this.element.contains(to) && this.open(false));
    document.addEventListener("click", ({ target }) => this.element.contains(target) || this.open(false));
  }

  open(open) {
    show(this.list, open);
    this.button.setAttribute("aria-expanded", open);
    this.show();
  }

  escape(event) {
    if (event.key !== "Escape" || this.list.hidden) return;
    event.preventDefault();
    this.open(false);
    this.button.focus();
  }

  /** Let the links export the chosen shots; while the menu is closed, nobody sees them. */
  show() {
    if (this.list.hidden) return;
    const { job } = this;
    const chosen = job.shots.filter((shot) => matches(shot, job.filter)).length;
    const filtered = chosen > 0 && chosen < job.shots.length;
    show(this.filtered, filtered);
    show(this.timecode, Boolean(job.data.video?.timecode));
    this.countText.textContent = `Only the ${count(chosen, "shot")} with the labels that the list shows`;
    const filter = filtered && this.only.checked ? job.filter : {};
    for (const { firstChild: anchor } of this.links) {
      anchor.href = `${job.address}/export?${query(anchor.dataset.format, filter, this.fromZero.checked)}`;
    }
  }
}

function item(format) {
  const [name, use] = FORMATS[format];
  const words = [make("span", { class: "name" }, name), make("span", { class: "soft" }, use)];
  return make("li", {}, make("a", { download: "", dataset: { format } }, ...words));
}

/** Whether a shot has the labels of a filter; exports can be filtered by nothing else. */
function matches(shot, filter) {
  return Object.keys(HEADS).every((head) => !filter[head].size || filter[head].has(labelOf(shot, head)));
}

/** `format=csv&scale=MS,CS` */
function query(format, filter, fromZero) {
  const chosen = Object.entries(filter).filter(([, labels]) => labels.size);
  const parts = [`format=${format}`, ...chosen.map(([head, labels]) => `${head}=${[...labels].join(",")}`)];
  return [...parts, ...(fromZero ? ["timecode=zero"] : [])].join("&");
}
