// @ts-check
// "Clear everything": drawings, photos and last pictures leave this browser, after a second click.

import { address } from "../address.js";
import { forgetAll } from "./memory.js";

/** @typedef {import("./state.js").Studio} Studio */

const SURE = 4000; // ms in which the second click counts

/** @param {Studio} studio */
export async function forgetEverything(studio) {
  const button = studio.find("[data-do=forget]");
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Really clear everything?";
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Clear everything";
    }, SURE);
    return;
  }
  studio.forgotten = true; // nothing is written any more
  await forgetAll();
  address.set({ task: "", seed: "", example: "", color: "", d: "" }, { replace: true });
  location.reload();
}
