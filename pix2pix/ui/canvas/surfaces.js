// @ts-check
// What can be drawn on: one class for each canvas kind of pix2pix/tasks.py.
//
// A surface holds the pixels that the model will see and knows how to change them: ready, clear, mark,
// place, snapshot, restore, paintOn, toDataURL. It knows nothing about pointers, tools or the server.

import { InkSurface } from "./ink_surface.js";
import { LabelSurface } from "./label_surface.js";
import { PhotoSurface } from "./photo_surface.js";

/**
 * @typedef {{ name: string, title: string, line: string, canvas: "lines" | "labels" | "mask" | "photo",
 *   palette: [string, number[]][], ground: string, brush: string, ready: boolean, examples: number,
 *   thumb: string, license: string, gray: boolean, sizes: string[], fills: boolean, colors: string[] }} Task
 *   colors: typical colors ("#rrggbb") that may be wished for, none for most models. gray: the model sees the photo without its colors. fills: the training drawings fill the canvas.
 *   sizes: those in which a picture can be saved, "256", "512", "1024" or "full".
 */

/** @param {Pick<Task, "canvas" | "palette" | "ground"> & { gray?: boolean }} task @returns {any} */
export function makeSurface(task) {
  if (task.canvas === "lines") return new InkSurface();
  if (task.canvas === "labels") {
    const ground = task.palette.findIndex(([name]) => name === task.ground);
    return new LabelSurface(task.palette, Math.max(0, ground));
  }
  return new PhotoSurface(task.canvas === "mask", Boolean(task.gray));
}
