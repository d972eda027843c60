// @ts-check
// Pen down, pen along, pen up: strokes on the current document, undo and redo.

import { applyMark, drawStroke, freeMark, lastMark, marksOf, rounded } from "./strokes.js";
import { contentOf, setContent } from "./state.js";
import { clamp } from "./geometry.js";
import { changed, settle } from "./live.js";
import { chooseTool, chooseValue } from "./toolbar.js";

/**
 * @typedef {import("./state.js").Studio} Studio
 * @typedef {import("./geometry.js").Point} Point
 */

const FREE = ["pen", "brush", "eraser"];
const GRID = 8; // model pixels that shapes snap to
const PULL = 0.4; // how far a smoothed pen moves towards the pointer with each event

/** @param {import("./state.js").Doc} doc @param {Point} point @returns {Point} */
function onGrid({ snap }, point) {
  const near = (/** @type {number} */ value) => Math.round(value / GRID) * GRID;
  return snap ? { ...point, x: near(point.x), y: near(point.y) } : point;
}

/** A row of boxes is kept as its boxes. @param {any} stroke @returns {import("./strokes.js").Stroke[]} */
function shapesOf(stroke) {
  if (stroke.tool !== "row") return [stroke];
  if (stroke.points.length < 2) return [];
  return rowOfBoxes(stroke.points[0], stroke.points[1]).map((points) => ({ ...stroke, tool: "rectangle", points }));
}

/** @param {Studio} studio */
function strokeValue({ current: { tool, task, value } }) {
  if (tool === "eraser") return false;
  return task.canvas === "labels" ? value : true;
}

/** Width of the selected tool's tip in model pixels. @param {Studio} studio */
export function tipWidth({ current: { tool, task, width } }) {
  // Erasing needs a broader tip than drawing.
  return tool === "eraser" && task.canvas === "lines" ? Math.max(8, width * 4) : width;
}

/**
 * Two corners → a row of boxes that fills the area between them.
 * @param {Point} a @param {Point} b @returns {Point[][]} two corners each
 */
export function rowOfBoxes(a, b) {
  const [left, top] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [width, height] = [Math.abs(b.x - a.x), Math.abs(b.y - a.y)];
  // Windows are taller than wide, and the wall between them is about as wide as they are.
  const count = clamp(Math.round((width / Math.max(4, 0.6 * height) + 1) / 2), 1, 24);
  const each = width / (2 * count - 1);
  return Array.from({ length: count }, (_, index) => [
    { x: Math.round(left + 2 * index * each), y: Math.round(top) },
    { x: Math.round(left + (2 * index + 1) * each), y: Math.round(top + height) },
  ]);
}

/** @param {Studio} studio @param {Point} at @param {{ keys?: boolean }} [options] keys: drawn with the arrow keys */
export function startStroke(studio, at, { keys = false } = {}) {
  const doc = studio.current;
  const { surface, tool } = doc;
  const point = rounded(FREE.includes(tool) ? at : onGrid(doc, at));
  if (!surface.ready || !tool) return;
  if (tool === "pick") {
    chooseValue(studio, surface.pick(point));
    chooseTool(studio, "rectangle");
    return;
  }
  const free = FREE.includes(tool);
  const stroke = {
    tool: /** @type {any} */ (free ? "free" : tool),
    value: strokeValue(studio),
    width: tipWidth(studio),
    mirror: doc.mirror,
    smooth: free && doc.task.canvas === "lines" && !keys, // right angles drawn by keys stay
    points: [point],
  };
  const before = contentOf(doc);
  if (tool === "fill") {
    drawStroke(surface, stroke);
    doc.undo.push(before);
    doc.strokes = [...doc.strokes, stroke];
    settle(studio);
    return;
  }
  studio.stroke = { ...stroke, before, target: point };
  if (free) {
    applyMark(surface, freeMark(stroke, 0), stroke.mirror);
    changed(studio);
  }
}

/** @param {Studio} studio @param {Point} at */
export function extendStroke(studio, at) {
  const { stroke, current } = studio;
  const { surface, steady } = current;
  const point = rounded(stroke.tool === "free" ? at : onGrid(current, at));
  stroke.target = point;
  if (stroke.tool !== "free") {
    // The shape is drawn again from the state before it, so that the picture can follow while it is dragged.
    surface.restore(stroke.before.pixels);
    stroke.points = [stroke.points[0], point];
    for (const shape of shapesOf(stroke)) for (const mark of marksOf(shape)) applyMark(surface, mark, stroke.mirror);
  } else {
    const last = stroke.points[stroke.points.length - 1];
    const pull = stroke.smooth && steady ? PULL : 1;
    stroke.points.push(
      rounded({ ...point, x: last.x + (point.x - last.x) * pull, y: last.y + (point.y - last.y) * pull }),
    );
    applyMark(surface, freeMark(stroke, stroke.points.length - 1), stroke.mirror);
  }
  changed(studio);
}

/** @param {Studio} studio */
export function finishStroke(studio) {
  if (!studio.stroke) return;
  const { before, target, ...stroke } = studio.stroke;
  const doc = studio.current;
  if (stroke.smooth) {
    // The smoothed line lags behind the pointer: connect it.
    stroke.end = target;
    applyMark(doc.surface, lastMark(stroke), stroke.mirror);
  }
  doc.undo.push(before);
  doc.strokes = [...doc.strokes, ...shapesOf(stroke)];
  studio.stroke = null;
  settle(studio);
}

/** @param {Studio} studio */
export function cancelStroke(studio) {
  if (!studio.stroke) return;
  studio.current.surface.restore(studio.stroke.before.pixels);
  studio.stroke = null;
  changed(studio);
}

/** @param {Studio} studio @param {"undo" | "redo"} direction */
export function travel(studio, direction) {
  cancelStroke(studio);
  const doc = studio.current;
  const content = direction === "undo" ? doc.undo.undo(contentOf(doc)) : doc.undo.redo(contentOf(doc));
  if (!content) return;
  setContent(doc, content);
  studio.selected = new Set();
  settle(studio);
}

/** @param {Studio} studio */
export function clearCanvas(studio) {
  const doc = studio.current;
  if (!doc.surface.ready) return;
  cancelStroke(studio);
  doc.undo.push(contentOf(doc));
  doc.surface.clear();
  doc.strokes = [];
  // A photo stays when its mask is cleared.
  doc.base = doc.task.canvas === "mask" && doc.base ? doc.surface.snapshot() : null;
  if (!doc.base) doc.source = "";
  settle(studio, { entry: "new" });
}
