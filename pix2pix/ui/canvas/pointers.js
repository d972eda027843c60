// @ts-check
// Mouse, pen and finger → strokes, and the ring that shows the tip's width.

import { cancelStroke, extendStroke, finishStroke, startStroke, tipWidth } from "./drawing.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio @param {PointerEvent} event @returns {import("./geometry.js").Point} */
function toModel({ sheet, current: { surface } }, event) {
  const box = sheet.getBoundingClientRect();
  return {
    x: ((event.clientX - box.left) / box.width) * surface.width,
    y: ((event.clientY - box.top) / box.height) * surface.height,
    // A mouse or finger reports 0.5 (or 0); only a real pen changes the width.
    push: event.pointerType === "pen" && event.pressure ? 0.4 + 1.2 * event.pressure : 1,
  };
}

/** @param {Studio} studio */
export function listenToPointers(studio) {
  const { sheet, stage, find } = studio;
  const touches = new Set();
  /** @type {number | null} the one that draws */
  let pointer = null;

  sheet.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (!studio.current) return;
    if (event.pointerType === "touch") {
      touches.add(event.pointerId);
      if (touches.size > 1) {
        // A second finger means: move the page, not draw.
        pointer = null;
        cancelStroke(studio);
        return;
      }
    }
    if (event.button !== 0 || pointer !== null) return;
    event.preventDefault();
    sheet.focus({ preventScroll: true });
    find(".cross").style.display = "none";
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    startStroke(studio, toModel(studio, event));
  });

  sheet.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    moveRing(event);
    if (event.pointerId !== pointer || !studio.stroke) return;
    const events = event.getCoalescedEvents?.() || [];
    for (const each of events.length ? events : [event]) extendStroke(studio, toModel(studio, each));
  });

  /** @param {PointerEvent} event */
  function lift(event) {
    touches.delete(event.pointerId);
    if (event.pointerId !== pointer) return;
    pointer = null;
    if (event.type === "pointercancel") cancelStroke(studio);
    else finishStroke(studio);
  }
  sheet.addEventListener("pointerup", lift);
  sheet.addEventListener("pointercancel", lift);
  sheet.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault());

  const ring = find(".cursor");
  /** @param {PointerEvent} event */
  function moveRing(event) {
    if (!studio.current) return;
    const free = ["pen", "brush", "eraser"].includes(studio.current.tool);
    const size = (tipWidth(studio) / studio.current.surface.width) * sheet.offsetWidth;
    ring.style.display = free && event.pointerType !== "touch" && size > 5 ? "block" : "none";
    const box = stage.getBoundingClientRect();
    ring.style.width = ring.style.height = `${size}px`;
    ring.style.transform = `translate(${event.clientX - box.left - size / 2}px, ${event.clientY - box.top - size / 2}px)`;
  }
  sheet.addEventListener("pointerleave", () => (ring.style.display = "none"));
}
