// @ts-check
// A drawing → what a generator is given, and its answer → the picture: pix2pix/images.py in JavaScript.
//
// Pixels are RGBA bytes; tensors are Float32Array, channels first, in [-1, 1].

import { resize } from "./resize.js";

/** @typedef {import("./resize.js").Pixels} Pixels */

/**
 * @typedef {{ side: number, inputKind: "rgb" | "grey" | "holes", outputKind: "rgb" | "ab" | "matte" }} Kinds
 */

/**
 * The bytes of an image as numbers of [-1, 1], without a color wish.
 * @param {Pixels} image RGBA @param {Kinds} kinds
 */
export function toInput(image, { side, inputKind }) {
  const filter = Math.min(image.width, image.height) < 2 * side ? "bicubic" : "lanczos";
  if (inputKind === "holes") return punchHoles(resizeWithAlpha(image, side, filter), side);
  const { data } = resize(flatten(image), side, side, filter);
  const rgb = planes(data, 3, side * side);
  return inputKind === "grey" ? toLab(rgb).subarray(0, side * side) : rgb;
}

/** What is transparent becomes white: RGBA → RGB. @param {Pixels} image @returns {Pixels} */
function flatten({ width, height, data }) {
  const made = new Uint8ClampedArray(3 * width * height);
  for (let i = 0, j = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    for (let c = 0; c < 3; c++) made[j++] = divide255(data[i + c] * alpha + 255 * (255 - alpha));
  }
  return { width, height, channels: 3, data: made };
}

/** x/255, rounded as Pillow does it. @param {number} x */
const divide255 = (x) => (((x + 128) >> 8) + x + 128) >> 8;

/** RGBA resized as Pillow does it: colors multiplied by their alpha meanwhile. @param {Pixels} image @param {number} side @param {"bicubic" | "lanczos"} filter */
function resizeWithAlpha(image, side, filter) {
  if (image.width === side && image.height === side) return image;
  const data = Uint8ClampedArray.from(image.data);
  for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) data[i + c] = divide255(data[i + c] * data[i + 3]);
  const made = resize({ ...image, data }, side, side, filter);
  for (let i = 0; i < made.data.length; i += 4) {
    const alpha = made.data[i + 3];
    if (alpha > 0 && alpha < 255) for (let c = 0; c < 3; c++) made.data[i + c] = Math.floor((255 * made.data[i + c]) / alpha);
  }
  return made;
}

/** Interleaved bytes → planes in [-1, 1]. @param {ArrayLike<number>} data @param {number} channels @param {number} area */
function planes(data, channels, area, stride = channels) {
  const made = new Float32Array(channels * area);
  for (let c = 0; c < channels; c++) for (let i = 0; i < area; i++) made[c * area + i] = data[i * stride + c] / 127.5 - 1;
  return made;
}

/** The picture with its holes filled, and a fourth plane: 1 in holes, else -1. @param {Pixels} image RGBA @param {number} side */
function punchHoles({ data }, side) {
  const area = side * side;
  const known = new Float32Array(area);
  for (let i = 0; i < area; i++) known[i] = data[4 * i + 3] / 127.5 - 1 < 0 ? 0 : 1;
  const made = new Float32Array(4 * area);
  made.set(fillSmoothly(planes(data, 3, area, 4), known, side));
  for (let i = 0; i < area; i++) made[3 * area + i] = 1 - 2 * known[i];
  return made;
}

/** Pull-push: what is not known is taken from a picture of half the size. @param {Float32Array} rgb @param {Float32Array} known @param {number} side @returns {Float32Array} */
function fillSmoothly(rgb, known, side) {
  const area = side * side;
  const made = rgb.map((value, i) => value * known[i % area]);
  if (side === 1 || known.every(Boolean)) return made;
  const [half, small] = [side / 2, area / 4];
  const [pulled, share] = [new Float32Array(3 * small), new Float32Array(small)];
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const [at, to] = [2 * y * side + 2 * x, y * half + x];
      const four = [at, at + 1, at + side, at + side + 1];
      share[to] = four.reduce((sum, i) => sum + known[i], 0) / 4;
      for (let c = 0; c < 3; c++) {
        pulled[c * small + to] = four.reduce((sum, i) => sum + made[c * area + i], 0) / 4 / Math.max(share[to], 1e-6);
      }
    }
  }
  const pushed = fillSmoothly(pulled, share.map((part) => Number(part > 0)), half);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) {
      if (!known[i]) made[c * area + i] = bilinear(pushed.subarray(c * small, (c + 1) * small), half, i % side, Math.floor(i / side));
    }
  }
  return made;
}

