// @ts-check
// The keyboard: shortcuts, groups of radio buttons, and drawing without a pointer.

import { act } from "./commands.js";
import { cancelStroke, clearCanvas, extendStroke, finishStroke, startStroke, travel } from "./drawing.js";
import { clamp } from "./geometry.js";
import { deleteSelected, deselect, duplicate, nudge } from "./select.js";
import { chooseValue, chooseWidth } from "./toolbar.js";
import { COMMANDS, KITS } from "./tools.js";
import { setView } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @type {Record<string, string>} key → command */
const SHORTCUTS = {};
for (const [name, [, key]] of Object.entries(COMMANDS)) {
  if (key.length === 1 && name !== "side" && name !== "slider") SHORTCUTS[key.toLowerCase()] = name;
}
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";

/** @template Item @param {Item[]} list @param {Item} current @param {number} by @returns {Item} */
export function stepThrough(list, current, by) {
  return list[clamp(list.indexOf(current) + by, 0, list.length - 1)];
}

/** @param {Studio} studio @param {KeyboardEvent} event */
export function onKey(studio, event) {
  const { current, host, root } = studio;
  if (!current || !host.element.isConnected || root.offsetParent === null || event.altKey) return;
  if (/** @type {Element} */ (event.target).closest?.(`${TYPING}, dialog`)) return;
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "z") travel(studio, event.shiftKey ? "redo" : "undo");
  else if (command && key === "y") travel(studio, "redo");
  else if (command && key === "d" && studio.selected.size) duplicate(studio);
  else if (command) return;
  else if (key === "?") act(studio, "keys");
  else if ((key === "delete" || key === "backspace") && studio.selected.size) deleteSelected(studio);
  else if (key === "delete") clearCanvas(studio);
  else if (key === "escape") studio.stroke ? cancelStroke(studio) : deselect(studio);
  else if (key === "c") setView(studio, studio.view === "side" ? "slider" : "side");
  else if (key === "[" || key === "]") {
    const widths = KITS[current.task.canvas].widths;
    if (widths.length) chooseWidth(studio, stepThrough(widths, current.width, key === "[" ? -1 : 1));
  } else if (/^[1-9]$/.test(key) && current.task.palette[Number(key) - 1]) chooseValue(studio, Number(key) - 1);
  else if (SHORTCUTS[key]) act(studio, SHORTCUTS[key]);
  else return;
  event.preventDefault();
}

/** Groups of radio buttons move with the arrow keys, as screen readers expect. @param {KeyboardEvent} event */
export function onGroupKey(event) {
  const target = /** @type {Element} */ (event.target);
  const group = target.closest("[role=radiogroup]");
  const arrow = ARROWS[event.key];
  if (!group || !arrow) return;
  const by = arrow[0] + arrow[1];
  const items = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("[role=radio]")]);
  const from = items.indexOf(target.closest("[role=radio]"));
  const next = items[(from + by + items.length) % items.length];
  const number = items.indexOf(next);
  next.focus();
  next.click();
  /** @type {HTMLElement} */ (group.querySelectorAll("[role=radio]")[number])?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Arrows move a cross over the canvas, or the selection; space puts the pen down and lifts it. @param {Studio} studio @param {KeyboardEvent} event */
export function onSheetKey(studio, event) {
  const arrow = ARROWS[event.key];
  const { surface } = studio.current;
  if (arrow && studio.current.tool === "select") {
    const step = (event.shiftKey ? 8 : 1) * (studio.current.snap ? 8 : 1);
    nudge(studio, step * arrow[0], step * arrow[1]);
    event.preventDefault();
    return event.stopPropagation();
  }
  if (arrow) {
    const step = event.shiftKey ? 16 : 4;
    studio.keyboardPen = {
      x: clamp(studio.keyboardPen.x + step * arrow[0], 0, surface.width),
      y: clamp(studio.keyboardPen.y + step * arrow[1], 0, surface.height),
    };
    if (studio.stroke) extendStroke(studio, studio.keyboardPen);
  } else if (event.key === " " || event.key === "Enter") {
    if (studio.stroke) finishStroke(studio);
    else startStroke(studio, studio.keyboardPen, { keys: true });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const { sheet, keyboardPen } = studio;
  const cross = studio.find(".cross");
  cross.style.display = "block";
  cross.style.left = `${sheet.offsetLeft + (keyboardPen.x / surface.width) * sheet.offsetWidth}px`;
  cross.style.top = `${sheet.offsetTop + (keyboardPen.y / surface.height) * sheet.offsetHeight}px`;
}
