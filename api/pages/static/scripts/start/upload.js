// One upload by tus: what has arrived stays on the service, and the upload continues from there. Knows no elements.

import { Refusal, sentence } from "../http.js";
import { Speed } from "./speed.js";
import { discard } from "./stored.js";
import { isElsewhere } from "./tabs.js";

const LOST = "The connection is lost. Goes on by itself when it is back.";
const MOVED = "The file cannot be read any more. Was it moved or changed? Choose it again.";
const ELSEWHERE = "This video is being sent from another tab.";
const STALLED_AFTER = 60; // seconds without a byte after which the connection counts as lost
const LONGEST_WAIT = 30; // seconds between two tries, at most
const PROGRESS_INTERVAL = 0.25; // seconds between two `progress` events

/**
 * Events: `state` when the state or the trouble changes, `progress` a few times a second.
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
    this.trouble = ""; // a sentence, while lost or refused
    this.final = false; // whether it is useless to send this file again
    this.sent = 0; // bytes
    this.job = null; // its id, once done
    this.tries = 0;
    this.client = new window.tus.Upload(file, this.options());
  }

  get address() {
    return this.client.url;
  }

  /** Whether it takes one of the places (uploads.js). */
  get active() {
    return this.state === "sending" || this.state === "lost";
  }

  /** Whether it would be lost or stop if the page were closed. */
  get pending() {
    return this.active || this.state === "waiting";
  }

  /** Seconds until everything is sent; null while that is unknown. */
  get left() {
    const speed = this.speed?.value;
    return speed ? (this.size - this.sent) / speed : null;
  }

  /** Send, starting where the service's part ends. */
  async start() {
    this.setState("sending");
    if (!this.address) {
      const earlier = await this.client.findPreviousUploads();
      if (earlier.some(({ uploadUrl }) => isElsewhere(uploadUrl))) return this.setState("refused", ELSEWHERE);
      if (earlier.length) this.client.resumeFromPreviousUpload(earlier.at(-1));
    }
    this.retry();
  }

  /** Try now. */
  retry() {
    clearTimeout(this.retryTimer);
    this.speed = new Speed();
    this.watch();
    this.client.start();
  }

  pause() {
    this.stop("paused");
  }

  /** Wait for a place again, after a pause or a refusal. */
  wait() {
    this.setState("waiting");
  }

  /** Cancel for good. Throws Refusal. */
  async cancel() {
    this.stop("cancelled");
    if (this.address) await discard(this.address);
  }

  /** Record that the service would refuse this file. */
  refuse(words) {
    this.final = true;
    this.setState("refused", words);
  }

  stop(state) {
    clearTimeout(this.retryTimer);
    clearTimeout(this.stallTimer);
    this.client.abort();
    this.setState(state);
  }

  options() {
    return {
      endpoint: "/uploads",
      metadata: { filename: this.name },
      retryDelays: null, // tus-js-client would start anew after a HEAD with status 503: see `check`, `fail`
      removeFingerprintOnSuccess: true,
      onBeforeRequest: () => {
        if (!this.active) throw new Error("stopped");
      },
      onAfterResponse: (request, response) => this.check(request, response),
      onUploadUrlAvailable: () => this.emit("state"),
      onProgress: (sent) => this.progress(sent),
      onError: (error) => this.fail(error),
      onSuccess: ({ lastResponse }) => this.finish(lastResponse.getHeader("Location")),
    };
  }

  /** Throw what the service refuses, except an unknown upload, which the library starts anew by itself. */
  check(request, response) {
    const status = response.getStatus();
    if (status >= 200 && status < 300) return this.state === "lost" && this.setState("sending");
    if (status === 404 && request.getMethod() === "HEAD") return;
    throw new Refusal(status, sentence(status, response.getBody()), Number(response.getHeader("Retry-After")));
  }

  progress(sent) {
    const now = performance.now() / 1000;
    this.watch();
    if (sent > this.sent) this.tries = 0;
    this.sent = sent;
    this.speed.add(sent, now);
    if (now - (this.reportedAt ?? 0) < PROGRESS_INTERVAL && sent < this.size) return;
    this.reportedAt = now;
    this.emit("progress");
  }

  finish(location) {
    clearTimeout(this.stallTimer);
    this.sent = this.size;
    this.job = location.split("/").at(-1);
    this.setState("done");
  }

  async fail({ causingError }) {
    if (!this.active) return;
    clearTimeout(this.stallTimer);
    const refusal = causingError instanceof Refusal ? causingError : new Refusal(0, LOST);
    if (!this.mayContinue(refusal)) return this.setState("refused", refusal.message);
    if (!(await isReadable(this.file))) return this.setState("refused", MOVED);
    if (this.active) this.retryLater(refusal);
  }

  /** Whether another try may succeed. An upload that has begun continues after a broken request, whatever its status. */
  mayContinue({ status, temporary }) {
    return (temporary && status !== 507) || (this.address && [400, 408, 409].includes(status));
  }

  retryLater(refusal) {
    this.setState("lost", refusal.status ? `${refusal.message} Goes on by itself.` : LOST);
    const seconds = refusal.wait || Math.min(LONGEST_WAIT, 2 ** this.tries);
    this.tries += 1;
    this.retryTimer = setTimeout(() => this.retry(), 1000 * seconds);
  }

  /** Notice a connection that is lost without an error. */
  watch() {
    clearTimeout(this.stallTimer);
    this.stallTimer = setTimeout(() => {
      this.client.abort();
      this.fail({});
    }, 1000 * STALLED_AFTER);
  }

  setState(state, trouble = "") {
    this.state = state;
    this.trouble = trouble;
    this.emit("state");
  }

  emit(type) {
    this.dispatchEvent(new Event(type));
  }
}

const isReadable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);