/** A pixel of a plane enlarged twofold, as torch does it. @param {Float32Array} plane @param {number} side @param {number} x @param {number} y */
function bilinear(plane, side, x, y) {
  const places = [x, y].map((position) => {
    const at = Math.max(0, (position + 0.5) / 2 - 0.5);
    const low = Math.floor(at);
    return { low, high: Math.min(low + 1, side - 1), part: at - low };
  });
  const [h, v] = places;
  const row = (/** @type {number} */ r) => plane[r * side + h.low] * (1 - h.part) + plane[r * side + h.high] * h.part;
  return row(v.low) * (1 - v.part) + row(v.high) * v.part;
}

// --- Lab (sRGB, D65): the same constants as in pix2pix/images.py ---

const WHITE = [0.950456, 1, 1.088754];
const XYZ = [[0.412453, 0.35758, 0.180423], [0.212671, 0.71516, 0.072169], [0.019334, 0.119193, 0.950227]];
const RGB = [
  [3.24048134, -1.53715152, -0.49853633], [-0.96925495, 1.87599, 0.04155593], [0.05564664, -0.20404134, 1.05731107],
];
const toLinear = (/** @type {number} */ v) => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92);
const toSrgb = (/** @type {number} */ v) => (v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v);
const root = (/** @type {number} */ t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
const cube = (/** @type {number} */ f) => (f > 0.2068966 ? f ** 3 : (f - 16 / 116) / 7.787);
const within = (/** @type {number} */ v) => Math.min(1, Math.max(0, v));

/** RGB planes → L/50 - 1, a/110, b/110. @param {Float32Array} rgb */
function toLab(rgb) {
  const area = rgb.length / 3;
  const made = new Float32Array(rgb.length);
  for (let i = 0; i < area; i++) {
    const linear = [0, 1, 2].map((c) => toLinear((rgb[c * area + i] + 1) / 2));
    const [x, y, z] = XYZ.map((row, k) => root(row.reduce((sum, part, c) => sum + part * linear[c], 0) / WHITE[k]));
    made.set([(116 * y - 16) / 50 - 1], i);
    made.set([(500 * (x - y)) / 110], area + i);
    made.set([(200 * (y - z)) / 110], 2 * area + i);
  }
  return made;
}

/** One pixel of Lab → RGB in [-1, 1]. @param {number} light @param {number} a @param {number} b */
function fromLab(light, a, b) {
  const y = ((light + 1) * 50 + 16) / 116;
  const xyz = [y + (a * 110) / 500, y, y - (b * 110) / 200].map((f, k) => cube(f) * WHITE[k]);
  return RGB.map((row) => 2 * within(toSrgb(within(row.reduce((sum, part, k) => sum + part * xyz[k], 0)))) - 1);
}

/**
 * The network's answer for an input → RGB bytes.
 * @param {Float32Array} given @param {Float32Array} answer @param {Kinds} kinds @returns {Pixels}
 */
export function toPicture(given, answer, { side, inputKind, outputKind }) {
  const area = side * side;
  const data = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++) {
    let rgb = [0, 1, 2].map((c) => answer[c * area + i]);
    if (outputKind === "ab") rgb = fromLab(given[i], answer[i], answer[area + i]);
    else if (outputKind === "matte") {
      const matte = (answer[i] + 1) / 2;
      rgb = [0, 1, 2].map((c) => given[c * area + i] * matte + (1 - matte));
    } else if (inputKind === "holes" && given[3 * area + i] <= 0) rgb = [0, 1, 2].map((c) => given[c * area + i]);
    for (let c = 0; c < 3; c++) data[3 * i + c] = 127.5 * rgb[c] + 127.5; // clamped and rounded by the array
  }
  return { width: side, height: side, channels: 3, data };
}

/** The picture in the shape of the drawing, its short side `side` pixels. @param {Pixels} picture @param {number} width @param {number} height @param {number} side */
export function toShape(picture, width, height, side) {
  const scale = side / Math.min(width, height);
  const [w, h] = [width, height].map((length) => Math.min(roundHalfEven(length * scale), 4 * side));
  return resize(picture, w, h, "lanczos");
}

/** Python's round. @param {number} x */
function roundHalfEven(x) {
  const near = Math.round(x);
  return Math.abs(x % 1) === 0.5 && near % 2 ? near - 1 : near;
}
