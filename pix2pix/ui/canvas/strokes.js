// @ts-check
// A stroke as a vector, and the marks that it leaves on a surface. Pure functions of their arguments.
//
// Drawing while the pointer moves and redrawing later go through the same marks, so a stroke that is kept
// as a vector gives the same pixels again.

import { midpoint, mirrored } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {import("./geometry.js").Mark} Mark
 * @typedef {{ tool: "free" | "line" | "rectangle" | "ellipse" | "fill", value: number | boolean, width: number,
 *   mirror: boolean, smooth: boolean, points: Point[], end?: Point }} Stroke
 *   smooth: a free stroke is a chain of curves instead of straight segments. end: where the pointer was
 *   lifted, which the smoothed points lag behind.
 */

const STEP = 8; // positions are kept to an eighth of a pixel, so that a link holds them exactly

/** @param {Point} point @returns {Point} */
export function rounded({ x, y, push }) {
  const near = (/** @type {number} */ value) => Math.round(value * STEP) / STEP;
  const point = { x: near(x), y: near(y) };
  return push === undefined || push === 1 ? point : { ...point, push: Math.round(push * 20) / 20 };
}

/**
 * The mark that point number `index` of a free stroke adds.
 * @param {Stroke} stroke @param {number} index @returns {Mark}
 */
export function freeMark({ points, width, value, smooth }, index) {
  const point = points[index];
  const tip = { width: width * (point.push ?? 1), value };
  if (index === 0) return { shape: "dot", points: [point], ...tip };
  const before = points[index - 1];
  if (!smooth) return { shape: "line", points: [before, point], ...tip };
  const joint = index === 1 ? before : midpoint(points[index - 2], before);
  return { shape: "curve", points: [joint, before, midpoint(before, point)], ...tip };
}

/**
 * The mark that connects a smoothed stroke with the place where the pointer was lifted.
 * @param {Stroke} stroke @returns {Mark | null}
 */
export function lastMark({ points, end, width, value, smooth }) {
  if (!smooth || !end) return null;
  const last = points[points.length - 1];
  const joint = points.length === 1 ? last : midpoint(points[points.length - 2], last);
  return { shape: "curve", points: [joint, last, end], width: width * (end.push ?? 1), value };
}

/** @param {Stroke} stroke @returns {Mark[]} everything that the stroke draws; nothing for a fill */
export function marksOf(stroke) {
  const { tool, points, width, value } = stroke;
  if (tool === "fill") return [];
  if (tool !== "free") {
    return points.length < 2 ? [] : [{ shape: tool, points, width: width * (points[1].push ?? 1), value }];
  }
  const marks = points.map((_, index) => freeMark(stroke, index));
  const last = lastMark(stroke);
  return last ? [...marks, last] : marks;
}

/** @param {any} surface @param {Mark | null} mark @param {boolean} mirror */
export function applyMark(surface, mark, mirror) {
  if (!mark) return;
  surface.mark(mark);
  if (mirror) surface.mark(mirrored(mark, surface.width));
}

/** @param {any} surface @param {Stroke} stroke */
export function drawStroke(surface, stroke) {
  if (stroke.tool === "fill") {
    const [point] = stroke.points;
    surface.flood(point, stroke.value);
    if (stroke.mirror) surface.flood({ x: surface.width - point.x, y: point.y }, stroke.value);
  }
  for (const mark of marksOf(stroke)) applyMark(surface, mark, stroke.mirror);
}
