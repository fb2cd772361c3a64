// One job: loaded, followed while it runs, and corrected. Knows no elements.

import { frameAt } from "./frames.js";
import { Refusal, ask, sleep } from "./http.js";
import { HEADS, isUnsure, labelOf } from "./words.js";

export const RUNNING = ["queued", "splitting", "predicting"];
export const RETRY_SECONDS = 2; // while the service does not answer

/** What can be true of a shot besides its labels. */
export const MARKS = {
  uncertain: (shot) => Object.keys(HEADS).some((head) => isUnsure(shot, head)),
  corrected: (shot) => Boolean(shot.corrected || shot.edited),
};

/**
 * Events:
 *
 *   state      state, progress, error or facts of the video have changed
 *   shots      shots have changed; `detail` is the index of the only one that changed, or null
 *   selection  another shot is selected; `selected` is its index
 *   filter     `filter` or `marks`, which choose the shots of the list, has changed; exports use `filter` only
 *   trouble    `detail` is the Refusal while the service does not answer, and null when it answers again
 *   gone       the job is unknown or deleted; `detail` is the Refusal
 */
export class Job extends EventTarget {
  constructor(id) {
    super();
    this.id = id;
    this.address = `/jobs/${encodeURIComponent(id)}`;
    this.data = null; // the response of GET /jobs/<id>; null until it is loaded
    this.etag = null; // of the version that is shown, for corrections; null while the job runs
    this.selected = 0; // the index of the selected shot
    // For each head, the labels that are shown; an empty set shows all.
    this.filter = Object.fromEntries(Object.keys(HEADS).map((head) => [head, new Set()]));
    this.marks = new Set(); // the MARKS that a shot must have to be shown; exports ignore them
  }

  /** The shots so far, in order of their indices. While the job runs, some may be missing in between. */
  get shots() {
    return this.data?.shots ?? [];
  }

  get running() {
    return !this.data || RUNNING.includes(this.data.state);
  }

  /** The shot with this index; undefined if it has not arrived yet. */
  shot(index) {
    const candidate = this.shots[index];
    return candidate?.index === index ? candidate : this.shots.find((shot) => shot.index === index);
  }

  /** The shot that is on the screen at this time; before the first one, that one, and after the end, the last one. */
  shotAt(time) {
    return this.lastWhere((shot) => shot.start <= time);
  }

  /** The shot that contains this frame. */
  shotOf(frame) {
    return this.lastWhere((shot) => shot.start_frame <= frame);
  }

  /** The last shot of which `holds` is true; it must then be true of all shots before. */
  lastWhere(holds) {
    let [low, high] = [0, this.shots.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (holds(this.shots[middle])) low = middle;
      else high = middle - 1;
    }
    return this.shots[low];
  }

  /** The number of the frame at this time. */
  frameAt(time) {
    return frameAt(this.shotAt(time), time);
  }

  /** Select another shot; an index out of range selects the nearest one. */
  select(index) {
    const lastIndex = this.shots.at(-1)?.index ?? 0;
    const selected = Math.min(Math.max(0, index), lastIndex);
    if (selected === this.selected) return;
    this.selected = selected;
    this.emit("selection");
  }

  /** Whether a shot passes the filter and the marks. */
  passes(shot) {
    const labelled = Object.entries(this.filter).every(([head, labels]) => !labels.size || labels.has(labelOf(shot, head)));
    return labelled && [...this.marks].every((mark) => MARKS[mark](shot));
  }

  /** Load the job and follow it to its end, even if the connection breaks. */
  async follow() {
    for (;;) {
      try {
        await this.load();
        this.emit("trouble", null);
        if (!this.running) return;
        await this.stream();
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        if (!refusal.temporary) return this.emit("gone", refusal);
        this.emit("trouble", refusal);
        await sleep(refusal.wait || RETRY_SECONDS);
      }
    }
  }

  /** Load the current state of the job. Throws Refusal. */
  async load() {
    await this.receive(await ask(this.address));
  }

