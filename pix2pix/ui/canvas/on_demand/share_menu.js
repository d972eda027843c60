// @ts-check
// What the Share button offers.

import { toggleMenu } from "./menu.js";
import { SHARE, canSend, filmType } from "./share.js";

/** @typedef {import("../state.js").Studio} Studio */

/** @type {[string, string, string][]} command of share.js, icon, words */
const ENTRIES = [
  ["send", "share", "Send to…"],
  ["copy", "copy", "Copy the picture"],
  ["link", "link", "Copy a link to this drawing"],
  ["card", "card", "Save a card: drawing and picture"],
  ["film", "film", "Save a film of the drawing"],
];

/** @param {Studio} studio */
export function toggleShareMenu(studio) {
  const { current } = studio;
  if (!current.picture) return;
  /** @type {Record<string, () => any>} */
  const possible = { send: canSend, film: () => filmType() && current.strokes.length };
  const shown = ENTRIES.filter(([name]) => !possible[name] || possible[name]());
  const entries = shown.map(([name, symbol, words]) => ({ name, symbol, words, act: () => SHARE[name](studio) }));
  toggleMenu(studio, "share", "Share", entries);
}
