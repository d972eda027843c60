// @ts-check
// Save: the picture in the sizes that its checkpoint offers (`task.sizes`), made by the server when it is wanted.
//
// Live pictures stay small. A larger one is made of what the canvas knows best: the photo's own file, its mask
// enlarged; a label map drawn again from its strokes; a line drawing as the model sees it.

import { SIDE } from "../geometry.js";
import { decode, makeCanvas, saveFile, toBlob } from "../images.js";
import { LabelSurface } from "../label_surface.js";
import { drawStroke } from "../strokes.js";
import { say, showWait } from "../view.js";
import { toggleMenu } from "./menu.js";
import { fileName, pictureBlob } from "./share.js";
import { translateFile } from "./endpoint.js";

/**
 * @typedef {import("../state.js").Studio} Studio
 * @typedef {import("../state.js").Doc} Doc
 */

const MAX_UPLOAD = 20e6; // bytes
const BAND = 256; // rows of a photo whose mask is made at once
const LONGEST = 4; // times the short side, as the server makes it
const DIFFERENT = 0.03; // of a label map: more than what drawing it larger changes at edges

/** One size is saved at once, of several one is chosen. @param {Studio} studio */
export function save(studio) {
  const { current } = studio;
  if (!current.picture) return;
  const sizes = sizesOf(current);
  if (sizes.length === 1) return saveAt(studio, sizes[0]);
  const entries = sizes.map((size) => {
    const own = size === "full" ? ", the photo's own" : "";
    return { name: size, symbol: "download", words: `${shape(current, size)} pixels${own}`, act: () => saveAt(studio, size) };
  });
  toggleMenu(studio, "download", "Save the picture at", entries);
}

/** Those of the task that are possible for what is on the canvas. @param {Doc} doc */
function sizesOf({ task, surface }) {
  const { sizes } = task;
  return sizes.length > 1 && !surface.original ? sizes.filter((size) => size !== "full") : sizes;
}

/** Width and height of what is saved. @param {Doc} doc @param {string} size @returns {[number, number]} */
export function measure({ surface }, size) {
  const { width, height } = surface.original || surface;
  if (size === "full") return [width, height];
  const short = Number(size);
  const scale = short / Math.min(width, height);
  return [Math.min(Math.round(width * scale), LONGEST * short), Math.min(Math.round(height * scale), LONGEST * short)];
}

/** @param {Doc} doc @param {string} size */
const shape = (doc, size) => measure(doc, size).join(" × ");

/** @param {Studio} studio @param {string} size */
async function saveAt(studio, size) {
  const name = fileName(studio);
  if (size === String(SIDE)) return saveFile(await pictureBlob(studio), `${name}.png`);
  const button = studio.find("[data-do=download]");
  const wanted = shape(studio.current, size);
  button.disabled = true;
  try {
    const blob = await largePicture(studio, size);
    const { width, height } = await createImageBitmap(blob);
    saveFile(blob, `${name}-${width}x${height}.png`);
    say(studio, `Saved at ${width} × ${height} pixels.`);
  } catch (error) {
    const blob = await pictureBlob(studio);
    const { width, height } = await createImageBitmap(blob);
    saveFile(blob, `${name}.png`);
    const reason = /** @type {Error} */ (error).message;
    say(studio, `Saved at ${width} × ${height}, as it is here; ${wanted} was not possible (${reason}).`);
  } finally {
    button.disabled = !studio.current.picture;
  }
}

/** The picture for the clipboard: a photo's at its own size, where that is what Save gives. @param {Studio} studio */
export async function bestBlob(studio) {
  const sizes = sizesOf(studio.current);
  if (sizes.length > 1) return pictureBlob(studio);
  return largePicture(studio, sizes[0]).catch(() => pictureBlob(studio));
}

/** The picture at that size, PNG. Rejects where it cannot be made. @param {Studio} studio @param {string} size @returns {Promise<Blob>} */
export async function largePicture(studio, size) {
  const { current: doc } = studio;
  showWait(studio, `Making it at ${shape(doc, size)}…`);
  try {
    return await translateFile(await inputOf(doc, size), { task: doc.task.name, seed: doc.seed, color: doc.wish, size });
  } finally {
    showWait(studio, "");
  }
}

/** What the server makes the picture of. @param {Doc} doc @param {string} size @returns {Promise<Blob>} */
export async function inputOf(doc, size) {
  const { task, surface, drawingUrl } = doc;
  if (task.canvas === "labels") return toBlob(largerLabels(doc, Number(size) / SIDE).canvas);
  if (task.canvas === "lines") return blobOf(drawingUrl || surface.toDataURL());
  if (!surface.original) return blobOf(surface.toDataURL());
  return surface.masked ? withHoles(surface) : surface.original.blob;
}

/** @param {string} url */
const blobOf = async (url) => (await fetch(url)).blob();

/**
 * The label map, its sides times `scale`: strokes drawn again, what lies below them enlarged.
 * @param {Doc} doc @param {number} scale whole
 */
export function largerLabels({ task, surface, base, strokes }, scale) {
  const side = SIDE * scale;
  const larger = new LabelSurface(task.palette, surface.ground, side);
  const enlarge = (/** @type {Uint8Array} */ indices) =>
    larger.restore(larger.indices.map((_, at) => indices[SIDE * Math.floor(at / side / scale) + Math.floor((at % side) / scale)]));
  if (base) enlarge(base);
  const scaled = (/** @type {any} */ { x, y, ...rest }) => ({ ...rest, x: x * scale, y: y * scale });
  for (const stroke of strokes) {
    const end = stroke.end && scaled(stroke.end);
    drawStroke(larger, { ...stroke, width: stroke.width * scale, points: stroke.points.map(scaled), end });
  }
  // A fill may run through a gap that only the larger map has: then the small one is enlarged as it is.
  const middle = (/** @type {number} */ at) => side * Math.floor((Math.floor(at / SIDE) + 0.5) * scale) + Math.floor(((at % SIDE) + 0.5) * scale);
  const small = surface.snapshot();
  const others = small.filter((/** @type {number} */ value, /** @type {number} */ at) => larger.indices[middle(at)] !== value);
  if (others.length > DIFFERENT * small.length) enlarge(small);
  larger.refresh();
  return larger;
}

/**
 * The photo's file with the brushed holes cut out of it: either whole or gone, so that what stays keeps its pixels.
 * @param {import("../photo_surface.js").PhotoSurface} surface @returns {Promise<Blob>}
 */
async function withHoles({ original, mask }) {
  const { width, height, blob } = original;
  const [canvas, context] = makeCanvas(width, height);
  context.drawImage(await decode(blob), 0, 0);
  context.globalCompositeOperation = "destination-out";
  const [band, bandContext] = makeCanvas(width, BAND);
  bandContext.imageSmoothingQuality = "high";
  for (let top = 0; top < height; top += BAND) {
    bandContext.clearRect(0, 0, width, BAND);
    bandContext.drawImage(mask, 0, -top, width, height);
    const cut = bandContext.getImageData(0, 0, width, BAND);
    for (let i = 3; i < cut.data.length; i += 4) cut.data[i] = cut.data[i] < 128 ? 0 : 255;
    bandContext.putImageData(cut, 0, 0);
    context.drawImage(band, 0, top);
  }
  const exact = await toBlob(canvas);
  // Beyond what the server takes: nearly as exact, a fifth of the bytes.
  return exact && exact.size <= MAX_UPLOAD ? exact : toBlob(canvas, "image/webp", 0.98);
}
