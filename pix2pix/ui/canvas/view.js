// @ts-check
// State → page: the canvas, the picture and the lines of text. Changes nothing but the page.

import { SIDE } from "./geometry.js";
import { paintOutlines } from "./outlines.js";
import { COMMANDS } from "./tools.js";

/** @typedef {import("./state.js").Studio} Studio */

/** Paint the canvas with the next frame. @param {Studio} studio */
export function render(studio) {
  if (studio.renderWaits) return;
  studio.renderWaits = true;
  requestAnimationFrame(() => {
    studio.renderWaits = false;
    if (studio.current) paint(studio);
  });
}

/** @param {Studio} studio */
function paint(studio) {
  const { sheet, beforeCanvas, find } = studio;
  const { surface, undo, task } = studio.current;
  const [width, height] = [surface.width * surface.scale, surface.height * surface.scale];
  for (const canvas of [sheet, beforeCanvas]) {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  }
  studio.root.style.setProperty("--ratio", String(Number((surface.width / surface.height).toFixed(4))));
  surface.paintOn(sheet.getContext("2d"));
  const outlines = find(".outlines");
  outlines.hidden = task.canvas !== "labels";
  if (!outlines.hidden) paintOutlines(outlines.getContext("2d"), surface.indices, surface.width);
  studio.emit("painted");
  if (studio.view === "slider") beforeCanvas.getContext("2d").drawImage(sheet, 0, 0);
  find(".invite").hidden = surface.ready;
  sheet.setAttribute("aria-label", canvasLabel(studio));
  for (const [name, list] of /** @type {[string, any[]][]} */ ([["undo", undo.done], ["redo", undo.undone]])) {
    const button = find(`[data-do="${name}"]`);
    if (button) button.disabled = !list.length;
  }
}

/** @param {Studio} studio */
function canvasLabel({ current: { task, tool } }) {
  const selected = tool ? `, ${COMMANDS[tool][0].toLowerCase()} selected` : "";
  return `Your drawing for ${task.title}${selected}. Arrow keys move the pen, the space bar puts it down and lifts it.`;
}

/** @param {Studio} studio */
export function showPicture({ current, pictureCanvas, root, find }) {
  const { picture, task } = current;
  const [width, height] = picture ? [picture.width, picture.height] : [SIDE, SIDE];
  if (pictureCanvas.width !== width || pictureCanvas.height !== height) {
    [pictureCanvas.width, pictureCanvas.height] = [width, height];
  }
  const context = pictureCanvas.getContext("2d");
  if (picture) context.drawImage(picture, 0, 0);
  else context.clearRect(0, 0, width, height);
  root.classList.toggle("no-picture", !picture);
  pictureCanvas.setAttribute(
    "aria-label",
    picture ? `The picture made from your drawing: ${task.title}` : "No picture yet",
  );
  for (const name of ["download", "share"]) find(`[data-do="${name}"]`).disabled = !picture;
}

/** A note over the picture; "" removes it. @param {Studio} studio @param {string} text */
export function showWait({ find }, text) {
  const note = find(".wait");
  note.textContent = text;
  note.hidden = !text;
}

/** That the server does not answer. @param {Studio} studio @param {number} again ms until the next attempt, 0: it answers */
export function showOffline({ find, root }, again) {
  root.classList.toggle("away", again > 0);
  find(".offline").hidden = !again;
  if (!again) return;
  const words = `The server does not answer. Your drawing is kept; trying again in ${Math.round(again / 1000)} s.`;
  find(".offline p").textContent = navigator.onLine ? words : words.replace("The server does not answer", "You are offline");
}

/**
 * One line below the canvas, with a button where there is something to do about it.
 * @param {Studio} studio @param {string} text @param {{ action?: string, then?: () => void }} [offer]
 */
export function say(studio, text, { action, then } = {}) {
  const hint = studio.find(".hint");
  hint.textContent = text;
  studio.asking = Boolean(action);
  if (!action) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: action, onclick: then });
  hint.append(" ", button);
}

/** @param {Studio} studio @param {string} text */
export function showHint(studio, text) {
  if (!studio.asking) say(studio, text);
}

/** @param {Studio} studio */
export function showSeed({ seedInput, current }) {
  seedInput.value = current.seed;
}

/** @param {Studio} studio @param {string} group @param {string} selector */
export function checkOne({ find }, group, selector) {
  for (const button of find(group).children) button.setAttribute("aria-checked", String(button.matches(selector)));
}

/** "side" (drawing left, picture right) or "slider". @param {Studio} studio @param {string} name */
export function setView(studio, name) {
  studio.view = name;
  studio.root.dataset.view = name;
  checkOne(studio, ".views", `[data-do="${name}"]`);
  if (name === "slider") moveSplit(studio);
  render(studio);
}

/** @param {Studio} studio */
export function moveSplit({ find }) {
  find(".frame").style.setProperty("--split", `${find(".split").value}%`);
}
