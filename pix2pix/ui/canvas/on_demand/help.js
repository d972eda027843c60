// @ts-check
// The list of keys.

import { COMMANDS } from "../tools.js";

/** @typedef {import("../state.js").Studio} Studio */

const OTHERS = [
  ["[ and ]", "Thinner and thicker"],
  ["1 … 9", "Class of the palette"],
  ["Arrows, Space", "On the canvas: move the pen, put it down and lift it"],
  ["Shift+Arrows", "Larger steps"],
  ["Ctrl+D", "Duplicate the selection"],
  ["?", "This list"],
];

/** @param {Studio} studio */
export function showKeys({ find }) {
  const dialog = find(".keys");
  const rows = Object.entries(COMMANDS).filter(([name]) => name !== "slider").map(([, [word, key]]) => [key, word]);
  const list = document.createElement("dl");
  for (const [key, words] of [...rows, ...OTHERS]) {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap);
    text.textContent = words;
    list.append(term, text);
  }
  const [title, close] = [document.createElement("h2"), document.createElement("button")];
  title.textContent = "Keyboard shortcuts";
  Object.assign(close, { type: "button", textContent: "Close", onclick: () => dialog.close() });
  dialog.replaceChildren(title, list, close);
  if (!dialog.open) dialog.showModal();
}
