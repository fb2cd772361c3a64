// Asking the service. Every refusal becomes a Refusal whose message is the service's own sentence.

/** The service, or the way to it, says no. `status` is 0 when it does not answer at all. */
export class Refusal extends Error {
  constructor(status, message, wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait; // seconds after which it may be asked again
  }

  /** Whether the same request may be answered later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Ask; return the answer. Raises Refusal. `body` is sent as JSON. */
export async function ask(address, { method = "GET", headers = {}, body, keepalive = false } = {}) {
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  const options = { method, keepalive, headers: { ...headers, ...sent }, body: body && JSON.stringify(body) };
  const answer = await fetch(address, options).catch(() => null);
  if (!answer) throw new Refusal(0, "The server does not answer.");
  if (!answer.ok) {
    throw new Refusal(answer.status, sentence(answer.status, await answer.text()), Number(answer.headers.get("Retry-After")));
  }
  return answer;
}

/** Return the sentence of a problem document, or one of our own where the answer is none. */
export function sentence(status, text) {
  try {
    return JSON.parse(text).detail || text;
  } catch {
    return status ? `The server answered ${status}.` : "The server does not answer.";
  }
}

export const sleep = (seconds) => new Promise((wake) => setTimeout(wake, 1000 * seconds));
