// @ts-check
// The menu behind the Share button.

import { SHARE, canSend, filmType } from "./share.js";
import { icon } from "./tools.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @type {[string, string, string][]} command of share.js, icon, words */
const ENTRIES = [
  ["send", "share", "Send to…"],
  ["copy", "copy", "Copy the picture"],
  ["large", "download", "Save the picture at 1024 pixels"],
  ["link", "link", "Copy a link to this drawing"],
  ["card", "card", "Save a card: drawing and picture"],
  ["film", "film", "Save a film of the drawing"],
];

/** @param {Studio} studio */
export function toggleShareMenu(studio) {
  const { find, current } = studio;
  const menu = find(".share-menu");
  if (!menu.hidden) return closeShareMenu(studio);
  /** @type {Record<string, () => any>} */
  const possible = {
    send: canSend,
    large: () => current.task.canvas === "lines",
    film: () => filmType() && current.strokes.length,
  };
  const shown = ENTRIES.filter(([name]) => !possible[name] || possible[name]());
  menu.replaceChildren(
    ...shown.map(([name, symbol, words]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.share = name;
      button.setAttribute("role", "menuitem");
      button.innerHTML = `${icon(symbol)}<span>${words}</span>`;
      button.onclick = () => {
        closeShareMenu(studio);
        SHARE[name](studio);
      };
      return button;
    }),
  );
  menu.hidden = false;
  menu.firstElementChild.focus();
  menu.onkeydown = (/** @type {KeyboardEvent} */ event) => onMenuKey(studio, event);
}

/** @param {Studio} studio */
export function closeShareMenu({ find }) {
  find(".share-menu").hidden = true;
  find("[data-do=share]").focus();
}

/** @param {Studio} studio @param {KeyboardEvent} event */
function onMenuKey(studio, event) {
  const items = /** @type {HTMLElement[]} */ ([...studio.find(".share-menu").children]);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") closeShareMenu(studio);
  else if (by) items[(items.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by + items.length) % items.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
