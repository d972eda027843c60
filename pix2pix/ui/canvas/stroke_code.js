// @ts-check
// Strokes ↔ a short text for the page's address. Pure functions, no page.
//
// Numbers of variable length (7 bits a byte), positions as differences in eighths of a pixel, deflated, and
// written in base64 with the letters that an address may hold. A drawn cat takes about 2 kB.

const VERSION = 1;
const TOOLS = /** @type {const} */ (["free", "line", "rectangle", "ellipse", "fill"]);
const [MIRROR, SMOOTH, END, PUSH] = [1, 2, 4, 8];
const STEP = 8; // as in strokes.js
const MOST = 1 << 20; // bytes that a text may unfold to

/** @typedef {import("./strokes.js").Stroke} Stroke */

class Writer {
  /** @type {number[]} */
  bytes = [];
  /** @param {number} value a whole number, not negative */
  number(value) {
    for (; value > 127; value = Math.floor(value / 128)) this.bytes.push((value % 128) | 128);
    this.bytes.push(value);
  }
  /** @param {number} value a whole number of either sign */
  signed(value) {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }
  /** @param {string} text */
  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.number(bytes.length);
    this.bytes.push(...bytes);
  }
}

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (this.at >= this.bytes.length) throw new Error("the drawing in the address is cut off");
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  signed() {
    const value = this.number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

/** @param {Uint8Array} bytes @param {any} stream a CompressionStream or its reverse */
async function through(bytes, stream) {
  const piped = new Blob([/** @type {any} */ (bytes)]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await piped.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST) throw new Error("the drawing in the address is too large");
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {string} example name of the example below the strokes, "" for none @param {Stroke[]} strokes */
export async function encodeDrawing(example, strokes) {
  const out = new Writer();
  out.number(VERSION);
  out.text(example);
  out.number(strokes.length);
  for (const { tool, value, width, mirror, smooth, points, end } of strokes) {
    const all = end ? [...points, end] : points;
    const pushed = all.some((point) => point.push !== undefined);
    out.number(TOOLS.indexOf(tool));
    out.number((mirror && MIRROR) | (smooth && SMOOTH) | (end ? END : 0) | (pushed && PUSH));
    out.number(Number(value));
    out.number(Math.round(width * 4));
    out.number(points.length);
    let [x, y] = [0, 0];
    for (const point of all) {
      const [toX, toY] = [Math.round(point.x * STEP), Math.round(point.y * STEP)];
      out.signed(toX - x);
      out.signed(toY - y);
      if (pushed) out.number(Math.round((point.push ?? 1) * 20));
      [x, y] = [toX, toY];
    }
  }
  const packed = await through(Uint8Array.from(out.bytes), new CompressionStream("deflate-raw"));
  const letters = Array.from(packed, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The reverse. Throws an Error in one line for a text that no `encodeDrawing` made.
 * @param {string} text @param {number} classes of the palette, 0 for true and false
 * @returns {Promise<{ example: string, strokes: Stroke[] }>}
 */
export async function decodeDrawing(text, classes) {
  let packed;
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    packed = await through(Uint8Array.from(letters, (one) => one.charCodeAt(0)), new DecompressionStream("deflate-raw"));
  } catch {
    throw new Error("the drawing in the address is damaged");
  }
  const source = new Reader(packed);
  if (source.number() !== VERSION) throw new Error("the drawing in the address is of another version");
  const example = source.text();
  const strokes = Array.from({ length: source.number() }, () => readStroke(source, classes));
  return { example, strokes };
}

/** @param {Reader} source @param {number} classes @returns {Stroke} */
function readStroke(source, classes) {
  const tool = TOOLS[source.number()];
  const flags = source.number();
  const value = source.number();
  const width = source.number() / 4;
  const count = source.number();
  if (!tool || !count || width > 512 || (classes ? value >= classes : value > 1)) {
    throw new Error("the drawing in the address does not fit this task");
  }
  let [x, y] = [0, 0];
  const read = () => {
    x += source.signed();
    y += source.signed();
    const point = { x: x / STEP, y: y / STEP };
    const push = flags & PUSH ? source.number() / 20 : 1;
    return push === 1 ? point : { ...point, push };
  };
  const points = Array.from({ length: count }, read);
  /** @type {Stroke} */
  const stroke = {
    tool, value: classes ? value : Boolean(value), width, mirror: Boolean(flags & MIRROR),
    smooth: Boolean(flags & SMOOTH), points,
  };
  if (flags & END) stroke.end = read();
  return stroke;
}
