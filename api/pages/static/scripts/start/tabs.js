// What other tabs of this browser are sending, so that no two of them send the same upload.

const ANSWER = 150; // milliseconds within which a tab answers

const channel = new BroadcastChannel("uploads");
const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
const others = new Map(); // a tab: the addresses of its uploads
let mine = [];

channel.addEventListener("message", ({ data: { from, urls } }) => {
  if (urls) others.set(from, urls);
  else tell(mine);
});
window.addEventListener("pagehide", () => tell([]));

/** Tell the others which uploads are this tab's. */
export function tell(urls) {
  mine = urls;
  channel.postMessage({ from: me, urls });
}

/** Ask the others what is theirs; to be awaited before `isElsewhere`. */
export function askTabs() {
  channel.postMessage({ from: me });
  return new Promise((resolve) => setTimeout(resolve, ANSWER));
}

/** Whether another tab has this upload. */
export const isElsewhere = (url) => [...others.values()].some((urls) => urls.includes(url));
