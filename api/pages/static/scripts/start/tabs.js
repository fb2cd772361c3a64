// The uploads of other tabs of this browser, so that no two tabs send the same one.

const ANSWER_TIME = 150; // milliseconds within which a tab answers

const channel = new BroadcastChannel("uploads");
const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
const others = new Map(); // addresses of uploads by tab
let mine = [];

channel.addEventListener("message", ({ data: { from, urls } }) => {
  if (urls) others.set(from, urls);
  else announce(mine);
});
window.addEventListener("pagehide", () => announce([]));

/** Tell the other tabs which uploads this one sends. */
export function announce(urls) {
  mine = urls;
  channel.postMessage({ from: me, urls });
}

/** Ask the other tabs for their uploads; await this before `isElsewhere`. */
export function askTabs() {
  channel.postMessage({ from: me });
  return new Promise((resolve) => setTimeout(resolve, ANSWER_TIME));
}

/** Whether another tab sends this upload. */
export const isElsewhere = (url) => [...others.values()].some((urls) => urls.includes(url));
