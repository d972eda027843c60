// @ts-check
// The Select tool: strokes and boxes are chosen, moved, scaled, duplicated and deleted.
//
// Strokes are vectors, so a change redraws the canvas from its base. A box of an example's label map, which
// is pixels, becomes a stroke when it is touched.

import { clamp } from "./geometry.js";
import { contentOf } from "./state.js";
import { changed, settle } from "./live.js";
import { drawStroke } from "./strokes.js";
import { render } from "./view.js";

/**
 * @typedef {import("./state.js").Studio} Studio
 * @typedef {import("./state.js").Doc} Doc
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("./geometry.js").Point} Point
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box
 */

const NEAR = 6; // model pixels within which a line counts as touched
const GRID = 8; // model pixels

/** @param {Point[]} points @returns {Box} */
function around(points) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** @param {Stroke} stroke @returns {Box} */
export const boundsOf = ({ points, end }) => around(end ? [...points, end] : points);

/** @param {Stroke[]} strokes @returns {Box | null} */
export function boundsOfAll(strokes) {
  if (!strokes.length) return null;
  return around(strokes.flatMap(boundsOf).flatMap(({ left, top, right, bottom }) => [{ x: left, y: top }, { x: right, y: bottom }]));
}

/**
 * A stroke moved and scaled: x → (x − from.left) · scaleX + to.left, and y alike. Its width stays.
 * @param {Stroke} stroke @param {Box} from @param {Box} to @returns {Stroke}
 */
export function fitted(stroke, from, to) {
  const scale = (/** @type {number} */ a, /** @type {number} */ b) => (b > a ? b - a : 1);
  const scaleX = scale(to.left, to.right) / scale(from.left, from.right);
  const scaleY = scale(to.top, to.bottom) / scale(from.top, from.bottom);
  const move = (/** @type {Point} */ point) => ({
    ...point, x: to.left + (point.x - from.left) * scaleX, y: to.top + (point.y - from.top) * scaleY,
  });
  const moved = { ...stroke, points: stroke.points.map(move) };
  if (stroke.end) moved.end = move(stroke.end);
  return moved;
}

/** @param {Box} box @param {number} dx @param {number} dy @returns {Box} */
const shifted = ({ left, top, right, bottom }, dx, dy) => ({
  left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy,
});

