// The frames of a shot and the times at which they are shown. Knows no elements.

/** The seconds at which a frame of a shot is shown; fractions lie between frames. */
export function secondsAt(shot, frame) {
  const [[first, start], [last, end]] = around(shot, 0, frame);
  return start + ((frame - first) / (last - first)) * (end - start);
}

/** The frame of a shot that is shown at this time. */
export function frameAt(shot, seconds) {
  const [[first, start], [last, end]] = around(shot, 1, seconds);
  const frame = Math.floor(first + ((seconds - start) / (end - start)) * (last - first) + 1e-3);
  return Math.min(Math.max(shot.start_frame, frame), shot.end_frame - 1);
}

/** The two points, `[frame, seconds]`, between which a value lies, and between which frames are evenly spaced. `part` says
 * whether the value is a frame (0) or seconds (1). */
function around({ start_frame: first, end_frame: last, start, end, times = [] }, part, value) {
  const points = [[first, start], ...times, [last, end]];
  const next = points.findIndex((point, index) => index > 0 && value < point[part]);
  return next < 0 ? points.slice(-2) : points.slice(next - 1, next + 1);
}
