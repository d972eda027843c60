// @ts-check
// The color wish: a row of swatches at the seed, for models that know one.
//
// doc.wish: "" (the seed draws a color), "none" (as it comes) or "#rrggbb".

import { tellPage } from "./state.js";
import { changed } from "./live.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Studio} studio */
export function buildWishes(studio) {
  const { find, current } = studio;
  const row = find(".wishes");
  const { colors } = current.task;
  row.hidden = !colors.length;
  if (!colors.length) return row.replaceChildren();
  const own = current.wish && current.wish !== "none" && !colors.includes(current.wish) ? current.wish : "";
  row.replaceChildren(
    swatch(studio, "", "Drawn by the seed", "seeded"),
    swatch(studio, "none", "As it comes", "plain-wish"),
    ...colors.map((color) => swatch(studio, color, `Color ${color}`, "")),
    freeColor(studio, own),
  );
}

/** @param {Studio} studio @param {string} wish @param {string} words @param {string} kind a class of its look */
function swatch(studio, wish, words, kind) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: `wish ${kind}`, title: words });
  button.dataset.wish = wish;
  button.setAttribute("role", "radio");
  button.setAttribute("aria-label", words);
  button.setAttribute("aria-checked", String(studio.current.wish === wish));
  if (wish.startsWith("#")) button.style.background = wish;
  button.onclick = () => setWish(studio, wish);
  return button;
}

/** @param {Studio} studio @param {string} color the visitor's own, "" for none yet */
function freeColor(studio, color) {
  const label = document.createElement("label");
  label.className = "wish free";
  label.title = "A color of your own";
  if (color) label.style.background = color;
  const input = document.createElement("input");
  Object.assign(input, { type: "color", value: color || "#b5651d", oninput: () => setWish(studio, input.value, label) });
  input.setAttribute("aria-label", "A color of your own");
  label.append(input);
  label.classList.toggle("chosen", Boolean(color));
  return label;
}

/** @param {Studio} studio @param {string} wish @param {HTMLElement | null} [kept] stays while its color is chosen */
export function setWish(studio, wish, kept = null) {
  studio.current.wish = wish;
  studio.entryWanted = "new";
  if (kept) {
    kept.style.background = wish;
    for (const one of studio.find(".wishes").querySelectorAll("[role=radio]")) one.setAttribute("aria-checked", "false");
    kept.classList.add("chosen");
  } else {
    buildWishes(studio);
    studio.find(`.wishes [data-wish="${wish}"]`)?.focus();
  }
  changed(studio, { settled: true });
  tellPage(studio);
  studio.emit("drawn");
}
