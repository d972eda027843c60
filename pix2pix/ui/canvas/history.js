// @ts-check
// The visit's last pictures: recorded when a picture has settled, brought back with a click.

import { contentOf, setContent, tellPage } from "./state.js";
import { dropRequests } from "./live.js";
import { chooseTask } from "./tasks.js";
import { render, showHint, showPicture, showSeed } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

const LIMIT = 12;
const JOINS = 3000; // ms: strokes in quick succession are one picture in the making

/** @param {Studio} studio */
export function record(studio) {
  const { current: doc, entries } = studio;
  if (isBlank(doc)) return;
  const { task, seed, wish, picture, pictureUrl, drawingUrl, hint } = doc;
  const at = Date.now();
  /** @type {import("./state.js").Entry} */
  const entry = {
    id: `${at}-${Math.random().toString(36).slice(2, 6)}`, task: task.name, seed, wish, content: contentOf(doc), picture,
    pictureUrl, drawingUrl, hint, at, changed: true,
  };
  const last = entries[0];
  const same = last && last.task === entry.task && last.seed === seed && last.wish === wish;
  const joins = same && studio.entryWanted !== "new" && at - last.at < JOINS;
  if (same && (last.drawingUrl === drawingUrl || joins)) entries[0] = { ...entry, id: last.id };
  else entries.unshift(entry);
  entries.splice(LIMIT);
  studio.entryWanted = "";
  showHistory(studio);
  studio.emit("recorded");
}

/** An empty canvas is not worth keeping. @param {import("./state.js").Doc} doc */
export function isBlank({ task, surface, base, strokes }) {
  if (task.canvas === "photo" || task.canvas === "mask") return !surface.ready;
  if (!base && !strokes.length) return true;
  const pixels = surface.snapshot();
  const empty = task.canvas === "lines" ? 255 : surface.ground;
  return pixels.every((/** @type {number} */ value) => value === empty);
}

/** @param {Studio} studio */
export function showHistory(studio) {
  const { entries, tasks, find } = studio;
  find(".visit").hidden = !entries.length;
  find(".history").replaceChildren(
    ...entries.map((entry, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "past";
      button.title = `${tasks[entry.task].title}, seed ${entry.seed}: bring back`;
      button.setAttribute("aria-label", `Bring back picture ${index + 1}: ${button.title}`);
      button.innerHTML = `<img alt="" src="${entry.pictureUrl}"><img alt="" class="draft" src="${entry.drawingUrl}">`;
      button.onclick = () => recall(studio, entry);
      return button;
    }),
  );
}

/** @param {Studio} studio @param {import("./state.js").Entry} entry */
async function recall(studio, { task, content, picture, pictureUrl, drawingUrl, hint, seed, wish }) {
  await chooseTask(studio, task, { fresh: false });
  const doc = studio.current;
  doc.undo.push(contentOf(doc));
  setContent(doc, content);
  Object.assign(doc, { picture, pictureUrl, drawingUrl, hint, seed, wish });
  dropRequests(studio);
  showSeed(studio);
  studio.emit("seed");
  render(studio);
  showPicture(studio);
  showHint(studio, hint);
  tellPage(studio);
  studio.emit("drawn");
}
