// @ts-check
// What each command of tools.js does, whether it comes from a button or from a key.

import { clearCanvas, travel } from "./drawing.js";
import { putExample } from "./files.js";
import { changed, setLive } from "./live.js";
import { download, shareCard } from "./share.js";
import { chooseTool, setSeed, toggle } from "./toolbar.js";
import { setView } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio @param {string} purpose "place" or "trace" */
function chooseFile(studio, purpose) {
  studio.uploadFor = purpose;
  const input = studio.find(".file");
  input.value = "";
  input.click();
}

/** @type {Record<string, (studio: Studio) => any>} */
const ACTIONS = {
  undo: (studio) => travel(studio, "undo"),
  redo: (studio) => travel(studio, "redo"),
  clear: clearCanvas,
  example: (studio) => studio.current.task.examples && putExample(studio),
  upload: (studio) => chooseFile(studio, "place"),
  trace: (studio) => studio.current.task.canvas === "lines" && chooseFile(studio, "trace"),
  mirror: (studio) => toggle(studio, "mirror"),
  steady: (studio) => toggle(studio, "steady"),
  dice: (studio) => setSeed(studio, Math.floor(Math.random() * 10000)),
  download: (studio) => studio.current.picture && download(studio),
  share: (studio) => studio.current.picture && shareCard(studio),
  side: (studio) => setView(studio, "side"),
  slider: (studio) => setView(studio, "slider"),
  live: (studio) => setLive(studio, !studio.live),
  make: (studio) => changed(studio, { settled: true }),
};

/** @param {Studio} studio @param {string} name */
export function act(studio, name) {
  if (ACTIONS[name]) ACTIONS[name](studio);
  else chooseTool(studio, name);
}
