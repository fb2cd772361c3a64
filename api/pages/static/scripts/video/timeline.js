// The timeline: the shots along the time of the film, the playhead, and a preview of the shot under the pointer.

import { at, icon, make } from "../dom.js";
import { bind } from "../shortcuts.js";
import { HEADS, clock, wordOf } from "../words.js";
import { sharpContext } from "./canvas.js";
import { legend } from "./legend.js";
import { overview } from "./overview.js";
import { onColourScheme, palette } from "./palette.js";
import { watchPointers } from "./pointing.js";
import { preview } from "./preview.js";
import { BANDS, HEIGHT, drawRows } from "./rows.js";
import { drawRuler } from "./ruler.js";
import { View } from "./view.js";

const STEP = 2; // the zoom factor of one press of +
const FLAG = 72; // pixels that the time takes beside the playhead

export function mountTimeline(job, player) {
  new Timeline(job, player);
}

class Timeline {
  constructor(job, player) {
    this.job = job;
    this.player = player;
    this.view = new View();
    this.canvas = make("canvas");
    this.chosen = make("div", { class: "chosen" });
    this.flag = make("span", { class: "number" });
    this.head = make("div", { class: "playhead" }, this.flag);
    this.track = make("div", { class: "track", role: "slider", tabindex: "0", "aria-label": "Shot", "aria-valuemin": 1 });
    this.track.append(this.canvas, this.chosen, this.head);
    this.preview = preview();
    this.legend = legend(job);
    this.overview = overview(job, this.view, (time) => this.centre(time));
    this.fill();
    this.listen();
  }

  fill() {
    const names = Object.entries(HEADS).map(([head, { name }]) => rowName(BANDS[head], name));
    const body = make("div", { class: "timeline-body" }, ...names, this.track, this.preview.element, this.overview.element);
    at("timeline").append(this.zooming(), body, this.legend.element);
  }

  zooming() {
    const button = (key, words, content, action) => {
      bind(key, "Timeline", words, action);
      return make("button", { type: "button", title: `${words} (${key})`, "aria-label": words, onclick: action }, content);
    };
    const less = button("-", "Zoom out", icon("minus"), () => this.zoom(1 / STEP));
    const more = button("+", "Zoom in", icon("plus"), () => this.zoom(STEP));
    bind("=", "", null, () => this.zoom(STEP)); // for keyboards on which + is a shifted =
    this.wholeFilm = button("0", "Whole film", "Whole film", () => this.zoom(0));
    return make("div", { class: "zoom", role: "group", "aria-label": "Zoom" }, less, more, this.wholeFilm);
  }

  listen() {
    const { job, player, track } = this;
    for (const event of ["shots", "filter"]) job.addEventListener(event, () => this.redrawAll());
    job.addEventListener("state", () => this.redrawAll());
    job.addEventListener("selection", () => this.choose());
    player.addEventListener("time", () => this.move());
    onColourScheme(() => this.redrawAll());
    new ResizeObserver(([{ contentRect }]) => {
      this.view.width = contentRect.width;
      this.redrawAll();
    }).observe(track);
    watchPointers(track, {
      seek: (x) => this.seek(x),
      hover: (x) => this.hover(x),
      leave: () => this.preview.hide(),
      zoom: (factor, x) => this.zoom(factor, x),
      pan: (pixels) => this.pan(pixels),
    });
    track.addEventListener("keydown", (event) => this.key(event));
    track.addEventListener("focus", () => this.peek());
    track.addEventListener("blur", () => this.preview.hide());
  }

  /** Redraw everything before the next frame, once, however much has changed. */
  redrawAll() {
    this.stale = true;
    this.redraw();
  }

  redraw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.view.setDuration(this.player.duration);
      if (this.view.width && this.job.shots.length) this.draw();
    });
  }

  draw() {
    const { view, job } = this;
    if (this.stale) {
      this.colours = palette(this.canvas);
      this.overview.draw(this.colours);
      this.legend.update();
    }
    this.stale = false;
    const context = sharpContext(this.canvas, view.width, HEIGHT);
    context.font = this.colours.font;
    drawRuler(context, view, this.colours);
    drawRows(context, view, job, this.colours);
    this.overview.move();
    this.wholeFilm.disabled = view.whole;
    this.place();
    this.choose();
  }

  seek(x) {
    this.player.seek(this.view.time(x));
  }

  /** Zoom about a pixel, else about the playhead, else about the middle; a factor of 0 shows the whole film. */
  zoom(factor, x) {
    const { view, player } = this;
    const middle = view.contains(player.time) ? view.x(player.time) : view.width / 2;
    view.zoom(factor, x ?? middle);
    this.redraw();
  }

  pan(pixels) {
    this.view.pan(pixels);
    this.redraw();
  }

  centre(time) {
    this.view.look(time - this.view.span / 2, this.view.span);
    this.redraw();
  }

  /** Follow the playhead, unless a person has moved the view away from it. */
  move() {
    const { view, player } = this;
    const { from } = view;
    if (this.followed || !player.playing) view.show(player.time);
    if (view.from !== from) this.redraw();
    this.place();
    if (!this.dismissed) this.peek();
  }

  /** Move the playhead to its time. */
  place() {
    const { view, player, head, flag } = this;
    const x = view.x(player.time);
    this.followed = view.contains(player.time);
    head.hidden = !this.followed;
    head.style.transform = `translateX(${x}px)`;
    head.classList.toggle("left", x > view.width - FLAG);
    const text = clock(Math.floor(player.time));
    if (flag.textContent !== text) flag.textContent = text;
  }

  /** Outline the selected shot, and name it for screen readers. */
  choose() {
    const { view, job, chosen, track } = this;
    const shot = job.shot(job.selected);
    if (!shot) return;
    const left = Math.max(-4, view.x(shot.start));
    chosen.style.transform = `translateX(${left}px)`;
    chosen.style.width = `${Math.max(3, Math.min(view.width + 4, view.x(shot.end)) - left)}px`;
    chosen.hidden = shot.end < view.from || shot.start > view.end;
    track.setAttribute("aria-valuemax", job.shots.length);
    track.setAttribute("aria-valuenow", shot.index + 1);
    track.setAttribute("aria-valuetext", spoken(shot, job.shots.length));
  }

  hover(x) {
    const time = this.view.time(x);
    const shot = this.job.shotAt(time);
    if (shot?.start <= time) this.preview.show(shot, time, x, this.view.width);
    else this.preview.hide();
  }

  /** Preview the shot at the playhead for those who use the keyboard. */
  peek() {
    this.dismissed = false;
    if (this.job.shots.length && this.track.matches(":focus-visible")) this.hover(this.view.x(this.player.time));
  }

  /** Handle the other keys of a slider; left and right are shortcuts of the page. */
  key(event) {
    const shots = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    this.dismissed = event.key === "Escape"; // until the next key, even while the playhead moves
    if (this.dismissed) this.preview.hide();
    if (!shots) return;
    event.preventDefault();
    this.job.select(this.job.selected + shots);
  }
}

function rowName({ top, height }, name) {
  const element = make("span", { class: "row-name soft" }, name);
  Object.assign(element.style, { top: `${top}px`, height: `${height}px` });
  return element;
}

/** `Shot 12 of 80, medium shot, static, 0:43` */
function spoken(shot, total) {
  const words = Object.keys(HEADS).map((head) => wordOf(shot, head).toLowerCase());
  return [`Shot ${shot.index + 1} of ${total}`, ...words.filter(Boolean), clock(shot.start)].join(", ");
}