/** @param {Point} point @param {Point} a @param {Point} b distance of the point from the segment */
function distance(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = clamp(((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(point.x - a.x - along * dx, point.y - a.y - along * dy);
}

/**
 * Whether a stroke is under the point. filled: its rectangles and ellipses are areas, not outlines.
 * @param {Stroke} stroke @param {Point} point @param {boolean} filled
 */
export function touches(stroke, point, filled) {
  const { tool, points, width, end } = stroke;
  if (tool === "fill") return false;
  const reach = Math.max(NEAR, width / 2);
  if (tool === "rectangle" || tool === "ellipse") {
    const box = boundsOf(stroke);
    const inside = point.x >= box.left - 2 && point.x <= box.right + 2 && point.y >= box.top - 2 && point.y <= box.bottom + 2;
    if (filled || !inside) return inside;
    const [rx, ry] = [(box.right - box.left) / 2 || 1, (box.bottom - box.top) / 2 || 1];
    const radius = Math.hypot((point.x - box.left - rx) / rx, (point.y - box.top - ry) / ry);
    return Math.abs(radius - 1) * Math.min(rx, ry) <= reach;
  }
  const all = end ? [...points, end] : points;
  if (all.length === 1) return distance(point, all[0], all[0]) <= reach;
  return all.some((b, index) => index > 0 && distance(point, all[index - 1], b) <= reach);
}

/**
 * The box of one class under a point of a label map, with the class around it; null where the area there is
 * no box. @param {Uint8Array} indices side × side @param {number} side @param {Point} at
 */
export function boxAt(indices, side, at) {
  const [x, y] = [clamp(Math.floor(at.x), 0, side - 1), clamp(Math.floor(at.y), 0, side - 1)];
  const value = indices[y * side + x];
  const seen = new Uint8Array(indices.length);
  const waiting = [y * side + x];
  seen[waiting[0]] = 1;
  let [left, top, right, bottom, count] = [x, y, x, y, 0];
  /** @type {Record<number, number>} */
  const neighbors = {};
  while (waiting.length) {
    const here = waiting.pop();
    const [column, row] = [here % side, Math.floor(here / side)];
    count++;
    [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, row), Math.max(bottom, row)];
    for (const next of [column > 0 ? here - 1 : -1, column < side - 1 ? here + 1 : -1, here - side, here + side]) {
      if (next < 0 || next >= indices.length || seen[next]) continue;
      if (indices[next] !== value) neighbors[indices[next]] = (neighbors[indices[next]] || 0) + 1;
      else {
        seen[next] = 1;
        waiting.push(next);
      }
    }
  }
  const [[surround] = []] = Object.entries(neighbors).sort(([, a], [, b]) => b - a);
  const area = (right - left + 1) * (bottom - top + 1);
  if (surround === undefined || count < 0.95 * area || area > indices.length / 4) return null;
  return { value, around: Number(surround), box: { left, top, right: right + 1, bottom: bottom + 1 } };
}

/** Draw the document again from its base. @param {Doc} doc */
export function redraw(doc) {
  if (doc.base) doc.surface.restore(doc.base);
  else doc.surface.clear();
  for (const stroke of doc.strokes) drawStroke(doc.surface, stroke);
}

/** @param {Studio} studio @returns {Stroke[]} */
export const selectedStrokes = ({ selected, current }) => current.strokes.filter((stroke) => selected.has(stroke));

/** A box of the base under the point becomes a stroke of its own. @param {Doc} doc @param {Point} point */
function liftBox(doc, point) {
  if (doc.task.canvas !== "labels" || !doc.base) return null;
  const found = boxAt(doc.base, doc.surface.width, point);
  if (!found) return null;
  const { left, top, right, bottom } = found.box;
  const base = doc.base.slice();
  for (let row = top; row < bottom; row++) base.fill(found.around, row * doc.surface.width + left, row * doc.surface.width + right);
  /** @type {Stroke} */
  const stroke = {
    tool: "rectangle", value: found.value, width: doc.width, mirror: false, smooth: false,
    points: [{ x: left, y: top }, { x: right, y: bottom }],
  };
  doc.base = base;
  doc.source = "image"; // the example is not what it was
  doc.strokes = [stroke, ...doc.strokes];
  return stroke;
}

/** @param {Studio} studio @param {Point} point @param {string} corner of the selection that is held, "" for none */
export function startSelecting(studio, point, corner, more = false) {
  const doc = studio.current;
  const before = contentOf(doc);
  const filled = doc.task.canvas !== "lines";
  if (!corner) {
    let hit = doc.strokes.findLast((stroke) => touches(stroke, point, filled)) || liftBox(doc, point);
    if (hit && !studio.selected.has(hit)) studio.selected = new Set(more ? [...studio.selected, hit] : [hit]);
    if (!hit) {
      studio.selected = new Set();
      studio.drag = { kind: "band", from: point, to: point, before };
      return render(studio);
    }
  }
  const strokes = selectedStrokes(studio);
  studio.drag = { kind: corner || "move", from: point, to: point, before, box: boundsOfAll(strokes), strokes };
  render(studio);
}

/** Replaces strokes of the document, keeping order and selection. @param {Studio} studio @param {Map<Stroke, Stroke>} changes */
function replace(studio, changes) {
  const doc = studio.current;
  doc.strokes = doc.strokes.map((stroke) => changes.get(stroke) || stroke);
  studio.selected = new Set([...studio.selected].map((stroke) => changes.get(stroke) || stroke));
  redraw(doc);
}

/** @param {number} value @param {boolean} snap */
const onGrid = (value, snap) => (snap ? Math.round(value / GRID) * GRID : value);

/** @param {Studio} studio @param {Point} point */
export function extendSelecting(studio, point) {
  const { drag, current } = studio;
  drag.to = point;
  if (drag.kind === "band") {
    const band = around([drag.from, point]);
    const inside = (/** @type {Stroke} */ stroke) => {
      const box = boundsOf(stroke);
      return box.left >= band.left && box.right <= band.right && box.top >= band.top && box.bottom <= band.bottom;
    };
    studio.selected = new Set(current.strokes.filter(inside));
    return render(studio);
  }
  const { box } = drag;
  let [dx, dy] = [point.x - drag.from.x, point.y - drag.from.y];
  let goal;
  if (drag.kind === "move") {
    if (current.snap) [dx, dy] = [onGrid(box.left + dx, true) - box.left, onGrid(box.top + dy, true) - box.top];
    goal = shifted(box, dx, dy);
    if (dx || dy) studio.repeat = { dx, dy };
  } else {
    const at = { x: onGrid(point.x, current.snap), y: onGrid(point.y, current.snap) };
    goal = { ...box };
    if (drag.kind.includes("w")) goal.left = Math.min(at.x, box.right - 2);
    else goal.right = Math.max(at.x, box.left + 2);
    if (drag.kind.includes("n")) goal.top = Math.min(at.y, box.bottom - 2);
    else goal.bottom = Math.max(at.y, box.top + 2);
  }
  const now = selectedStrokes(studio);
  replace(studio, new Map(now.map((stroke, index) => [stroke, fitted(drag.strokes[index], box, goal)])));
  changed(studio);
}

/** @param {Studio} studio */
export function finishSelecting(studio) {
  const { drag } = studio;
  studio.drag = null;
  const moved = drag.kind !== "band" && (drag.to.x !== drag.from.x || drag.to.y !== drag.from.y);
  if (!moved) return render(studio);
  studio.current.undo.push(drag.before);
  settle(studio);
}

/** @param {Studio} studio @param {(doc: Doc) => void} change */
function step(studio, change) {
  if (!studio.selected.size) return;
  const doc = studio.current;
  doc.undo.push(contentOf(doc));
  change(doc);
  redraw(doc);
  settle(studio);
}

/** @param {Studio} studio @param {number} dx @param {number} dy */
export function nudge(studio, dx, dy) {
  step(studio, () => {
    const strokes = selectedStrokes(studio);
    const box = boundsOfAll(strokes);
    replace(studio, new Map(strokes.map((stroke) => [stroke, fitted(stroke, box, shifted(box, dx, dy))])));
  });
}

/** A copy at the distance of the last move, else next to the original. @param {Studio} studio */
export function duplicate(studio) {
  step(studio, (doc) => {
    const strokes = selectedStrokes(studio);
    const box = boundsOfAll(strokes);
    studio.repeat ||= { dx: Math.round((box.right - box.left) * 1.5) || 8, dy: 0 };
    const { dx, dy } = studio.repeat;
    const copies = strokes.map((stroke) => fitted(stroke, box, shifted(box, dx, dy)));
    doc.strokes = [...doc.strokes, ...copies];
    studio.selected = new Set(copies);
  });
}

/** @param {Studio} studio */
export function deleteSelected(studio) {
  step(studio, (doc) => {
    doc.strokes = doc.strokes.filter((stroke) => !studio.selected.has(stroke));
    studio.selected = new Set();
  });
}

/** @param {Studio} studio */
export function deselect(studio) {
  studio.selected = new Set();
  studio.repeat = null;
  render(studio);
}
