// @ts-check
// The Draw page: builds the state, connects events with what they do, and opens the first task.

import { act } from "./commands.js";
import { finishStroke } from "./drawing.js";
import { place, takeFile } from "./files.js";
import { record } from "./history.js";
import { decode } from "./images.js";
import { onGroupKey, onKey, onSheetKey } from "./keys.js";
import { setLive, settle } from "./live.js";
import { recallDocs, remember } from "./memory.js";
import { listenToPointers } from "./pointers.js";
import { createStudio, tellPage } from "./state.js";
import { buildTiles, chooseTask } from "./tasks.js";
import { buildResults, setSeed } from "./toolbar.js";
import { moveSplit, setView, showPicture, showSeed } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Parameters<typeof createStudio>[0]} host what Gradio gives a component's script */
export async function mount(host) {
  const studio = createStudio(host);
  studio.on("settled", () => record(studio));
  studio.on("drawn", () => remember(studio));
  studio.on("leave-tool", () => finishStroke(studio));
  listenToPointers(studio);
  listenToKeysAndButtons(studio);
  listenToFiles(studio);
  listenToOtherTabs(studio);
  await open(studio);
  return studio;
}

/** @param {Studio} studio */
function listenToKeysAndButtons(studio) {
  const { root, sheet, find, seedInput } = studio;
  root.addEventListener("click", (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (/** @type {Element} */ (event.target).closest("[data-do]"));
    if (button && !button.disabled) act(studio, button.dataset.do);
  });
  root.addEventListener("keydown", onGroupKey);
  sheet.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => onSheetKey(studio, event));
  window.addEventListener("keydown", (event) => onKey(studio, event));
  seedInput.addEventListener("change", () => setSeed(studio, Number(seedInput.value)));
  find(".live input").addEventListener("change", () => setLive(studio, find(".live input").checked));
  find(".split").addEventListener("input", () => moveSplit(studio));
  find(".enlarge").addEventListener("click", () => root.classList.toggle("large"));
}

/** @param {Studio} studio */
function listenToFiles(studio) {
  const { root, stage, find } = studio;
  const input = find(".file");
  input.addEventListener("change", () => input.files[0] && takeFile(studio, input.files[0], studio.uploadFor));
  window.addEventListener("paste", (event) => {
    if (root.offsetParent === null) return;
    const item = [...(event.clipboardData?.items || [])].find((each) => each.type.startsWith("image/"));
    if (!item) return;
    event.preventDefault();
    takeFile(studio, item.getAsFile());
  });
  const drags = /** @type {[string, boolean][]} */ ([
    ["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false],
  ]);
  for (const [type, over] of drags) {
    stage.addEventListener(type, (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      stage.classList.toggle("dropping", over);
      if (type === "drop" && event.dataTransfer.files[0]) takeFile(studio, event.dataTransfer.files[0]);
    });
  }
}

/** Another tab may put a drawing or a seed here by setting the component's value. @param {Studio} studio */
function listenToOtherTabs(studio) {
  const { host, tasks } = studio;
  host.watch("value", async () => {
    const value = host.props.value;
    if (!value || !tasks[value.task]?.ready) return;
    await chooseTask(studio, value.task, { fresh: false });
    if (value.drawing) place(studio, await decode(value.drawing));
    studio.current.seed = value.seed ?? studio.current.seed;
    showSeed(studio);
    settle(studio, { entry: "new" });
  });
}

/** @param {Studio} studio */
async function open(studio) {
  const { start } = studio.host.props;
  buildTiles(studio);
  buildResults(studio);
  setView(studio, "side");
  const name = (await recallDocs(studio)) || start.task;
  const kept = Boolean(studio.docs[name]);
  await chooseTask(studio, name, { fresh: false });
  if (kept) settle(studio, { entry: "new" });
  else if (start.drawing) await openWithExample(studio, start);
  studio.root.dataset.open = "yes";
}

/** @param {Studio} studio @param {{ example: string, drawing: string, picture: string }} start */
async function openWithExample(studio, start) {
  studio.current.examples = [start.example];
  place(studio, await decode(start.drawing), { keep: false });
  if (!start.picture) return settle(studio, { entry: "new" });
  const drawingUrl = studio.current.surface.toDataURL();
  Object.assign(studio.current, { picture: await decode(start.picture), pictureUrl: start.picture, drawingUrl });
  showPicture(studio);
  record(studio);
  tellPage(studio);
}
