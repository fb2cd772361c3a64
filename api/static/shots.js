// What the page shows of shots: the summary of a job, and each shot with its labels and frames.

const MOVEMENTS = { static: "camera at rest", motion: "pan, tilt or track", push: "moves closer", pull: "moves away" };
const SCALES = { ECS: "extreme close-up", CS: "close-up", MS: "medium shot", FS: "full shot", LS: "long shot" };

export const at = (id) => document.getElementById(id);
export const count = (shots) => `${shots} ${shots === 1 ? "shot" : "shots"}`;
export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;

export function showSummary({ summary, model }) {
  at("totals").textContent = `${count(summary.shots)}, on average ${summary.average_shot_length.toFixed(2)} s long`;
  const shares = (counts, words) =>
    Object.keys(words)
      .filter((label) => counts[label])
      .map((label) => labelled(label, words, counts[label] / summary.shots));
  const rows = {
    Movement: shares(summary.movement, MOVEMENTS),
    Scale: shares(summary.scale, SCALES),
    Model: [model?.name ?? "none"],
  };
  at("shares").replaceChildren(
    ...Object.entries(rows).flatMap(([term, parts]) => [element("dt", term), element("dd", ...parts)]),
  );
}

/** Make the list item of a shot; its labels come later, by showLabels. */
export function makeShot(shot) {
  const item = at("shot").content.cloneNode(true).firstElementChild;
  const seconds = (shot.end - shot.start).toFixed(1);
  const opening = shot.transition === "cut" ? "" : ` · opens with a ${shot.transition}`;
  item.querySelector("h2").append(String(shot.index + 1));
  item.querySelector(".times").append(`${shot.start_timecode} – ${shot.end_timecode} · ${seconds} s${opening}`);
  item.querySelector(".strip").append(...shot.frames.map((address, k) => makeFrame(shot, address, k)));
  return item;
}

export function showLabels(item, shot) {
  if (item.dataset.labelled || !shot.scale) return;
  item.dataset.labelled = "yes";
  for (const [name, words] of [["movement", MOVEMENTS], ["scale", SCALES]]) {
    const { label, confidence, uncertain } = shot[name];
    const doubt = uncertain ? [" ", element("em", "uncertain")] : [];
    item.querySelector(`.${name} dd`).replaceChildren(labelled(label, words, confidence), ...doubt);
  }
}

function makeFrame(shot, address, k) {
  const image = element("img");
  image.loading = "lazy";
  image.alt = `Shot ${shot.index + 1}, frame ${k + 1} of ${shot.frames.length}`;
  image.src = address;
  return image;
}

/** A label with its meaning in words, and a share: how sure the model is, or how many shots have it. */
function labelled(label, words, share) {
  return element("span", element("b", label), ` ${words[label] ?? ""} `, element("b", percent(share)));
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}
