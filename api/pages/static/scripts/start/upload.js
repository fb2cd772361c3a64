// One file on its way to the service, by tus: what has come stays, and it goes on there. Knows no elements.

import { Refusal, sentence } from "../http.js";
import { Speed } from "./speed.js";
import { discard } from "./stored.js";
import { isElsewhere } from "./tabs.js";

const LOST = "The connection is lost. Goes on by itself when it is back.";
const MOVED = "The file cannot be read any more. Was it moved or changed? Choose it again.";
const ELSEWHERE = "This video is being sent from another tab.";
const STALLED = 60; // seconds without a byte after which the connection counts as lost
const LONGEST = 30; // seconds between two tries
const OFTEN = 0.25; // seconds between two events of progress

/**
 * Tells `state` when its state or its trouble changes, `progress` a few times a second.
 *
 * waiting → sending ⇄ lost → done; sending, lost → paused → waiting; any → refused → waiting; any → cancelled
 */
export class Upload extends EventTarget {
  constructor(file) {
    super();
    this.file = file;
    this.name = file.name;
    this.size = file.size;
    this.state = "waiting";
    this.trouble = ""; // a sentence, while it is lost or refused
    this.final = false; // whether it is of no use to send this file again
    this.sent = 0; // bytes
    this.job = null; // its id, when it is done
    this.tries = 0;
    this.client = new window.tus.Upload(file, this.options());
  }

  get address() {
    return this.client.url;
  }

  /** Whether it takes one of the places. */
  get active() {
    return this.state === "sending" || this.state === "lost";
  }

  /** Whether it would be lost, or at least not go on, without this page. */
  get pending() {
    return this.active || this.state === "waiting";
  }

  /** Seconds until it is all sent; null while that cannot be told. */
  get left() {
    const speed = this.speed?.value;
    return speed ? (this.size - this.sent) / speed : null;
  }

  /** Send, from where the service has it. */
  async start() {
    this.become("sending");
    if (!this.address) {
      const earlier = await this.client.findPreviousUploads();
      if (earlier.some(({ uploadUrl }) => isElsewhere(uploadUrl))) return this.become("refused", ELSEWHERE);
      if (earlier.length) this.client.resumeFromPreviousUpload(earlier.at(-1));
    }
    this.again();
  }

  /** Try at once. */
  again() {
    clearTimeout(this.timer);
    this.speed = new Speed();
    this.watch();
    this.client.start();
  }

  pause() {
    this.stop("paused");
  }

  /** Wait for a place again, after a pause or a refusal. */
  wait() {
    this.become("waiting");
  }

  /** Give it up, for good. Raises Refusal. */
  async cancel() {
    this.stop("cancelled");
    if (this.address) await discard(this.address);
  }

  /** Say that the service would not take this file. */
  refuse(words) {
    this.final = true;
    this.become("refused", words);
  }

  stop(state) {
    clearTimeout(this.timer);
    clearTimeout(this.stalled);
    this.client.abort();
    this.become(state);
  }

  options() {
    return {
      endpoint: "/uploads",
      metadata: { filename: this.name },
      retryDelays: null, // tus-js-client would begin anew where a HEAD is answered 503: see `check`, `fail`
      removeFingerprintOnSuccess: true,
      onBeforeRequest: () => {
        if (!this.active) throw new Error("stopped");
      },
      onAfterResponse: (request, response) => this.check(request, response),
      onUploadUrlAvailable: () => this.tell("state"),
      onProgress: (sent) => this.progress(sent),
      onError: (error) => this.fail(error),
      onSuccess: ({ lastResponse }) => this.finish(lastResponse.getHeader("Location")),
    };
  }

  /** Raise what the service refuses; but the library begins anew by itself where an upload is unknown. */
  check(request, response) {
    const status = response.getStatus();
    if (status >= 200 && status < 300) return this.state === "lost" && this.become("sending");
    if (status === 404 && request.getMethod() === "HEAD") return;
    throw new Refusal(status, sentence(status, response.getBody()), Number(response.getHeader("Retry-After")));
  }

  progress(sent) {
    const now = performance.now() / 1000;
    this.watch();
    if (sent > this.sent) this.tries = 0;
    this.sent = sent;
    this.speed.add(sent, now);
    if (now - (this.told ?? 0) < OFTEN && sent < this.size) return;
    this.told = now;
    this.tell("progress");
  }

  finish(location) {
    clearTimeout(this.stalled);
    this.sent = this.size;
    this.job = location.split("/").at(-1);
    this.become("done");
  }

  async fail({ causingError }) {
    if (!this.active) return;
    clearTimeout(this.stalled);
    const refusal = causingError instanceof Refusal ? causingError : new Refusal(0, LOST);
    if (!this.goesOn(refusal)) return this.become("refused", refusal.message);
    if (!(await isReadable(this.file))) return this.become("refused", MOVED);
    if (this.active) this.later(refusal);
  }

  /** Whether the same may go well later. What is begun goes on behind a broken request, whatever that was told. */
  goesOn({ status, passing }) {
    return (passing && status !== 507) || (this.address && [400, 408, 409].includes(status));
  }

  later(refusal) {
    this.become("lost", refusal.status ? `${refusal.message} Goes on by itself.` : LOST);
    const seconds = refusal.wait || Math.min(LONGEST, 2 ** this.tries);
    this.tries += 1;
    this.timer = setTimeout(() => this.again(), 1000 * seconds);
  }

  /** A connection may be lost without a word. */
  watch() {
    clearTimeout(this.stalled);
    this.stalled = setTimeout(() => {
      this.client.abort();
      this.fail({});
    }, 1000 * STALLED);
  }

  become(state, trouble = "") {
    this.state = state;
    this.trouble = trouble;
    this.tell("state");
  }

  tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

const isReadable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);
