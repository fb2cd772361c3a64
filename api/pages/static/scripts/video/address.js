// Where the playhead is, in the address: `?shot=7` is the start of the seventh shot, `?t=12.5` a time in seconds.

import { debounce } from "../dom.js";

const PAUSE = 250; // milliseconds without a move, after which the address is written: browsers limit how often

/** Go to where the address says once its shot is there, and keep the address up to date from then on. */
export function mountAddress(job, player) {
  const { shot, t } = read();
  const arrive = () => {
    if (!job.shots.length || (shot && !job.shot(shot - 1) && job.running)) return;
    job.removeEventListener("shots", arrive);
    const to = t ?? job.shot(shot - 1)?.start;
    if (to !== undefined && player.time === 0) player.seek(to); // unless the person has gone elsewhere meanwhile
    const writeSoon = debounce(PAUSE, () => player.playing || write(job, player));
    for (const event of ["time", "playing"]) player.addEventListener(event, writeSoon);
    job.addEventListener("selection", writeSoon);
  };
  job.addEventListener("shots", arrive);
}

/** The number of a shot and a time; null where the address names none. */
function read() {
  const query = new URLSearchParams(location.search);
  const number = (name, format) => (format.test(query.get(name) ?? "") ? Number(query.get(name)) : null);
  return { shot: number("shot", /^[1-9][0-9]{0,8}$/), t: number("t", /^[0-9]{1,6}([.][0-9]{1,6})?$/) };
}

function write(job, player) {
  const selected = job.shot(job.selected);
  if (!selected) return;
  const query = new URLSearchParams(location.search);
  const time = Math.max(0, player.time - player.margin);
  const atStart = Math.abs(time - selected.start) < player.margin;
  if (atStart) query.delete("t");
  else query.set("t", String(Number(time.toFixed(3))));
  if (selected.index || !atStart) query.set("shot", selected.index + 1);
  else query.delete("shot");
  history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
}
