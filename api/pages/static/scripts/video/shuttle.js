// J, K and L as in editing programs: back, stop, on; again, and it goes faster. With K held down, J and L go by one frame.

import { make } from "../dom.js";
import { bind } from "../shortcuts.js";

const FASTEST = 8;

/** Bind the keys; return the element that shows a speed other than the chosen one. */
export function shuttle(job, player) {
  let held = false; // K is down
  const move = (direction) => () => {
    if (!job.shots.length) return;
    if (held) return player.step(direction);
    const faster = Math.sign(player.speed) === direction ? Math.min(FASTEST, 2 * Math.abs(player.speed)) : 1;
    player.run(direction * faster);
  };
  bind("j", "Player", "Play backwards; again: faster", once(() => held, move(-1)));
  bind("k", "Player", "Stop; held down, J and L go by one frame", () => {
    if (!held) player.stop();
    held = true;
  });
  bind("l", "Player", "Play; again: faster", once(() => held, move(1)));
  addEventListener("keyup", ({ key }) => (held &&= key.toLowerCase() !== "k"));
  addEventListener("blur", () => (held = false));
  return speedSign(player);
}

/** A key that is held down acts once, unless `repeats()` says otherwise. */
const once = (repeats, act) => ({ repeat }) => (repeat && !repeats()) || act();

function speedSign(player) {
  const element = make("output", { class: "shuttle number", "aria-hidden": "true", hidden: true });
  player.addEventListener("playing", () => {
    const { speed } = player;
    element.hidden = !speed || speed === player.chosenRate;
    element.textContent = `${speed < 0 ? "◀◀" : "▶▶"} ${Math.abs(speed)}×`;
  });
  return element;
}