  /** Set labels of a shot by hand, `{ scale: "CS" }`; null removes one. Throws Refusal, as all corrections do. */
  label(index, labels) {
    return this.correct(`/shots/${index}`, "PATCH", labels, index);
  }

  /** Split a shot in two; `frame` is the first frame of the second. */
  split(index, frame) {
    return this.correct(`/shots/${index}/split`, "POST", { frame });
  }

  /** Merge a shot with the next one. */
  merge(index) {
    return this.correct(`/shots/${index}/merge`, "POST");
  }

  /** Move the start of a shot to another frame. */
  move(index, frame) {
    return this.correct(`/shots/${index}/move`, "POST", { frame });
  }

  /** Set how a shot opens. */
  open(index, transition) {
    return this.correct(`/shots/${index}/transition`, "POST", { transition }, index);
  }

  /** Keep the job for good, or let it expire again. This renumbers nothing, so it needs no `If-Match`. Throws Refusal. */
  async keep(kept) {
    const { expires } = await (await ask(this.address, { method: "PATCH", body: { kept } })).json();
    this.update({ kept, expires });
  }

  /** Undo the last correction. */
  undo() {
    return this.correct("/undo", "POST");
  }

  /** Make the correction again that was undone last. */
  redo() {
    return this.correct("/redo", "POST");
  }

  /** Correct the version that is shown; corrections.js sends one at a time. `only` is the one shot that this can change. */
  async correct(path, method, body, only = null) {
    try {
      await this.receive(await ask(this.address + path, { method, body, headers: { "If-Match": this.etag } }), only);
    } catch (refusal) {
      if (refusal.status === 412) await this.load(); // somebody else changed the job first: show the result
      throw refusal;
    }
  }

  /** Show what the service has returned. Shots may be renumbered; the same frames stay selected. */
  async receive(response, only = null) {
    const data = await response.json().catch(() => {
      throw new Refusal(0, "The server does not answer."); // the connection broke within the response
    });
    const [before, shot] = [this.selected, this.shot(this.selected)];
    this.data = data;
    this.etag = response.headers.get("ETag");
    this.selected = shot ? (this.shotOf(shot.start_frame)?.index ?? 0) : Math.min(before, Math.max(0, this.shots.length - 1));
    this.emit("state");
    this.emit("shots", only);
    if (this.selected !== before) this.emit("selection");
  }

  /** Follow the event stream until it ends; the browser itself reconnects when it breaks. */
  stream() {
    return new Promise((resolve) => {
      const source = new EventSource(`${this.address}/events`);
      let timer = 0; // reports trouble when it ends
      const end = () => {
        clearTimeout(timer);
        source.close();
        resolve();
      };
      source.addEventListener("shot", ({ data }) => this.data.video ? this.addShot(JSON.parse(data)) : end());
      for (const type of ["progress", "place"]) {
        source.addEventListener(type, ({ data }) => this.update(JSON.parse(data)));
      }
      source.addEventListener("state", ({ data }) => {
        const { state, progress, error } = JSON.parse(data);
        if (RUNNING.includes(state)) this.update({ state, progress, error });
        else end();
      });
      source.addEventListener("open", () => {
        clearTimeout(timer);
        this.emit("trouble", null);
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) sleep(RETRY_SECONDS).then(end);
        // The service ends a stream after a minute and the browser opens it again, which is no trouble.
        clearTimeout(timer);
        timer = setTimeout(() => this.emit("trouble", new Refusal(0, "The server does not answer. Trying again …")), 3000);
      });
    });
  }

  update(values) {
    Object.assign(this.data, values);
    this.emit("state");
  }

  addShot(shot) {
    const position = this.shots.findIndex((candidate) => candidate.index >= shot.index);
    const exists = position >= 0 && this.shots[position].index === shot.index;
    this.shots.splice(position < 0 ? this.shots.length : position, exists ? 1 : 0, shot);
    this.emit("shots", shot.index);
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
