// @ts-check
// The Draw page: builds the state, connects events with what they do, and opens the first task.

import { address } from "../address.js";
import { act } from "./commands.js";
import { finishStroke } from "./drawing.js";
import { place, putExample, takeFile } from "./files.js";
import { advise } from "./advice.js";
import { record, showHistory } from "./history.js";
import { decode, toDataURL } from "./images.js";
import { onGroupKey, onKey, onSheetKey } from "./keys.js";
import { addressedTask, followAlways, openAddress } from "./link.js";
import { retryNow, setLive, settle } from "./live.js";
import { recallAll, remember, rememberEntries } from "./memory.js";
import { pruneOriginals } from "./originals.js";
import { listenToPointers } from "./pointers.js";
import { showSelection } from "./selection_box.js";
import { createStudio, openDoc, tellPage } from "./state.js";
import { buildTiles, chooseTask } from "./tasks.js";
import { buildResults, setSeed } from "./toolbar.js";
import { buildWishes } from "./wish.js";
import { moveSplit, say, setView, showPicture, showSeed } from "./view.js";

/** @typedef {import("./state.js").Studio} Studio */

/** @param {Parameters<typeof createStudio>[0]} host what Gradio gives a component's script */
export async function mount(host) {
  const studio = createStudio(host);
  studio.on("settled", (action) => {
    record(studio);
    offerHelp(studio, action);
    remember(studio);
  });
  studio.on("drawn", () => remember(studio));
  studio.on("recorded", async () => {
    await rememberEntries(studio);
    await pruneOriginals(studio);
  });
  studio.on("leave-tool", () => finishStroke(studio));
  for (const event of ["task", "seed"]) studio.on(event, () => buildWishes(studio));
  studio.on("painted", () => showSelection(studio));
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
  find(".enlarge").addEventListener("click", () => {
    const large = root.classList.toggle("large");
    find(".enlarge").setAttribute("aria-pressed", String(large));
  });
  window.addEventListener("online", () => retryNow(studio));
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
    if (studio.current.task.colors.length) studio.current.wish = value.wish ?? studio.current.wish;
    showSeed(studio);
    studio.emit("seed");
    settle(studio, { entry: "new" });
  });
}

/** One tap that helps, below a drawing that is far from the training drawings. @param {Studio} studio @param {string} action */
function offerHelp(studio, action) {
  const advice = advise(studio);
  if (advice) say(studio, advice.text, { action: advice.label, then: () => act(studio, advice.command) });
  else if (action === "example" && studio.current.hint) {
    say(studio, studio.current.hint, { action: "Show an example", then: () => act(studio, "example") });
  }
}

/** @param {Studio} studio */
async function open(studio) {
  const { start } = studio.host.props;
  buildTiles(studio);
  buildResults(studio);
  setView(studio, "side");
  studio.opening = true;
  const linked = addressedTask(studio);
  const name = linked || (await recallAll(studio)) || start.task;
  if (linked) await recallAll(studio);
  showHistory(studio);
  const kept = Boolean(studio.docs[name]);
  if (linked && !kept) openDoc(studio, name);
  await chooseTask(studio, name, { fresh: false });
  if (kept && studio.current.picture) studio.root.dataset.settled = "true";
  else if (kept) settle(studio, { entry: "new" });
  else if (!linked && start.drawing) await openWithExample(studio, start);
  studio.opening = false;
  followAlways(studio);
  if (linked) await openLink(studio, kept);
  else if (address.get("task")) await openAddress(studio); // says that there is no such task
  document.getElementById("boot")?.remove();
  studio.root.dataset.open = "yes";
}

/** @param {Studio} studio @param {boolean} kept whether the task has a document already */
async function openLink(studio, kept) {
  const words = ["d", "example", "seed"].some((name) => address.get(name));
  if (words || kept) await openAddress(studio);
  else await putExample(studio, { keep: false });
}

/** @param {Studio} studio @param {{ example: string, drawing: string, picture: string }} start */
async function openWithExample(studio, start) {
  studio.current.examples = [start.example];
  place(studio, await decode(start.drawing), { keep: false, source: `example:${start.example}` });
  if (!start.picture) return settle(studio, { entry: "new" });
  const drawingUrl = studio.current.surface.toDataURL();
  const pictureUrl = await toDataURL(start.picture);
  Object.assign(studio.current, { picture: await decode(pictureUrl), pictureUrl, drawingUrl });
  showPicture(studio);
  record(studio);
  tellPage(studio);
}
