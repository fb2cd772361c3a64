// Checks by its first bytes whether a file is an accepted video, before it is sent. The rule is that of
// shotlens/storage/media_types.py.

const HEAD_BYTES = 2048;
const BOXES = ["ftyp", "moov", "mdat", "free", "wide", "skip"];

/** Return why the service would refuse a file, or null. The second argument is the data of #upload. */
export async function problemWith(file, { limit, limitText, accepted }) {
  if (file.size === 0) return `The file is empty. Send a video: ${accepted} are accepted.`;
  if (!(await isVideoFile(file))) return `That is not a video that is accepted here: ${accepted} are.`;
  if (file.size > Number(limit)) return `The video is too large: at most ${limitText} are accepted.`;
  return null;
}

/** Whether a file is an accepted video; false also if it cannot be read. */
export async function isVideoFile(file) {
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0));
  return isVideo(new Uint8Array(head));
}

/** Whether an accepted video starts with these bytes. */
function isVideo(head) {
  const text = (from, to) => String.fromCharCode(...head.subarray(from, to));
  if (BOXES.includes(text(4, 8))) return true;
  if (text(0, 4) === "\x1a\x45\xdf\xa3") return true; // Matroska and WebM
  if (text(0, 4) === "RIFF" && text(8, 12) === "AVI ") return true;
  return isTransportStream(head);
}

/** Each packet starts with 0x47; a recording may start within one. Camcorders write packets of 192 bytes. */
function isTransportStream(head) {
  const starts = (offset, size) => [0, 1, 2, 3, 4].every((packet) => head[offset + packet * size] === 0x47);
  return [188, 192].some((size) => Array.from({ length: size }, (_, offset) => offset).some((offset) => starts(offset, size)));
}
