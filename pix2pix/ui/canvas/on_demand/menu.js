// @ts-check
// The menu behind Save and Share: one at a time, at the same place.

import { icon } from "../tools.js";

/**
 * @typedef {import("../state.js").Studio} Studio
 * @typedef {{ name: string, symbol: string, words: string, act: () => any }} MenuEntry
 */

/**
 * Opens the menu of a button, or closes it where it is open.
 * @param {Studio} studio @param {"download" | "share"} command of the button @param {string} label
 * @param {MenuEntry[]} entries
 */
export function toggleMenu(studio, command, label, entries) {
  const menu = studio.find(".share-menu");
  const open = !menu.hidden && menu.dataset.of === command;
  if (open) return closeMenu(studio, command);
  menu.dataset.of = command;
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(
    ...entries.map(({ name, symbol, words, act }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset[command === "share" ? "share" : "save"] = name;
      button.setAttribute("role", "menuitem");
      button.innerHTML = `${icon(symbol)}<span></span>`;
      button.querySelector("span").textContent = words;
      button.onclick = () => {
        closeMenu(studio, command);
        act();
      };
      return button;
    }),
  );
  menu.hidden = false;
  menu.firstElementChild.focus();
  menu.onkeydown = (/** @type {KeyboardEvent} */ event) => onMenuKey(studio, command, event);
}

/** @param {Studio} studio @param {string} command */
function closeMenu({ find }, command) {
  find(".share-menu").hidden = true;
  find(`[data-do=${command}]`).focus();
}

/** @param {Studio} studio @param {string} command @param {KeyboardEvent} event */
function onMenuKey(studio, command, event) {
  const items = /** @type {HTMLElement[]} */ ([...studio.find(".share-menu").children]);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") closeMenu(studio, command);
  else if (by) items[(items.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by + items.length) % items.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
