// Checks by its first bytes whether a file is an accepted video, before it is sent. The rules and the sentences are
// those of shotlens/storage/media_types.py.

const HEAD_BYTES = 65536;
const BOXES = ["ftyp", "moov", "mdat", "free", "wide", "skip", "pnot", "styp", "uuid"];
// The first bytes of Matroska and WebM, Ogg, FLV, WMV, MPEG-PS, MXF and DV.
const VIDEOS = [
  "\x1a\x45\xdf\xa3",
  "OggS",
  "FLV\x01",
  "\x30\x26\xb2\x75\x8e\x66\xcf\x11",
  "\0\0\x01\xba",
  "\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02",
  "\x1f\x07\0",
];
const PHOTOS = [
  ["\xff\xd8\xff", "JPEG"],
  ["\x89PNG", "PNG"],
  ["II*\0", "TIFF or raw"],
  ["MM\0*", "TIFF or raw"],
  ["II\x1a\0\0\0HEAPCCDR", "raw"],
  ["FUJIFILMCCD-RAW", "raw"],
  ["8BPS", "PSD"],
  ["\xff\x0a", "JPEG XL"],
  ["\0\0\0\x0cJXL ", "JPEG XL"],
  ["\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", "JPEG 2000"],
];
const PHOTO_BRANDS = new Map([
  ["heic", "HEIC"],
  ["heix", "HEIC"],
  ["heim", "HEIC"],
  ["heis", "HEIC"],
  ["mif1", "HEIF"],
  ["mif2", "HEIF"],
  ["avif", "AVIF"],
  ["crx ", "raw"],
]);
const SEQUENCE_BRANDS = ["avis", "msf1", "hevc", "hevx", "hevm", "hevs"]; // a photo file that also holds a film
const SOUNDS = ["ID3", "fLaC", "MThd", "#!AMR", "wvpk", "\xff\xfb", "\xff\xf3", "\xff\xf1", "\xff\xf9"];
const ANIMATED = 0x02; // the flag in the header of an extended WebP
const PACKETS = 5; // in a row that tell a transport stream
const PACKET_SIZES = [188, 192, 204];

/** Return why the service would refuse a file, or null. The second argument is the data of #upload. */
export async function problemWith(file, { limit, limitText, accepted }) {
  if (file.size === 0) return `The file is empty. Send a video: ${accepted} are accepted.`;
  const head = await read(file);
  if (!isVideo(head)) return refusal(head, accepted);
  if (file.size > Number(limit)) return `The video is too large: at most ${limitText} are accepted.`;
  return null;
}

/** Whether a file is an accepted video; false also if it cannot be read. */
export async function isVideoFile(file) {
  return isVideo(await read(file));
}

/** Return the first bytes of a file as text, a character each; nothing if it cannot be read. */
async function read(file) {
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => new ArrayBuffer(0));
  return Array.from(new Uint8Array(head), (byte) => String.fromCharCode(byte)).join("");
}

function isVideo(head) {
  if (BOXES.includes(head.slice(4, 8))) return !photo(head);
  if (VIDEOS.some((start) => head.startsWith(start)) || riff(head) === "AVI ") return true;
  return isAnimatedWebp(head) || isAnimatedGif(head) || isTransportStream(head);
}

function refusal(head, accepted) {
  const kind = photo(head);
  if (kind) return `That is a photo (${kind}), not a video. Send a video: ${accepted} are accepted.`;
  if (SOUNDS.some((start) => head.startsWith(start)) || ["WAVE", "AIFF", "AIFC"].includes(head.slice(8, 12))) {
    return `That is a sound file, not a video. Send a video: ${accepted} are accepted.`;
  }
  return `That is not a video that is accepted here: ${accepted} are.`;
}

/** Return the kind of photo that starts with these bytes; undefined if it is not known to be one. */
function photo(head) {
  if (head.slice(4, 8) === "ftyp") {
    const size = [0, 1, 2, 3].reduce((sum, at) => sum * 256 + head.charCodeAt(at), 0);
    const brands = [head.slice(8, 12)];
    for (let at = 16; at < Math.min(head.length, size, 128); at += 4) brands.push(head.slice(at, at + 4));
    return brands.some((brand) => SEQUENCE_BRANDS.includes(brand)) ? undefined : PHOTO_BRANDS.get(brands[0]);
  }
  if (riff(head) === "WEBP" && !isAnimatedWebp(head)) return "WebP";
  if (isGif(head) && !isAnimatedGif(head)) return "GIF";
  if (head.startsWith("BM") && head.slice(6, 10) === "\0\0\0\0") return "BMP";
  return PHOTOS.find(([start]) => head.startsWith(start))?.[1];
}

const riff = (head) => (head.startsWith("RIFF") ? head.slice(8, 12) : "");
const isGif = (head) => head.startsWith("GIF87a") || head.startsWith("GIF89a");
const isAnimatedWebp = (head) => riff(head) === "WEBP" && head.slice(12, 16) === "VP8X" && (head.charCodeAt(20) & ANIMATED) !== 0;

/** A GIF is a video unless it ends after one picture, as far as these bytes tell. */
function isAnimatedGif(head) {
  const colours = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0); // bytes of the colour table
  const byte = (at) => head.charCodeAt(at);
  let at = 13 + colours(byte(10));
  let pictures = 0;
  while (isGif(head) && (head[at] === "," || head[at] === "!")) {
    pictures += head[at] === "," ? 1 : 0;
    at += head[at] === "," ? 11 + colours(byte(at + 9)) : 2;
    while (byte(at)) at += 1 + byte(at);
    at += 1;
  }
  return isGif(head) && (pictures > 1 || at >= head.length || Number.isNaN(at));
}

/** Each packet starts with 0x47; a recording may start within one, or after junk. */
function isTransportStream(head) {
  for (let at = head.indexOf("G"); at >= 0; at = head.indexOf("G", at + 1)) {
    const starts = (size) => Array.from({ length: PACKETS }, (_, packet) => head[at + packet * size]).every((byte) => byte === "G");
    if (PACKET_SIZES.some(starts)) return true;
  }
  return false;
}
