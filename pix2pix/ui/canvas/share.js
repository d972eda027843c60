// @ts-check
// Pictures to take away: the picture as PNG, and a card with drawing and picture.

import { contain } from "./geometry.js";
import { decode, makeCanvas, saveFile, toBlob } from "./images.js";
import { exactPicture } from "./live.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio */
export async function download(studio) {
  const picture = await exactPicture(studio);
  const [canvas, context] = makeCanvas(picture.width, picture.height);
  context.drawImage(picture, 0, 0);
  const { task, seed } = studio.current;
  saveFile(await toBlob(canvas), `pix2pix-${task.name}-${seed}.png`);
}

/** @param {Studio} studio */
export async function shareCard(studio) {
  const { current, root } = studio;
  const picture = await exactPicture(studio);
  const [canvas, context] = makeCanvas(1200, 720);
  const style = getComputedStyle(root);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  context.fillStyle = color("--paper") || "#f5f2ea";
  context.fillRect(0, 0, 1200, 720);
  const drawing = await decode(current.drawingUrl);
  for (const [image, left] of /** @type {[ImageBitmap, number][]} */ ([[drawing, 48], [picture, 616]])) {
    context.fillStyle = "#fff";
    context.fillRect(left, 48, 536, 536);
    context.imageSmoothingEnabled = image === picture || current.task.canvas !== "labels";
    context.imageSmoothingQuality = "high";
    const [x, y, width, height] = contain(image.width, image.height, 536, 536);
    context.drawImage(image, left + x, 48 + y, width, height);
  }
  context.fillStyle = color("--ink") || "#23211c";
  context.font = "600 40px 'Iowan Old Style', Palatino, Georgia, serif";
  context.fillText(current.task.title, 48, 656);
  context.fillStyle = color("--soft") || "#625d52";
  context.font = "22px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(`drawn by hand, pictured by pix2pix · seed ${current.seed}`, 1152, 654);
  saveFile(await toBlob(canvas), `pix2pix-${current.task.name}-${current.seed}-card.png`);
}
