// @ts-check
// Points, rectangles and paths. Pure functions: no page, no pixels kept.

export const SIDE = 256; // pixels that a line drawing or a label map has on each side
export const PHOTO_SIDE = 512; // longest side of a photo on the canvas

/**
 * @typedef {{ x: number, y: number, push?: number }} Point model pixels, (0, 0) top left; push: pen pressure
 * @typedef {"dot" | "line" | "curve" | "rectangle" | "ellipse"} Shape
 * @typedef {{ shape: Shape, points: Point[], width: number, value: number | boolean }} Mark
 *   curve: three points, the middle one is the control point. rectangle and ellipse: two opposite corners.
 *   value: palette index for label maps; true (draw) or false (erase) for lines and masks.
 */

/** @param {Point} a @param {Point} b @returns {Point} */
export function midpoint(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/**
 * The mark reflected at the vertical axis of a canvas of that width.
 * @param {Mark} mark @param {number} width @returns {Mark}
 */
export function mirrored(mark, width) {
  return { ...mark, points: mark.points.map((point) => ({ ...point, x: width - point.x })) };
}

/**
 * Where an image goes on a canvas so that all of it is visible, centered: [x, y, width, height].
 * @param {number} width @param {number} height @param {number} canvasWidth @param {number} canvasHeight
 * @returns {[number, number, number, number]}
 */
export function contain(width, height, canvasWidth, canvasHeight) {
  const scale = Math.min(canvasWidth / width, canvasHeight / height);
  const [w, h] = [width * scale, height * scale];
  return [(canvasWidth - w) / 2, (canvasHeight - h) / 2, w, h];
}

/** @param {CanvasRenderingContext2D} context @param {Pick<Mark, "shape" | "points">} mark */
export function tracePath(context, { shape, points }) {
  const [a, b, c] = points;
  context.beginPath();
  if (shape === "dot") {
    context.moveTo(a.x, a.y);
    context.lineTo(a.x, a.y + 0.01);
  } else if (shape === "line") {
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
  } else if (shape === "curve") {
    context.moveTo(a.x, a.y);
    context.quadraticCurveTo(b.x, b.y, c.x, c.y);
  } else if (shape === "rectangle") {
    context.rect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(b.x - a.x), Math.abs(b.y - a.y));
  } else if (shape === "ellipse") {
    context.ellipse(
      (a.x + b.x) / 2, (a.y + b.y) / 2, Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2, 0, 0, 2 * Math.PI,
    );
  }
}
