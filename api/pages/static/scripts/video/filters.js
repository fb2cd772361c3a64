// Which shots the list shows, and in which order. The choice is kept in the address, so that it survives a reload.

import { icon, make, show } from "../dom.js";
import { MARKS } from "../job.js";
import { colourOf } from "../looks.js";
import { HEADS, count, labelOf } from "../words.js";

const MARK_CHIPS = {
  uncertain: { words: "Uncertain only", sign: () => mark("uncertain") },
  corrected: { words: "By hand only", sign: () => icon("edited") },
};
const length = ({ start, end }) => end - start;
const confidence = (shot, head) => shot[head]?.confidence ?? 1; // a label that is not predicted yet counts as sure
const ascending = (value) => (a, b) => value(a) - value(b);

/** The orders by their names in the address. Shots that compare equal stay in the order of the film. */
const ORDERS = {
  film: { words: "Order of the film", compare: () => 0 },
  longest: { words: "Longest first", compare: ascending((shot) => -length(shot)) },
  shortest: { words: "Shortest first", compare: ascending(length) },
  unsure: { words: "Least sure first", compare: ascending(leastSure) },
  ...Object.fromEntries(Object.entries(HEADS).map(([head, { name }]) => [head, orderOf(head, name)])),
};

function orderOf(head, name) {
  return { words: `Least sure of ${name.toLowerCase()} first`, compare: ascending((shot) => confidence(shot, head)) };
}

/** How sure the model is of the label that it is least sure of. */
function leastSure(shot) {
  return Math.min(...Object.keys(HEADS).map((head) => confidence(shot, head)));
}

/** `element` holds the controls; `changed` is called when the list must show other shots, or another order. */
export class Filters {
  constructor(job, changed) {
    this.job = job;
    this.changed = changed;
    this.chips = [];
    this.readAddress();
    this.element = make("div", { class: "filters" }, ...this.groups(), this.foot());
    this.showPressed();
    job.addEventListener("filter", () => this.update());
  }

  /** The shots to show, in their order. */
  arranged() {
    return this.job.shots.filter((shot) => this.job.passes(shot)).sort(ORDERS[this.order].compare);
  }

  /** Show how many shots there are of each kind, and how many of all are shown. */
  count(shown) {
    const { shots, running } = this.job;
    for (const { number, matches } of this.chips) number.textContent = shots.filter(matches).length.toLocaleString("en");
    this.summary.setAttribute("aria-live", running ? "off" : "polite"); // not for each shot that arrives
    const total = count(shots.length, "shot");
    const text = this.filtering ? `${shown.toLocaleString("en")} of ${total}` : total;
    if (this.summary.textContent !== text) this.summary.textContent = text;
  }

  get sets() {
    return [...Object.values(this.job.filter), this.job.marks];
  }

  get filtering() {
    return this.sets.some(({ size }) => size > 0);
  }

  update() {
    this.showPressed();
    this.writeAddress();
    this.changed();
  }

  showPressed() {
    for (const { button, set, value } of this.chips) button.setAttribute("aria-pressed", set.has(value));
    show(this.showAllButton, this.filtering);
  }

  clear() {
    for (const set of this.sets) set.clear();
    this.job.emit("filter");
    this.chips[0].button.focus(); // the button that was pressed has disappeared
  }

  groups() {
    const groups = Object.entries(HEADS).map(([head, { name, labels }]) => {
      const chips = Object.entries(labels).map(([label, { word }]) => {
        const matches = (shot) => labelOf(shot, head) === label;
        return this.chip(this.job.filter[head], label, mark(colourOf(head, label)), word, matches);
      });
      return group(name, chips);
    });
    const marks = Object.entries(MARK_CHIPS).map(([name, { sign, words }]) => {
      return this.chip(this.job.marks, name, sign(), words, MARKS[name]);
    });
    return [...groups, make("div", { class: "group", role: "group", "aria-label": "Only" }, ...marks)];
  }

  chip(set, value, sign, words, matches) {
    const toggle = () => {
      if (!set.delete(value)) set.add(value);
      this.job.emit("filter");
    };
    const number = make("span", { class: "number soft" });
    const button = make("button", { type: "button", class: "chip", onclick: toggle }, sign, words, number);
    this.chips.push({ button, number, set, value, matches });
    return button;
  }

  foot() {
    this.summary = make("p", { class: "shown number", role: "status" });
    this.showAllButton = make("button", { type: "button", onclick: () => this.clear() }, "Show all");
    const options = Object.entries(ORDERS).map(([name, { words }]) => {
      return make("option", { value: name, selected: name === this.order }, words);
    });
    const choose = ({ target }) => {
      this.order = target.value;
      this.update();
    };
    const sort = make("select", { id: "sort", onchange: choose }, ...options);
    return make("div", { class: "foot" }, this.summary, this.showAllButton, make("label", { for: "sort" }, "Sort"), sort);
  }

  readAddress() {
    const query = new URLSearchParams(location.search);
    const read = (name, set, known) => {
      for (const value of (query.get(name) ?? "").split(",")) if (Object.hasOwn(known, value)) set.add(value);
    };
    for (const [head, { labels }] of Object.entries(HEADS)) read(head, this.job.filter[head], labels);
    read("only", this.job.marks, MARKS);
    this.order = Object.hasOwn(ORDERS, query.get("sort")) ? query.get("sort") : "film";
  }

  /** Leave what other parts of the page keep in the address. */
  writeAddress() {
    const query = new URLSearchParams(location.search);
    const write = (name, text) => (text ? query.set(name, text) : query.delete(name));
    for (const head of Object.keys(HEADS)) write(head, [...this.job.filter[head]].join());
    write("only", [...this.job.marks].join());
    write("sort", this.order === "film" ? "" : this.order);
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  }
}

const mark = (kind) => make("span", { class: `mark ${kind}`, "aria-hidden": "true" });

function group(name, chips) {
  return make("div", { class: "group", role: "group", "aria-label": name }, make("span", { class: "soft" }, name), ...chips);
}
