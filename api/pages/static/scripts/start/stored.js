// The uploads that this browser remembers, so that they go on after a reload: the storage of tus-js-client. Knows no elements.

import { Refusal, ask } from "../http.js";

const HEADERS = { "Tus-Resumable": "1.0.0" };

const storage = () => window.tus.defaultOptions.urlStorage;
// What tus-js-client takes where the browser may store nothing does not have this.
const remembered = async () => (await storage().findAllUploads?.()) ?? [];

/** All of them: `{ url, name, size, offset }`; `offset` is null where the service does not say it. */
export async function unfinished() {
  const found = await Promise.all((await remembered()).map(standing));
  return found.filter(Boolean);
}

/** Forget an upload, here and on the service; where that does not answer, it expires there. Raises Refusal. */
export async function discard(url) {
  await forget(url);
  await ask(url, { method: "DELETE", headers: HEADERS }).catch((refusal) => {
    if (refusal.status !== 404 && !refusal.passing) throw refusal;
  });
}

/** Ask where one stands; null for what is complete or gone, which is forgotten. */
async function standing({ uploadUrl: url, size, metadata }) {
  try {
    const answer = await ask(url, { method: "HEAD", headers: HEADERS });
    const offset = Number(answer.headers.get("Upload-Offset"));
    if (offset < size) return { url, name: metadata.filename, size, offset };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status !== 404) return { url, name: metadata.filename, size, offset: null };
  }
  return forget(url);
}

async function forget(url) {
  const same = (await remembered()).filter(({ uploadUrl }) => uploadUrl === url);
  for (const { urlStorageKey } of same) await storage().removeUpload(urlStorageKey);
  return null;
}
