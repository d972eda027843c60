// @ts-check
// The Draw panel's part of the address: ?task=…&seed=…&example=… and #d= with the strokes themselves.
//
// The address follows the drawing; a link opens it elsewhere as it was. A drawing on top of a photo cannot be
// written into an address: it stays in this browser.

import { address } from "../address.js";
import { putExample, restart } from "./files.js";
import { settle } from "./live.js";
import { drawStroke } from "./strokes.js";
import { decodeDrawing, encodeDrawing } from "./stroke_code.js";
import { chooseTask } from "./tasks.js";
import { say, showSeed } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

const LONGEST = 16000; // letters of a drawing: what every browser and most mail programs keep whole

/**
 * The current drawing in the words of an address; d is "" where it is an untouched example or has no words.
 * @param {Studio} studio
 */
export async function describe({ current: doc }) {
  const example = doc.source.startsWith("example:") ? doc.source.slice(8) : "";
  const told = doc.source === "" || example;
  let d = told && doc.strokes.length ? await encodeDrawing(example, doc.strokes) : "";
  if (told && !example && !d) d = await encodeDrawing("", []); // an empty canvas is a drawing too
  const tooLong = d.length > LONGEST;
  const color = doc.wish || "";
  return {
    complete: Boolean(told) && !tooLong,
    words: { task: doc.task.name, seed: doc.seed || "", example: d ? "" : example, color, d: tooLong ? "" : d },
  };
}

/** @param {Studio} studio @param {{ replace?: boolean }} [options] */
export async function follow(studio, options) {
  const { words } = await describe(studio);
  address.set(words, options);
}

/** Keeps the address up to date. @param {Studio} studio */
export function followAlways(studio) {
  let timer = 0;
  let place = "";
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const moved = place !== "" && place !== studio.current.task.name;
      place = studio.current.task.name;
      if (!studio.forgotten) await follow(studio, { replace: !moved });
    }, 200);
  };
  studio.on("drawn", later);
  studio.on("task", () => {
    if (studio.opening) place = studio.current.task.name;
    else later();
  });
  address.onChange(async () => {
    clearTimeout(timer);
    await openAddress(studio);
    place = studio.current.task.name;
  });
}

/** The task that the address names, "" if none or one without weights. @param {Studio} studio */
export const addressedTask = ({ tasks }) => (tasks[address.get("task")]?.ready ? address.get("task") : "");

/** Go to what the address describes; what is on the canvas can be had back by undo. @param {Studio} studio */
export async function openAddress(studio) {
  const name = addressedTask(studio);
  if (!name) {
    if (address.get("task")) say(studio, `The link asks for “${address.get("task")}”, for which there is no model here.`);
    return;
  }
  studio.opening = true;
  try {
    const [d, example] = [address.get("d"), address.get("example")];
    await chooseTask(studio, name, { fresh: !d && !example });
    const { words } = await describe(studio);
    const doc = studio.current;
    const seed = Math.max(0, Math.min(999999, Math.round(Number(address.get("seed"))) || 0));
    const color = address.get("color");
    const other = seed !== doc.seed || color !== (doc.wish || "");
    doc.seed = seed;
    doc.wish = color;
    showSeed(studio);
    studio.emit("seed");
    if (d && d !== words.d) await openDrawing(studio, d);
    else if (example && (words.d || example !== words.example)) await putExample(studio, { name: example });
    else if (other || !doc.picture) settle(studio, { entry: "new" });
  } finally {
    studio.opening = false;
  }
}

/** @param {Studio} studio @param {string} d */
async function openDrawing(studio, d) {
  const doc = studio.current;
  let drawing;
  try {
    drawing = await decodeDrawing(d, doc.task.palette.length);
  } catch (error) {
    say(studio, `The link could not be opened: ${/** @type {Error} */ (error).message}.`);
    return;
  }
  if (drawing.example) await putExample(studio, { name: drawing.example });
  else restart(studio);
  if (studio.current !== doc) return;
  for (const stroke of drawing.strokes) drawStroke(doc.surface, stroke);
  doc.strokes = drawing.strokes;
  settle(studio, { entry: "new" });
}
