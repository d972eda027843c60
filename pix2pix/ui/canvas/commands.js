// @ts-check
// What each command of tools.js does, whether it comes from a button or from a key.

import { fitToCanvas } from "./advice.js";
import { clearCanvas, travel } from "./drawing.js";
import { putExample } from "./files.js";
import { forgetEverything } from "./forget.js";
import { changed, retryNow, setLive } from "./live.js";
import { duplicate } from "./select.js";
import { chooseTool, setSeed, toggle } from "./toolbar.js";
import { say, setView } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio @param {string} purpose "place" or "trace" */
function chooseFile(studio, purpose) {
  studio.uploadFor = purpose;
  const input = studio.find(".file");
  input.value = "";
  input.click();
}

/** What few visitors use is fetched when they do. @param {string} module @param {string} name @returns {(studio: Studio) => any} */
const onDemand = (module, name) => async (studio) => {
  let found;
  try {
    found = await import(`./on_demand/${module}.js`);
  } catch {
    return say(studio, "The server did not answer; please try again in a moment.");
  }
  return found[name](studio);
};

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
  snap: (studio) => toggle(studio, "snap"),
  fit: fitToCanvas,
  duplicate,
  retry: retryNow,
  forget: forgetEverything,
  keys: onDemand("help", "showKeys"),
  dice: (studio) => setSeed(studio, Math.floor(Math.random() * 10000), true),
  download: onDemand("save", "save"),
  share: onDemand("share_menu", "toggleShareMenu"),
  camera: onDemand("camera", "toggleCamera"),
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
