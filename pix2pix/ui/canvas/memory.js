// @ts-check
// What survives a reload: the drawings of every task, in the browser's own store.

import { openDoc } from "./state.js";
import { decode } from "./images.js";

/** @typedef {import("./state.js").Studio} Studio */

const KEY = "pix2pix-studio";

/** @param {Studio} studio */
export function remember({ docs, current }) {
  /** @type {Record<string, string>} */
  const drawings = {};
  for (const [name, { surface, task }] of Object.entries(docs)) {
    if (surface.ready && (task.canvas === "lines" || task.canvas === "labels")) drawings[name] = surface.canvas.toDataURL();
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ task: current.task.name, drawings }));
  } catch {
    // A full or forbidden store costs the visitor only the drawing's survival of a reload.
  }
}

/** The documents of the last visit are opened again. @param {Studio} studio @returns {Promise<string>} the task to show */
export async function recallDocs(studio) {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch {
    kept = {};
  }
  for (const [name, url] of Object.entries(kept.drawings || {})) {
    if (!studio.tasks[name]) continue;
    const image = await decode(url);
    const doc = openDoc(studio, name);
    doc.surface.place(image, image.width, image.height);
    doc.base = doc.surface.snapshot();
  }
  return studio.tasks[kept.task]?.ready ? kept.task : "";
}
