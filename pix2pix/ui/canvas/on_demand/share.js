// @ts-check
// Pictures and drawings to give away: the system's share sheet, the clipboard, files, a film and a link.

import { address } from "../../address.js";
import { contain } from "../geometry.js";
import { decode, makeCanvas, saveFile, toBlob } from "../images.js";
import { describe } from "../link.js";
import { ask, exactPicture } from "../live.js";
import { makeSurface } from "../surfaces.js";
import { drawStroke } from "../strokes.js";
import { say } from "../view.js";
import { bestBlob } from "./save.js";

/** @typedef {import("../state.js").Studio} Studio */

const FRAMES = 24; // of a film at most
const FRAME = 220; // ms that each is shown
const LAST = 1500; // ms for the finished picture

/** @param {Studio} studio @param {string} [kind] */
export const fileName = ({ current: { task, seed } }, kind = "") => `pix2pix-${task.name}-${seed}${kind}`;

/** The picture as it is on the page. @param {Studio} studio */
export async function pictureBlob(studio) {
  const picture = await exactPicture(studio);
  const [canvas, context] = makeCanvas(picture.width, picture.height);
  context.drawImage(picture, 0, 0);
  return toBlob(canvas);
}

/** Drawing and picture side by side, with the page's address. @param {Studio} studio */
export async function cardBlob(studio) {
  const { current, root } = studio;
  const picture = await exactPicture(studio);
  const [canvas, context] = makeCanvas(1200, 720);
  const style = getComputedStyle(root);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  context.fillStyle = color("--paper") || "#f5f2ea";
  context.fillRect(0, 0, 1200, 720);
  const { surface, task, drawingUrl } = current;
  const small = surface.toDataURL();
  // Lines are kept at twice the model's size; the small ones are shown where the picture is of an older drawing.
  const sharp = task.canvas === "lines" && (drawingUrl || small) === small;
  const drawing = sharp ? surface.canvas : await decode(drawingUrl || small);
  for (const [image, left] of /** @type {[ImageBitmap | HTMLCanvasElement, number][]} */ ([[drawing, 48], [picture, 616]])) {
    context.fillStyle = "#fff";
    context.fillRect(left, 48, 536, 536);
    context.imageSmoothingEnabled = image === picture || task.canvas !== "labels";
    context.imageSmoothingQuality = "high";
    const [x, y, width, height] = contain(image.width, image.height, 536, 536);
    context.drawImage(image, left + x, 48 + y, width, height);
  }
  context.fillStyle = color("--ink") || "#23211c";
  context.font = "600 40px 'Iowan Old Style', Palatino, Georgia, serif";
  context.fillText(task.title, 48, 656);
  context.fillStyle = color("--soft") || "#625d52";
  context.font = "22px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(`${madeFrom(studio)} · seed ${current.seed}`, 1152, 642);
  context.fillText(`${location.host}${location.pathname}`.replace(/\/$/, ""), 1152, 674);
  return toBlob(canvas);
}

/** Whose work it is. @param {Studio} studio */
export function madeFrom({ current: { task, strokes, source } }) {
  if (task.canvas === "photo" || task.canvas === "mask") return "made from a photo by pix2pix";
  if (source === "image") return "made from an image by pix2pix";
  return strokes.length ? "drawn by hand, made real by pix2pix" : "made from an example by pix2pix";
}

/** The address that opens this drawing elsewhere, and whether it holds all of it. @param {Studio} studio */
export async function linkOf(studio) {
  const { words, complete } = await describe(studio);
  return { href: address.with({ ...words, tab: "", __theme: "" }), complete };
}

/** @param {Studio} studio @param {() => Promise<void>} work @param {string} done */
async function tell(studio, work, done) {
  try {
    await work();
    say(studio, done);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") return; // the visitor closed the sheet
    say(studio, "The browser did not allow that. The file and the link can still be saved.");
  }
}

/** @type {Record<string, (studio: Studio) => any>} what each entry of the share menu does */
export const SHARE = {
  send: (studio) =>
    tell(studio, async () => {
      const file = new File([await cardBlob(studio)], `${fileName(studio, "-card")}.png`, { type: "image/png" });
      const { href } = await linkOf(studio);
      await navigator.share({ files: [file], title: "pix2pix studio", text: href });
    }, "Shared."),
  copy: (studio) =>
    tell(studio, async () => {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": bestBlob(studio) })]);
    }, "The picture is on the clipboard."),
  link: async (studio) => {
    const { href, complete } = await linkOf(studio);
    const rest = complete ? "" : " It opens the task; the photo or long drawing itself stays in this browser.";
    await tell(studio, () => navigator.clipboard.writeText(href), `The link is on the clipboard.${rest}`);
  },
  card: async (studio) => saveFile(await cardBlob(studio), `${fileName(studio, "-card")}.png`),
  film: (studio) => saveFilm(studio),
};

/** Whether this browser can send a file to other programs. */
export function canSend() {
  const file = new File(["x"], "x.png", { type: "image/png" });
  return Boolean(navigator.canShare?.({ files: [file] }));
}

/** @returns {string} the type of film that this browser records, "" for none */
export function filmType() {
  if (typeof MediaRecorder === "undefined") return "";
  return ["video/webm;codecs=vp9", "video/webm", "video/mp4"].find((type) => MediaRecorder.isTypeSupported(type)) || "";
}

/** The drawing as it grew, stroke by stroke, with the picture following. @param {Studio} studio */
async function saveFilm(studio) {
  const { current: doc, host } = studio;
  const type = filmType();
  if (!type || !doc.strokes.length) return say(studio, "A film needs strokes: draw something first.");
  say(studio, "Recording the film…");
  const frames = [];
  const each = Math.max(1, Math.ceil(doc.strokes.length / FRAMES));
  for (let count = 0; count < doc.strokes.length + each; count += each) {
    const surface = makeSurface(doc.task);
    if (doc.base) surface.restore(doc.base);
    for (const stroke of doc.strokes.slice(0, count)) drawStroke(surface, stroke);
    const drawing = surface.toDataURL();
    const reply = await ask(() =>
      host.server.live({ visit: `${studio.visit}-film`, number: count, task: doc.task.name, seed: doc.seed, color: doc.wish || null, drawing }),
    );
    if (!reply.picture) return say(studio, reply.error || "The film could not be made; please try again in a moment.");
    frames.push([await decode(drawing), await decode(reply.picture)]);
  }
  saveFile(await recordFilm(frames, type), `${fileName(studio, "-film")}.${type.includes("mp4") ? "mp4" : "webm"}`);
  say(studio, "");
}

/** @param {ImageBitmap[][]} frames drawing and picture @param {string} type @returns {Promise<Blob>} */
async function recordFilm(frames, type) {
  const [canvas, context] = makeCanvas(1040, 520);
  const recorder = new MediaRecorder(/** @type {any} */ (canvas).captureStream(30), { mimeType: type, videoBitsPerSecond: 4e6 });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  for (const [index, pair] of frames.entries()) {
    const until = performance.now() + (index === frames.length - 1 ? LAST : FRAME);
    // A recorder takes a frame only where the canvas changes.
    while (performance.now() < until) {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      pair.forEach((image, side) => {
        const [x, y, width, height] = contain(image.width, image.height, 512, 512);
        context.drawImage(image, 4 + 520 * side + x, 4 + y, width, height);
      });
      await new Promise((done) => setTimeout(done, 40));
    }
  }
  recorder.stop();
  await stopped;
  return new Blob(parts, { type: type.split(";")[0] });
}
