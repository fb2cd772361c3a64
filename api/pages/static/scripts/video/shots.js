// The list of shots: filtered, sorted, and filled only near what is in view, so that thousands of shots scroll smoothly.

import { at, make } from "../dom.js";
import { HEADS } from "../words.js";
import { CameraPaths } from "./camera.js";
import { Filters } from "./filters.js";
import { Row, timeOf } from "./shot_row.js";

const SCROLL_PAUSE = 5000; // ms after a person has scrolled, in which the list does not follow the playhead
const AROUND = "100%"; // of the list's height, above and below what is in view
const USUAL_LABELS = 2; // labels that fit into a row of the usual height

export function mountShots(job, player) {
  const list = new ShotList(job, player);
  at("shots").append(list.filters.element, list.element);
}

class ShotList {
  constructor(job, player) {
    Object.assign(this, { job, player, rows: new Map(), cameras: new CameraPaths(job), scrolled: -SCROLL_PAUSE });
    this.element = make("ol", { class: "rows", tabindex: 0, "aria-label": "Shots" });
    const labels = Object.values(HEADS).reduce((sum, { shown }) => sum + shown, 0);
    this.element.style.setProperty("--more", Math.max(0, labels - USUAL_LABELS));
    this.rowOf = new WeakMap(); // by element
    this.near = new IntersectionObserver((changes) => this.fill(changes), { root: this.element, rootMargin: `${AROUND} 0px` });
    this.filters = new Filters(job, () => this.arrange());
    this.follow();
    this.listen();
  }

  follow() {
    const updateSoon = oncePerFrame(() => this.update());
    this.job.addEventListener("shots", updateSoon);
    this.job.addEventListener("state", updateSoon); // the counts are read out when the job ends
    this.job.addEventListener("selection", () => this.select());
  }

  listen() {
    this.element.addEventListener("click", (event) => this.press(event));
    this.element.addEventListener("keydown", (event) => moveFocus(event));
    this.element.addEventListener("scroll", () => {
      if (this.scrolling) this.scrolling = false;
      else this.scrolled = performance.now();
    });
  }

  /** Show the current shots. A row is known by the first frame of its shot: splits and merges change the numbers. */
  update() {
    if (!this.job.shots.length) return;
    const { width, height } = this.job.data.video;
    this.element.style.setProperty("--ratio", width / height);
    const starts = new Set();
    for (const shot of this.job.shots) {
      starts.add(shot.start_frame);
      const row = this.rows.get(shot.start_frame);
      if (row) row.show(shot);
      else this.add(shot);
    }
    for (const [start, row] of this.rows) if (!starts.has(start)) this.forget(start, row);
    this.arrange();
  }

  add(shot) {
    const row = new Row(shot, this.cameras);
    this.rows.set(shot.start_frame, row);
    this.rowOf.set(row.element, row);
    this.near.observe(row.element);
  }

  forget(start, row) {
    this.near.unobserve(row.element);
    this.rows.delete(start);
  }

  /** Show the chosen shots in the chosen order. A row that stays in place is not touched, so that the list does not move
   * while someone reads it, and keeps the focus. */
  arrange() {
    const wanted = this.filters.arranged().map((shot) => this.rows.get(shot.start_frame)?.element).filter(Boolean);
    const shown = new Set(wanted);
    for (const element of [...this.element.children]) if (!shown.has(element)) element.remove();
    let current = this.element.firstElementChild;
    for (const element of wanted) {
      if (element === current) current = current.nextElementSibling;
      else this.element.insertBefore(element, current);
    }
    this.filters.count(wanted.length);
    this.mark();
  }

  fill(changes) {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) this.rowOf.get(target).fill();
      else this.rowOf.get(target).empty();
    }
  }

  press({ target }) {
    const row = this.rowOf.get(target.closest("li"));
    if (!row || !getSelection().isCollapsed) return; // selecting a timecode to copy it is not a click
    const frame = target.closest("[data-frame]");
    this.job.select(row.shot.index);
    this.player.seek(frame ? timeOf(row.shot, Number(frame.dataset.frame)) : row.shot.start);
  }

  select() {
    this.mark();
    if (this.player.playing && performance.now() - this.scrolled < SCROLL_PAUSE) return;
    if (this.current?.isConnected) this.reveal(this.current);
  }

  mark() {
    const selected = this.rows.get(this.job.shot(this.job.selected)?.start_frame)?.element;
    if (selected === this.current) return;
    this.current?.removeAttribute("aria-current");
    selected?.setAttribute("aria-current", "true");
    this.current = selected;
  }

  /** Scroll the list, never the page, which shows the player. One row before the shot stays in view. */
  reveal({ offsetTop, offsetHeight }) {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    if (offsetTop >= scrollTop && offsetTop + offsetHeight <= scrollTop + clientHeight) return;
    const top = Math.min(Math.max(0, offsetTop - offsetHeight), scrollHeight - clientHeight);
    this.scrolling = Math.round(top) !== Math.round(scrollTop); // otherwise no scroll event follows
    this.element.scrollTop = top;
  }
}

/** Move from frame to frame of a row with the arrow keys. */
function moveFocus(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const frame = event.target.closest("[data-frame]");
  if (!step || !frame) return;
  event.preventDefault();
  const next = step < 0 ? frame.previousElementSibling : frame.nextElementSibling;
  if (!next) return;
  frame.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function oncePerFrame(callback) {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      callback();
    });
  };
}
