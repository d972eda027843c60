// @ts-check
// The frame around what is selected, its handles, and the rubber band. Changes nothing but the page.

import { boundsOfAll, selectedStrokes } from "./select.js";

/** @typedef {import("./state.js").Studio} Studio */

const HANDLE = 9; // CSS pixels around a corner that take hold of it

/** @param {Studio} studio */
export function showSelection(studio) {
  const { find, current, drag, root } = studio;
  const on = current.tool === "select";
  root.dataset.tool = current.tool || "";
  position(find(".selection"), on ? boundsOfAll(selectedStrokes(studio)) : null, current.surface);
  const band = on && drag?.kind === "band" ? drag : null;
  const box = band && {
    left: Math.min(band.from.x, band.to.x), right: Math.max(band.from.x, band.to.x),
    top: Math.min(band.from.y, band.to.y), bottom: Math.max(band.from.y, band.to.y),
  };
  position(find(".band"), box, current.surface);
}

/** @param {any} one @param {any} box model pixels, null: not shown @param {{ width: number, height: number }} surface */
function position(one, box, { width, height }) {
  one.style.display = box ? "block" : "none";
  if (!box) return;
  const percent = (/** @type {number} */ share) => `${100 * share}%`;
  Object.assign(one.style, {
    left: percent(box.left / width), top: percent(box.top / height),
    width: percent((box.right - box.left) / width), height: percent((box.bottom - box.top) / height),
  });
}

/** The corner of the selection under a pointer: "nw", "ne", "sw", "se", or "". @param {Studio} studio @param {PointerEvent} event */
export function cornerAt({ find }, event) {
  const box = find(".selection").getBoundingClientRect();
  if (!box.width && !box.height) return "";
  const reach = event.pointerType === "touch" ? 2 * HANDLE : HANDLE;
  const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) <= reach;
  const y = near(event.clientY, box.top) ? "n" : near(event.clientY, box.bottom) ? "s" : "";
  const x = near(event.clientX, box.left) ? "w" : near(event.clientX, box.right) ? "e" : "";
  return x && y ? y + x : "";
}
