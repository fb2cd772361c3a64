// Saves a chart as a file that stands alone: an SVG with its own colours, or a PNG of twice its size.

import { draw, make } from "../dom.js";
import { path, sheet, text } from "./chart.js";

const [WIDTH, MARGIN, HEADER] = [800, 24, 48];
const STROKES = ["stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin"];
const PROPERTIES = [...STROKES, "fill", "fill-opacity", "font-size", "font-weight"];
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Save the chart as SVG. `container` is an element of the page; the chart takes the colours that it has there. */
export function saveSvg(chart, film, container) {
  download(new Blob([standalone(chart, film, container)], { type: "image/svg+xml" }), nameOf(chart, film, "svg"));
}

/** Save the chart as PNG. */
export async function savePng(chart, film, container) {
  const source = URL.createObjectURL(new Blob([standalone(chart, film, container)], { type: "image/svg+xml" }));
  const image = make("img", { src: source });
  await image.decode();
  const canvas = make("canvas", { width: 2 * image.naturalWidth, height: 2 * image.naturalHeight });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(source);
  canvas.toBlob((blob) => download(blob, nameOf(chart, film, "png")), "image/png");
}

/** The text of the SVG, in which each element carries its style from the page's style sheets as attributes. */
function standalone(chart, film, container) {
  const title = `${stem(film)} – ${chart.title.toLowerCase()}`.replace(NOT_XML, " ").toWellFormed();
  const svg = framed(chart.draw(WIDTH - 2 * MARGIN), title);
  container.append(svg);
  for (const element of svg.querySelectorAll("path, rect, text")) inlineStyles(element);
  svg.remove();
  for (const name of ["class", "role", "aria-label"]) svg.removeAttribute(name);
  svg.setAttribute("font-family", "sans-serif");
  return new XMLSerializer().serializeToString(svg);
}

function framed(drawing, title) {
  const height = drawing.height.baseVal.value + HEADER + MARGIN;
  const content = draw("g", { transform: `translate(${MARGIN} ${HEADER})` }, ...drawing.childNodes);
  const background = path(`M0 0H${WIDTH}V${height}H0Z`, "ground");
  const heading = text(MARGIN, 30, title, "start", "heading");
  return sheet(WIDTH, height, title, draw("title", {}, title), background, heading, content);
}

function inlineStyles(element) {
  const style = getComputedStyle(element);
  for (const name of PROPERTIES) element.setAttribute(name, style.getPropertyValue(name));
  element.removeAttribute("class");
}

const stem = (film) => film.replace(/\.[^.]{1,5}$/, "");
const nameOf = (chart, film, type) => `${stem(film)} – ${chart.title.toLowerCase()}.${type}`.replace(/[/\\]/g, "_");

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // a browser may still read it for a while
}
