// A chart as a file that stands alone: an SVG with its own colours, or a PNG of twice its size.

import { draw, make } from "../dom.js";
import { path, sheet, text } from "./chart.js";

const [WIDTH, MARGIN, HEAD] = [800, 24, 48];
const LINES = ["stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin"];
const LOOKS = [...LINES, "fill", "fill-opacity", "font-size", "font-weight"];
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Save the chart as SVG. `place` is an element of the page whose colours it takes. */
export function saveSvg(chart, film, place) {
  offer(new Blob([standalone(chart, film, place)], { type: "image/svg+xml" }), nameOf(chart, film, "svg"));
}

/** Save it as PNG. */
export async function savePng(chart, film, place) {
  const source = URL.createObjectURL(new Blob([standalone(chart, film, place)], { type: "image/svg+xml" }));
  const image = make("img", { src: source });
  await image.decode();
  const canvas = make("canvas", { width: 2 * image.naturalWidth, height: 2 * image.naturalHeight });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(source);
  canvas.toBlob((blob) => offer(blob, nameOf(chart, film, "png")), "image/png");
}

/** The text of the SVG: what the page's style sheets say of each element is written on it. */
function standalone(chart, film, place) {
  const title = `${stem(film)} – ${chart.title.toLowerCase()}`.replace(NOT_XML, " ").toWellFormed();
  const svg = framed(chart.draw(WIDTH - 2 * MARGIN), title);
  place.append(svg);
  for (const element of svg.querySelectorAll("path, rect, text")) resolve(element);
  svg.remove();
  for (const name of ["class", "role", "aria-label"]) svg.removeAttribute(name);
  svg.setAttribute("font-family", "sans-serif");
  return new XMLSerializer().serializeToString(svg);
}

function framed(drawing, title) {
  const height = drawing.height.baseVal.value + HEAD + MARGIN;
  const moved = draw("g", { transform: `translate(${MARGIN} ${HEAD})` }, ...drawing.childNodes);
  const ground = path(`M0 0H${WIDTH}V${height}H0Z`, "ground");
  const heading = text(MARGIN, 30, title, "start", "heading");
  return sheet(WIDTH, height, title, draw("title", {}, title), ground, heading, moved);
}

function resolve(element) {
  const style = getComputedStyle(element);
  for (const name of LOOKS) element.setAttribute(name, style.getPropertyValue(name));
  element.removeAttribute("class");
}

const stem = (film) => film.replace(/\.[^.]{1,5}$/, "");
const nameOf = (chart, film, end) => `${stem(film)} – ${chart.title.toLowerCase()}.${end}`.replace(/[/\\]/g, "_");

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // a browser may still read it for a while
}
