// The words of the field, and how numbers are written. Everything that a person reads twice is worded here.

/** Both heads of the model: each label in order, its word, what it means, and the key that sets it. */
export const HEADS = {
  scale: {
    name: "Scale",
    labels: {
      ECS: { word: "Extreme close-up", meaning: "a part of a face, or a detail", key: "1" },
      CS: { word: "Close-up", meaning: "head and shoulders", key: "2" },
      MS: { word: "Medium shot", meaning: "from the knees or the waist up", key: "3" },
      FS: { word: "Full shot", meaning: "the whole body", key: "4" },
      LS: { word: "Long shot", meaning: "small in the landscape, or nobody", key: "5" },
    },
  },
  movement: {
    name: "Movement",
    labels: {
      static: { word: "Static", meaning: "the camera rests", key: "s" },
      motion: { word: "Motion", meaning: "pan, tilt, track or by hand", key: "m" },
      push: { word: "Push", meaning: "dolly or zoom in", key: "u" },
      pull: { word: "Pull", meaning: "dolly or zoom out", key: "l" },
    },
  },
};
export const SCALES = Object.keys(HEADS.scale.labels);
export const MOVEMENTS = Object.keys(HEADS.movement.labels);

export const STATES = {
  queued: "Waiting",
  splitting: "Finding shots",
  predicting: "Predicting",
  done: "Done",
  failed: "Failed",
};

/** The label of a shot by hand, else the predicted one; null where there is neither yet. */
export function labelOf(shot, head) {
  return shot.corrected?.[head] ?? shot[head]?.label ?? null;
}

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
export const seconds = (value) => `${value.toFixed(value < 9.95 ? 1 : 0)}\u00a0s`;

/** Seconds as a person says them: `0:07`, `12:40`, `1:02:03`. */
export function clock(value) {
  const whole = Math.max(0, Math.round(value));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A frame's number as HH:MM:SS:FF, counted at the nearest whole rate without dropped numbers, as in the result. */
export function timecode(frame, fps) {
  const rate = Math.max(1, Math.round(fps));
  const whole = Math.floor(frame / rate);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frame % rate];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Bytes with two or three digits: `640 kB`, `1.3 GB`. */
export function bytes(value) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const number = value / 1000 ** step;
  return `${step && number < 9.95 ? number.toFixed(1) : Math.round(number)}\u00a0${units[step]}`;
}

/** What is known of a video in one line. */
export function facts({ duration, fps, width, height }) {
  return `${clock(duration)} · ${width} × ${height} · ${Number(fps.toFixed(2))} frames/s`;
}
