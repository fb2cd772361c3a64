// The camera paths of shots as small drawings, loaded when they are needed, a few at a time.

import { draw } from "../dom.js";
import { Refusal, ask } from "../http.js";
import { inWords, journey } from "./camera_path.js";

const AT_ONCE = 3; // requests; the pictures of the same rows use the same few connections
const [WIDTH, HEIGHT, MARGIN] = [112, 64, 4];
const UNIT = 40; // pixels of the longest side of the first view, in all rows, so that they can be compared
const ARROW = 4; // pixels; a shorter path has no clear direction

/** The camera paths of a job, each loaded once. */
export class CameraPaths {
  constructor(job) {
    this.job = job;
    this.paths = new Map(); // by the shot's bounds, which no correction of another shot changes
    this.waiting = [];
    this.asking = 0;
  }

  /** Draw the path of a shot into an element of the page, now or once it is loaded. */
  show(shot, element) {
    const path = this.paths.get(keyOf(shot));
    if (path) return this.draw(path, element);
    this.waiting.push([shot, element]);
    this.next();
  }

  async next() {
    // Rows that were scrolled past in the meantime are left out.
    while (this.waiting.length && !this.waiting[0][1].isConnected) this.waiting.shift();
    if (this.asking >= AT_ONCE || !this.waiting.length) return;
    const [shot, element] = this.waiting.shift();
    this.asking += 1;
    try {
      const answer = await ask(`${this.job.address}/shots/${shot.index}/camera`);
      this.paths.set(keyOf(shot), journey(await answer.json()));
      this.draw(this.paths.get(keyOf(shot)), element);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal; // the row stays without it, and asks again when back in view
    } finally {
      this.asking -= 1;
      this.next();
    }
  }

  draw(path, element) {
    const { width, height } = this.job.data.video;
    element.replaceChildren(drawing(path, [width / Math.max(width, height), height / Math.max(width, height)]));
  }
}

const keyOf = ({ start_frame, end_frame }) => `${start_frame}-${end_frame}`;

/** Draw the first and the last view as frames, and the path of their centre from a dot to an arrow head. */
function drawing(path, frame) {
  const words = inWords(path);
  const svg = draw("svg", { viewBox: `${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words });
  svg.append(draw("title", {}, words));
  if (!path.followed) {
    svg.append(draw("text", { class: "note", "text-anchor": "middle", y: 4 }, "no path"));
    return svg;
  }
  const views = [corners([0, 0], frame, 1, 0), corners(path.track.at(-1), frame, path.size, path.turn)];
  const { place, ratio } = layout([...path.track, ...views.flat()]);
  const [first, last] = views.map((view) => coordinates(view.map(place)));
  const track = path.track.map(place);
  svg.append(draw("polygon", { class: "first", points: first }), draw("polygon", { class: "last", points: last }));
  svg.append(draw("polyline", { class: "track", points: coordinates(track) }), ...ends(track));
  if (ratio > 1) svg.append(draw("text", { class: "note", x: MARGIN - WIDTH / 2, y: HEIGHT / 2 - MARGIN }, `1:${ratio}`));
  return svg;
}

/** The corners of a view, given its centre, its width and height at size 1, its size, and its rotation. */
function corners([x, y], [width, height], size, turn) {
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([right, down]) => {
    const [across, along] = [(size * right * width) / 2, (size * down * height) / 2];
    return [x + cos * across - sin * along, y + sin * across + cos * along];
  });
}

/** How to place points in the drawing: in the middle, and at half the scale, a quarter, ... if they need more room. */
function layout(points) {
  const [left, right] = span(points.map(([x]) => x));
  const [top, bottom] = span(points.map(([, y]) => y));
  const needed = Math.max((right - left) / (WIDTH - 2 * MARGIN), (bottom - top) / (HEIGHT - 2 * MARGIN)) * UNIT;
  const ratio = 2 ** Math.max(0, Math.ceil(Math.log2(needed)));
  const place = ([x, y]) => [x - (left + right) / 2, y - (top + bottom) / 2].map((value) => (value * UNIT) / ratio);
  return { place, ratio };
}

const span = (values) => [Math.min(...values), Math.max(...values)];
const coordinates = (points) => points.map((point) => point.map((value) => value.toFixed(1)).join()).join(" ");

/** A dot where the track starts, and an arrow head where it ends if it leads anywhere. */
function ends(track) {
  const [[x, y], tip] = [track[0], track.at(-1)];
  const dot = draw("circle", { class: "dot", cx: x.toFixed(1), cy: y.toFixed(1), r: 2.2 });
  const from = track.findLast((point) => Math.hypot(point[0] - tip[0], point[1] - tip[1]) >= ARROW);
  if (!from) return [dot];
  const angle = Math.atan2(tip[1] - from[1], tip[0] - from[0]);
  const back = (turn) => [tip[0] - 6 * Math.cos(angle + turn), tip[1] - 6 * Math.sin(angle + turn)];
  return [dot, draw("polygon", { class: "head", points: coordinates([tip, back(0.5), back(-0.5)]) })];
}
