// @ts-check
// Mouse, pen and finger → strokes or selections, and the ring that shows the tip's width.
//
// The area that listens (.catch) is a little larger than the canvas, so that strokes may begin next to it.

import { cancelStroke, extendStroke, finishStroke, startStroke, tipWidth } from "./drawing.js";
import { extendSelecting, finishSelecting, startSelecting } from "./select.js";
import { cornerAt } from "./selection_box.js";

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
  const { sheet, find } = studio;
  const area = find(".catch");
  const touches = new Set();
  /** @type {number | null} the one that draws */
  let pointer = null;

  /** @param {PointerEvent} event */
  function cancel(event) {
    pointer = null;
    if (studio.drag) finishSelecting(studio);
    cancelStroke(studio);
    touches.delete(event.type === "pointerdown" ? -1 : event.pointerId);
  }

  area.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (!studio.current || /** @type {Element} */ (event.target).closest("button")) return;
    if (event.pointerType === "touch") {
      touches.add(event.pointerId);
      if (touches.size > 1) return cancel(event); // a second finger moves the page instead
    }
    if (event.button !== 0 || pointer !== null) return;
    event.preventDefault();
    sheet.focus({ preventScroll: true });
    find(".cross").style.display = "none";
    pointer = event.pointerId;
    area.setPointerCapture(pointer);
    const point = toModel(studio, event);
    if (studio.current.tool === "select") startSelecting(studio, point, cornerAt(studio, event), event.shiftKey);
    else startStroke(studio, point);
  });

  area.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    moveRing(event);
    if (event.pointerId !== pointer) return;
    if (studio.drag) return extendSelecting(studio, toModel(studio, event));
    if (!studio.stroke) return;
    const events = event.getCoalescedEvents?.() || [];
    for (const each of events.length ? events : [event]) extendStroke(studio, toModel(studio, each));
  });

  /** @param {PointerEvent} event */
  function lift(event) {
    touches.delete(event.pointerId);
    if (event.pointerId !== pointer) return;
    if (event.type === "pointercancel") return cancel(event);
    pointer = null;
    if (studio.drag) finishSelecting(studio);
    else finishStroke(studio);
  }
  area.addEventListener("pointerup", lift);
  area.addEventListener("pointercancel", lift);
  area.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault());

  const ring = find(".cursor");
  /** @param {PointerEvent} event */
  function moveRing(event) {
    if (!studio.current) return;
    const free = ["pen", "brush", "eraser"].includes(studio.current.tool);
    const size = (tipWidth(studio) / studio.current.surface.width) * sheet.offsetWidth;
    ring.style.display = free && event.pointerType !== "touch" && size > 5 ? "block" : "none";
    const box = sheet.getBoundingClientRect();
    ring.style.width = ring.style.height = `${size}px`;
    ring.style.transform = `translate(${event.clientX - box.left - size / 2}px, ${event.clientY - box.top - size / 2}px)`;
  }
  area.addEventListener("pointerleave", () => (ring.style.display = "none"));
}
