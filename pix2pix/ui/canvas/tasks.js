// @ts-check
// The tiles of the tasks, and going from one task to another. Every task keeps its own document.

import { finishStroke } from "./drawing.js";
import { putExample } from "./files.js";
import { openDoc, tellPage } from "./state.js";
import { buildDock } from "./toolbar.js";
import { KITS, icon } from "./tools.js";
import { render, showHint, showPicture, showSeed } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio @param {string} name @param {{ fresh?: boolean }} [options] fresh: a new one gets an example */
export async function chooseTask(studio, name, { fresh = true } = {}) {
  const { root, find } = studio;
  if (studio.current) finishStroke(studio);
  studio.asking = false;
  const isNew = !studio.docs[name];
  const doc = (studio.current = openDoc(studio, name));
  root.dataset.kind = doc.task.canvas;
  root.dataset.task = name;
  for (const card of root.querySelectorAll(".card")) {
    card.setAttribute("aria-checked", String(card.dataset.task === name));
    card.tabIndex = card.dataset.task === name ? 0 : -1;
  }
  buildDock(studio);
  showSeed(studio);
  showHint(studio, doc.hint);
  find(".task-line").textContent = doc.task.line;
  find(".license").textContent = doc.task.license || "";
  render(studio);
  showPicture(studio);
  tellPage(studio, "select");
  studio.selected = new Set();
  studio.emit("task");
  if (isNew && fresh) await putExample(studio, { keep: false });
}

/** @param {Studio} studio */
export function buildTiles(studio) {
  const { find, host } = studio;
  /** @type {import("./surfaces.js").Task[]} */
  const tasks = host.props.tasks;
  const [ready, later] = [tasks.filter((task) => task.ready), tasks.filter((task) => !task.ready)];
  find(".cards").replaceChildren(...ready.map((task) => tile(studio, task)));
  find(".tasks").classList.toggle("many", ready.length > 4);
  find(".empty").hidden = ready.length > 0;
  const details = find(".later");
  details.hidden = !later.length;
  details.querySelector("summary").textContent = `${later.length} more to come`;
  details.querySelector(".cards").replaceChildren(...later.map((task) => tile(studio, task)));
}

/** @param {Studio} studio @param {import("./surfaces.js").Task} task */
function tile(studio, task) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "card";
  button.dataset.task = task.name;
  const symbol = icon(KITS[task.canvas].tools[0] || "trace");
  const picture = task.thumb ? `<img alt="" src="${task.thumb}">` : `<span class="blank">${symbol}</span>`;
  button.innerHTML = `${picture}<span class="words"><strong></strong><small></small></span>`;
  button.querySelector("strong").textContent = task.title;
  button.querySelector("small").textContent = task.ready ? task.line : "Weights not trained yet";
  button.title = task.ready ? task.line : `${task.line} Its weights are not trained yet.`;
  if (task.ready) {
    button.setAttribute("role", "radio");
    button.onclick = () => chooseTask(studio, task.name);
  } else {
    button.setAttribute("aria-disabled", "true");
    button.disabled = true;
  }
  return button;
}
