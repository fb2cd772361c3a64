// The terms of the field, and how numbers are written. Every wording that is used twice is here.

/** The heads of `shotlens/shots/heads.py`, read from the page, in words for people: the name of each, its labels in order
 * with their words, how many labels of a shot are shown, and whether a person may set one. */
export const HEADS = Object.fromEntries(
  JSON.parse(document.getElementById("heads").textContent).map(({ name, title, labels, shown, correctable }) => {
    return [name, { name: title, labels: byName(labels), shown, correctable }];
  }),
);
export const SCALES = Object.keys(HEADS.scale.labels);
export const MOVEMENTS = Object.keys(HEADS.movement.labels);

export const STATES = {
  queued: "Waiting",
  splitting: "Finding shots",
  predicting: "Predicting",
  done: "Done",
  failed: "Failed",
};

/** The label of a shot that was set by hand, else the predicted one; null if there is neither yet. */
export function labelOf(shot, head) {
  return shot.corrected?.[head] ?? shot[head]?.label ?? null;
}

/** The labels of a shot that are shown, the most probable one first; a label set by hand is shown alone. */
export function shownOf(shot, head) {
  const [label, { shown }] = [labelOf(shot, head), HEADS[head]];
  if (!label || shown === 1 || shot.corrected?.[head]) return label ? [label] : [];
  const { probabilities } = shot[head];
  const rest = Object.keys(probabilities).filter((candidate) => candidate !== label);
  return [label, ...rest.sort((a, b) => probabilities[b] - probabilities[a])].slice(0, shown);
}

/** The same in words; "" if there is none yet. */
export function wordOf(shot, head) {
  return shownOf(shot, head).map((label) => HEADS[head].labels[label].word).join(", ");
}

/** Whether the model is unsure of a label that nobody has set. */
export function isUnsure(shot, head) {
  return Boolean(shot[head]?.uncertain && !shot.corrected?.[head]);
}

/** The plural of a head's name in lower case: `scales`. */
export function plural(head) {
  const name = HEADS[head].name.toLowerCase();
  return name.endsWith("s") ? name : `${name}s`;
}

/** `one, two and three` */
export const listed = (words) => new Intl.ListFormat("en-GB").format(words);

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
export const seconds = (value) => `${value.toFixed(value < 9.95 ? 1 : 0)}\u00a0s`;

/** Seconds as people write them: `0:07`, `12:40`, `1:02:03`. */
export function clock(value) {
  const whole = Math.max(0, Math.round(value));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

/** The state of a job; while it is queued, its place and a guess of when its turn comes. */
export function stateWords({ state, queue_position: position, wait_seconds: wait }) {
  if (state !== "queued" || !position) return STATES[state] ?? state;
  const place = position === 1 ? "next" : `number ${position.toLocaleString("en")}`;
  return `${STATES.queued}: ${place}${wait === null ? "" : `, ${about(wait)}`}`;
}

/** A guessed time: `about 4 min`. */
function about(seconds) {
  if (seconds < 45) return "less than a minute";
  if (seconds < 5400) return `about ${Math.round(seconds / 60)}\u00a0min`;
  return `about ${Math.round(seconds / 3600)}\u00a0h`;
}

/** A day as `3 January 2027`, of seconds since 1970. */
export const day = (time) => new Date(1000 * time).toLocaleDateString("en-GB", { dateStyle: "long" });

/** Bytes with two or three digits: `640 kB`, `1.3 GB`. */
export function bytes(value) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const number = value / 1000 ** step;
  return `${step && number < 9.95 ? number.toFixed(1) : Math.round(number)}\u00a0${units[step]}`;
}

/** The facts of a video in one line. */
export function facts({ duration, fps, width, height }) {
  return `${clock(duration)} · ${width} × ${height} · ${Number(fps.toFixed(2))} frames/s`;
}

function byName(labels) {
  return Object.fromEntries(labels.map(({ name, word, meaning, key }) => [name, { word, meaning, key }]));
}
