// Requests to the service. Every refusal becomes a Refusal whose message is the service's own sentence.

/** The service refuses, or it cannot be reached. `status` is 0 if there is no response at all. */
export class Refusal extends Error {
  constructor(status, message, wait = 0) {
    super(message);
    this.status = status;
    this.wait = wait; // seconds to wait before the next try
  }

  /** Whether the same request may succeed later. */
  get temporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Send a request; return the response. Throws Refusal. `body` is sent as JSON. */
export async function ask(address, { method = "GET", headers = {}, body, keepalive = false } = {}) {
  const typeHeader = body === undefined ? {} : { "Content-Type": "application/json" };
  const options = { method, keepalive, headers: { ...headers, ...typeHeader }, body: body && JSON.stringify(body) };
  const response = await fetch(address, options).catch(() => null);
  if (!response) throw new Refusal(0, "The server does not answer.");
  if (!response.ok) {
    throw new Refusal(
      response.status,
      sentence(response.status, await response.text()),
      Number(response.headers.get("Retry-After")),
    );
  }
  return response;
}

/** Return the sentence of a problem document, or one of our own if the response is no such document. */
export function sentence(status, text) {
  try {
    return JSON.parse(text).detail || text;
  } catch {
    return status ? `The server answered ${status}.` : "The server does not answer.";
  }
}

export const sleep = (seconds) => new Promise((wake) => setTimeout(wake, 1000 * seconds));
