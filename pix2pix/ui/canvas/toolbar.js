// @ts-check
// The buttons around the canvas, and what they set in the document. What they do is in commands.js.

import { COMMANDS, KITS, icon, tooltip } from "./tools.js";
import { checkOne, render, showSeed } from "./view.js";
import { changed } from "./live.js";
import { tellPage } from "./state.js";

/** @typedef {import("./state.js").Studio} Studio */

/**
 * @param {string} name a command @param {{ role?: "radio" | "toggle", checked?: boolean }} [kind]
 * @returns {HTMLButtonElement}
 */
export function commandButton(name, { role, checked } = {}) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.do = name;
  button.title = tooltip(name);
  button.innerHTML = `${icon(name)}<span>${COMMANDS[name][0]}</span>`;
  button.setAttribute("aria-label", `${COMMANDS[name][0]}: ${COMMANDS[name][2]}`);
  button.setAttribute("aria-keyshortcuts", COMMANDS[name][1].replace("Ctrl", "Control"));
  if (role === "radio") {
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(checked));
  } else if (role === "toggle") {
    button.setAttribute("aria-pressed", String(checked));
  }
  return button;
}

/** The tools of the current task. @param {Studio} studio */
export function buildDock(studio) {
  const { find, stage, current } = studio;
  const { task } = current;
  const kit = KITS[task.canvas];
  const radio = (/** @type {string} */ name) => commandButton(name, { role: "radio", checked: name === current.tool });
  const toggle = (/** @type {string} */ name) => commandButton(name, { role: "toggle", checked: current[name] });
  find(".tools").replaceChildren(...kit.tools.map(radio));
  find(".switches").replaceChildren(...kit.switches.map(toggle));
  stage.classList.toggle("mirrored", current.mirror);
  stage.classList.toggle("snapping", current.snap);
  find(".widths").replaceChildren(...kit.widths.map((width, index) => widthButton(studio, width, index)));
  find(".swatches").replaceChildren(...task.palette.map((entry, index) => swatch(studio, entry, index)));
  find(".steps").replaceChildren(...["undo", "redo", "clear"].map((name) => commandButton(name)));
  const sources = task.examples ? ["example", "upload"] : ["upload"];
  if (task.canvas === "lines") sources.push("trace");
  if (task.canvas !== "labels") sources.push("camera");
  const aside = document.createElement("span");
  aside.className = "aside";
  aside.textContent = "or paste, or drop";
  aside.hidden = sources.length > 3; // one row
  find(".sources").replaceChildren(...sources.map((name) => commandButton(name)), aside);
  const words = task.canvas === "mask" ? "Upload a photo, then brush something out" : "Upload a photo";
  find(".invite").innerHTML = `${icon("upload")}<span>${words}</span>`;
}

/** @param {Studio} studio @param {number} width @param {number} index */
function widthButton(studio, width, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.width = String(width);
  button.setAttribute("role", "radio");
  button.setAttribute("aria-checked", String(width === studio.current.width));
  button.setAttribute("aria-label", `Width ${width} pixels`);
  button.title = `Width ${width} ([ thinner, ] thicker)`;
  const dot = 4 + 5 * index;
  button.innerHTML = `<span class="dot" style="width:${dot}px;height:${dot}px"></span>`;
  button.onclick = () => chooseWidth(studio, width);
  return button;
}

/** @param {Studio} studio @param {[string, number[]]} entry of the palette @param {number} index */
function swatch(studio, [label, [r, g, b]], index) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.value = String(index);
  button.setAttribute("role", "radio");
  button.setAttribute("aria-checked", String(index === studio.current.value));
  const key = index < 9 ? ` (${index + 1})` : "";
  button.title = `Paint ${label}${key}`;
  button.innerHTML = `<i style="background:rgb(${r},${g},${b})"></i><span></span>`;
  button.querySelector("span").textContent = label;
  button.onclick = () => chooseValue(studio, index);
  return button;
}

/** The buttons at the picture, which are the same for every task. @param {Studio} studio */
export function buildResults({ find, view }) {
  find(".views").replaceChildren(
    ...["side", "slider"].map((name) => commandButton(name, { role: "radio", checked: name === view })),
  );
  find(".roll").replaceChildren(commandButton("dice"));
  find(".keep").replaceChildren(commandButton("download"), commandButton("share"));
  const make = document.createElement("button");
  Object.assign(make, { type: "button", className: "make", textContent: "Make the picture", hidden: true });
  make.dataset.do = "make";
  find(".frame").append(make);
}

/** @param {Studio} studio @param {string} name */
export function chooseTool(studio, name) {
  if (!KITS[studio.current.task.canvas].tools.includes(name)) return;
  studio.emit("leave-tool");
  studio.current.tool = name;
  checkOne(studio, ".tools", `[data-do="${name}"]`);
  studio.selected = new Set();
  render(studio);
}

/** @param {Studio} studio @param {number} width */
export function chooseWidth(studio, width) {
  studio.current.width = width;
  checkOne(studio, ".widths", `[data-width="${width}"]`);
}

/** @param {Studio} studio @param {number} index of the palette */
export function chooseValue(studio, index) {
  studio.current.value = index;
  checkOne(studio, ".swatches", `[data-value="${index}"]`);
  if (studio.current.tool === "pick") chooseTool(studio, "rectangle");
}

/** @param {Studio} studio @param {"mirror" | "steady" | "snap"} name */
export function toggle(studio, name) {
  const { current, find, stage } = studio;
  if (!KITS[current.task.canvas].switches.includes(name)) return;
  current[name] = !current[name];
  find(`[data-do="${name}"]`).setAttribute("aria-pressed", String(current[name]));
  stage.classList.toggle("mirrored", current.mirror);
  stage.classList.toggle("snapping", current.snap);
}

/** @param {Studio} studio @param {number} seed @param {boolean} [drawn] at random */
export function setSeed(studio, seed, drawn = false) {
  if (studio.current.wish && drawn) studio.current.wish = ""; // a new seed draws a color too
  studio.current.seed = Math.max(0, Math.min(999999, Math.round(seed) || 0));
  showSeed(studio);
  studio.emit("seed");
  studio.entryWanted = "new";
  changed(studio, { settled: true });
  tellPage(studio);
  studio.emit("drawn");
}
