// The uploads that this browser remembers, to continue them after a reload: the storage of tus-js-client. Knows no elements.

import { Refusal, ask } from "../http.js";

const HEADERS = { "Tus-Resumable": "1.0.0" };

const storage = () => window.tus.defaultOptions.urlStorage;
// The storage that tus-js-client uses where the browser may store nothing lacks this method.
const remembered = async () => (await storage().findAllUploads?.()) ?? [];

/** All unfinished uploads: `{ url, name, size, offset }`; `offset` is null if the service does not tell it. */
export async function unfinished() {
  const uploads = await Promise.all((await remembered()).map(withOffset));
  return uploads.filter(Boolean);
}

/** Forget an upload and delete it on the service; if that does not answer, it expires there. Throws Refusal. */
export async function discard(url) {
  await forget(url);
  await ask(url, { method: "DELETE", headers: HEADERS }).catch((refusal) => {
    if (refusal.status !== 404 && !refusal.temporary) throw refusal;
  });
}

/** Ask how much of an upload has arrived; null if it is complete or gone, and then forget it. */
async function withOffset({ uploadUrl: url, size, metadata }) {
  try {
    const response = await ask(url, { method: "HEAD", headers: HEADERS });
    const offset = Number(response.headers.get("Upload-Offset"));
    if (offset < size) return { url, name: metadata.filename, size, offset };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status !== 404) return { url, name: metadata.filename, size, offset: null };
  }
  return forget(url);
}

async function forget(url) {
  const entries = (await remembered()).filter(({ uploadUrl }) => uploadUrl === url);
  for (const { urlStorageKey } of entries) await storage().removeUpload(urlStorageKey);
  return null;
}
