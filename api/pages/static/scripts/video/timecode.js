// Timecodes of any moment, counted on from those of the result.

/** The timecode of the frame that is shown at a time of a shot; `video` holds the facts of the result. */
export function timecodeAt(time, shot, video) {
  const [frames, per = 1] = video.timecode_rate.split("/").map(Number);
  const fps = frames / per;
  const nearest = (seconds) => Math.floor(seconds * fps + 0.5);
  const last = Math.max(0, nearest(shot.end) - nearest(shot.start) - 1); // the next shot starts after it
  const passed = Math.floor((time - shot.start) * fps + 1e-3);
  return added(shot.start_timecode, Math.min(passed, last), Math.round(fps));
}

/** A timecode so many frames later. Drop-frame, with `;`, skips 2 of 30 numbers each minute but every tenth. */
function added(timecode, frames, rate) {
  const skipped = timecode.includes(";") ? rate / 15 : 0;
  const [hours, minutes, seconds, number] = timecode.split(/[:;]/).map(Number);
  const minute = 60 * hours + minutes;
  const frame = (60 * minute + seconds) * rate + number - skipped * (minute - Math.floor(minute / 10)) + frames;
  const counted = frame + skipped * skippingMinutes(frame, rate, skipped);
  const whole = Math.floor(counted / rate);
  const parts = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60, counted % rate];
  const [first, second, third, last] = parts.map((part) => String(part).padStart(2, "0"));
  return `${first}:${second}:${third}${skipped ? ";" : ":"}${last}`;
}

/** How many minutes before a frame skipped numbers. */
function skippingMinutes(frame, rate, skipped) {
  const ten = 600 * rate - 9 * skipped;
  return 9 * Math.floor(frame / ten) + Math.max(0, Math.floor(((frame % ten) - skipped) / (60 * rate - skipped)));
}
