// The list of shots: filtered, sorted, and filled only near what is looked at, so that thousands scroll lightly.

import { at, make } from "../dom.js";
import { HEADS } from "../words.js";
import { CameraPaths } from "./camera.js";
import { Filters } from "./filters.js";
import { Row, timeOf } from "./shot_row.js";

const LATELY = 5000; // ms: for so long after the person has scrolled, the list does not follow the playhead
const AHEAD = "100%"; // of the list's height, above and below it, is filled too
const ROOM = 2; // labels for which a row is high enough by itself

export function mountShots(job, player) {
  const list = new ShotList(job, player);
  at("shots").append(list.filters.element, list.element);
}

class ShotList {
  constructor(job, player) {
    Object.assign(this, { job, player, rows: new Map(), cameras: new CameraPaths(job), scrolled: -LATELY });
    this.element = make("ol", { class: "rows", tabindex: 0, "aria-label": "Shots" });
    const labels = Object.values(HEADS).reduce((sum, { shown }) => sum + shown, 0);
    this.element.style.setProperty("--more", Math.max(0, labels - ROOM));
    this.rowOf = new WeakMap(); // by element
    this.near = new IntersectionObserver((changes) => this.fill(changes), { root: this.element, rootMargin: `${AHEAD} 0px` });
    this.filters = new Filters(job, () => this.arrange());
    this.follow();
    this.listen();
  }

  follow() {
    const soon = oncePerFrame(() => this.update());
    this.job.addEventListener("shots", soon);
    this.job.addEventListener("state", soon); // the end of the job is when its counts are read out
    this.job.addEventListener("selection", () => this.select());
  }

  listen() {
    this.element.addEventListener("click", (event) => this.press(event));
    this.element.addEventListener("keydown", (event) => walk(event));
    this.element.addEventListener("scroll", () => {
      if (this.moving) this.moving = false;
      else this.scrolled = performance.now();
    });
  }

  /** Take the shots as they are by now. A row is known by where it begins: numbers change by splits and merges. */
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

  /** Put the rows of the chosen shots in the chosen order. What stays where it is, is not touched: so the list does not
   * move under who reads it, and keeps the focus. */
  arrange() {
    const wanted = this.filters.arranged().map((shot) => this.rows.get(shot.start_frame)?.element).filter(Boolean);
    const kept = new Set(wanted);
    for (const element of [...this.element.children]) if (!kept.has(element)) element.remove();
    let place = this.element.firstElementChild;
    for (const element of wanted) {
      if (element === place) place = place.nextElementSibling;
      else this.element.insertBefore(element, place);
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
    if (!row || !getSelection().isCollapsed) return; // a timecode that was marked to be copied is no click
    const frame = target.closest("[data-frame]");
    this.job.select(row.shot.index);
    this.player.seek(frame ? timeOf(row.shot, Number(frame.dataset.frame)) : row.shot.start);
  }

  select() {
    this.mark();
    if (this.player.playing && performance.now() - this.scrolled < LATELY) return;
    if (this.current?.isConnected) this.reveal(this.current);
  }

  mark() {
    const selected = this.rows.get(this.job.shot(this.job.selected)?.start_frame)?.element;
    if (selected === this.current) return;
    this.current?.removeAttribute("aria-current");
    selected?.setAttribute("aria-current", "true");
    this.current = selected;
  }

  /** Scroll the list, and never the page, which shows the player. One row of what comes before stays in sight. */
  reveal({ offsetTop, offsetHeight }) {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    if (offsetTop >= scrollTop && offsetTop + offsetHeight <= scrollTop + clientHeight) return;
    const top = Math.min(Math.max(0, offsetTop - offsetHeight), scrollHeight - clientHeight);
    this.moving = Math.round(top) !== Math.round(scrollTop); // else no event tells of it
    this.element.scrollTop = top;
  }
}

/** Lead from frame to frame of a row by the arrow keys. */
function walk(event) {
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

function oncePerFrame(then) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      then();
    });
  };
}
