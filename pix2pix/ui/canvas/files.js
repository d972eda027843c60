// @ts-check
// Images from elsewhere onto the canvas: uploads, examples, photos turned into lines.

import { SIDE } from "./geometry.js";
import { decode, looksLikePhoto, middleSquare } from "./images.js";
import { MOST_PIXELS, originalOf } from "./originals.js";
import { contentOf } from "./state.js";
import { cancelStroke } from "./drawing.js";
import { ask, changed, settle } from "./live.js";
import { render, say } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

const MAX_UPLOAD = 20 * 1024 * 1024;

/**
 * @param {Studio} studio @param {ImageBitmap} image
 * @param {{ keep?: boolean, source?: string, original?: import("./originals.js").Original | null }} [options]
 *   keep: as an undo step
 */
export function place(studio, image, { keep = true, source = "image", original = null } = {}) {
  cancelStroke(studio);
  const doc = studio.current;
  if (keep) doc.undo.push(contentOf(doc));
  doc.surface.place(image, image.width, image.height, original);
  doc.base = doc.surface.snapshot();
  doc.source = source;
  doc.strokes = [];
  render(studio);
}

/** An empty canvas, without telling anybody yet. @param {Studio} studio */
export function restart(studio) {
  cancelStroke(studio);
  const doc = studio.current;
  doc.undo.push(contentOf(doc));
  doc.surface.clear();
  Object.assign(doc, { base: null, source: "", strokes: [] });
}

/** @param {Studio} studio @param {File} file @param {string} [purpose] "place" or "trace" */
export async function takeFile(studio, file, purpose = "place") {
  const name = file.name || "That file";
  if (file.size > MAX_UPLOAD) return say(studio, `${name} is larger than 20 MB.`);
  let image;
  try {
    image = await decode(file);
  } catch {
    return say(studio, `${name} could not be read as an image. Use PNG, JPEG, WebP, BMP or GIF.`);
  }
  if (purpose === "trace") return trace(studio, image);
  const original = originalOf(file, image);
  place(studio, image, { original });
  settle(studio, { entry: "new" });
  if (!original && studio.current.task.sizes.includes("full")) {
    say(studio, `Results have the canvas's size: a photo's own is possible up to ${MOST_PIXELS / 1e6} megapixels.`);
  }
  if (studio.current.task.canvas === "lines" && looksLikePhoto(image)) {
    const then = () => trace(studio, image, { keep: false });
    say(studio, "This looks like a photo.", { action: "Turn it into lines", then });
  }
}

/** @param {Studio} studio @param {ImageBitmap} image @param {{ keep?: boolean }} [options] */
async function trace(studio, image, options) {
  const photo = middleSquare(image, SIDE).toDataURL("image/jpeg", 0.95);
  say(studio, "Looking for lines…");
  const doc = studio.current;
  const reply = await ask(() => studio.host.server.photo_to_lines({ photo }));
  if (reply.error) return say(studio, reply.error);
  const lines = await decode(reply.drawing);
  if (studio.current !== doc) return;
  place(studio, lines, options);
  say(studio, "");
  settle(studio, { entry: "new" });
}

/** An example by name, else one not seen yet. @param {Studio} studio @param {{ keep?: boolean, name?: string }} [options] */
export async function putExample(studio, { keep = true, name = "" } = {}) {
  const doc = studio.current;
  if (!doc.task.examples) return changed(studio, { settled: true });
  const reply = await ask(() => studio.host.server.example({ task: doc.task.name, seen: doc.examples, name }));
  if (studio.current !== doc) return;
  if (reply.error) return say(studio, reply.error);
  if (!reply.drawing) return changed(studio, { settled: true });
  if (doc.examples.includes(reply.name)) doc.examples = []; // all have been seen: start again
  doc.examples.push(reply.name);
  const image = await decode(reply.drawing);
  if (studio.current !== doc) return;
  place(studio, image, { keep, source: `example:${reply.name}` });
  settle(studio, { entry: "new" });
}
