// @ts-check
// What helps a line drawing that the model can hardly read, with one tap. Looks at pixels only.

import { contentOf } from "./state.js";
import { settle } from "./live.js";
import { makeCanvas } from "./images.js";
import { boundsOfAll, fitted, redraw } from "./select.js";

/** @typedef {import("./state.js").Studio} Studio */

const [SMALL, OFF, FULL] = [0.5, 0.18, 0.35]; // shares of the canvas: longest side, distance of the middle, ink
const GOAL = 0.82; // of the canvas, for a drawing that is fitted to it

/**
 * Share of dark pixels and the box that holds them (shares of the canvas; null where there are none).
 * @param {Uint8Array} levels side × side, 0 is black @param {number} side
 */
export function inkOf(levels, side) {
  let [left, top, right, bottom, count] = [side, side, -1, -1, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (levels[y * side + x] > 128) continue;
      count++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  const box = count ? { left: left / side, top: top / side, right: (right + 1) / side, bottom: (bottom + 1) / side } : null;
  return { share: count / (side * side), box };
}

/**
 * One sentence and what to do about it; null where the drawing has nothing of the kind.
 * @param {ReturnType<typeof inkOf>} ink @returns {{ text: string, label: string, command: string } | null}
 */
export function adviceFor({ share, box }) {
  if (!box) return null;
  if (share > FULL) return { text: "Nearly all of it is black: the model expects thin lines on white.", label: "Clear", command: "clear" };
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const middle = Math.max(Math.abs((box.left + box.right) / 2 - 0.5), Math.abs((box.top + box.bottom) / 2 - 0.5));
  if (Math.max(width, height) < SMALL || middle > OFF) {
    return { text: "The model expects a drawing that fills the canvas.", label: "Fit to canvas", command: "fit" };
  }
  return null;
}

/** Advice for the current drawing. @param {Studio} studio */
export function advise({ current: { task, surface } }) {
  if (task.canvas !== "lines" || !task.fills) return null;
  return adviceFor(inkOf(surface.snapshot(), surface.canvas.width));
}

/** Move and scale the drawing so that it fills the canvas. @param {Studio} studio */
export function fitToCanvas(studio) {
  const doc = studio.current;
  const { surface } = doc;
  const size = surface.canvas.width;
  const { box } = inkOf(surface.snapshot(), size);
  if (!box) return;
  doc.undo.push(contentOf(doc));
  const scale = GOAL / Math.max(box.right - box.left, box.bottom - box.top);
  const [width, height] = [(box.right - box.left) * scale, (box.bottom - box.top) * scale];
  const [left, top] = [(1 - width) / 2, (1 - height) / 2];
  if (!doc.base) {
    const from = boundsOfAll(doc.strokes);
    const side = surface.width;
    const goal = (/** @type {number} */ value, /** @type {number} */ first, /** @type {number} */ to) => (to + (value / side - first) * scale) * side;
    const to = {
      left: goal(from.left, box.left, left), right: goal(from.right, box.left, left),
      top: goal(from.top, box.top, top), bottom: goal(from.bottom, box.top, top),
    };
    doc.strokes = doc.strokes.map((stroke) => fitted(stroke, from, to));
    redraw(doc);
  } else {
    const [copy, context] = makeCanvas(size, size);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, size, size);
    context.imageSmoothingQuality = "high";
    const at = (/** @type {number} */ share) => share * size;
    context.drawImage(
      surface.canvas, at(box.left), at(box.top), at(box.right - box.left), at(box.bottom - box.top),
      at(left), at(top), at(width), at(height),
    );
    surface.place(copy, size, size);
    Object.assign(doc, { base: surface.snapshot(), source: "image", strokes: [] });
  }
  settle(studio, { entry: "new" });
}
