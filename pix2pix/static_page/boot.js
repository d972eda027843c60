// @ts-check
// Opens the page that `pix2pix export-web` writes: the studio's own canvas and header, with a ModelServer in the
// place of the server.

import { mount as mountCanvas } from "../ui/canvas/main.js";
import { mount as mountMasthead } from "../ui/masthead/masthead.js";
import { ModelServer } from "./model_server.js";

const page = JSON.parse(document.getElementById("page").textContent);
const here = (/** @type {string} */ file) => new URL(file, document.baseURI).href;
const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));

const BACKENDS = {
  webgpu: () => "Pictures are made by your graphics card (WebGPU).",
  wasm: (/** @type {number} */ threads) => `Pictures are made by your processor (WebAssembly, ${threads === 1 ? "1 thread" : `${threads} threads`}).`,
};

for (const model of page.models) model.file = here(model.file);
for (const backend of Object.values(page.backends)) Object.assign(backend, { script: here(backend.script), wasm: here(backend.wasm) });

const server = new ModelServer(
  {
    worker: new URL("./worker.js", import.meta.url).href,
    settings: { cache: `pix2pix models ${here(".")}`, backends: page.backends },
    models: page.models,
    examples: page.examples,
  },
  {
    onProgress: (name, share) => showProgress(name, share),
    onReady: (name, { kind, threads }) => {
      hideProgress(name);
      if (kind) find("#backend").textContent = BACKENDS[kind](threads);
      document.documentElement.dataset.backend = kind;
    },
    onFailure: (name) => hideProgress(name),
  },
);

/** @type {Map<string, number>} shares of the models on their way */
const underWay = new Map();

/** @param {string} name @param {number} share */
function showProgress(name, share) {
  underWay.set(name, share);
  const bar = find("#progress");
  bar.hidden = false;
  const [shown, part] = [...underWay][0];
  const { title } = page.tasks.find((/** @type {any} */ task) => task.name === shown) || { title: shown };
  bar.querySelector("progress").value = part;
  bar.querySelector("label span").textContent =
    part < 1 ? `Loading the model for ${title}: ${Math.floor(100 * part)}%` : `Preparing the model for ${title}…`;
}

/** @param {string} name */
function hideProgress(name) {
  underWay.delete(name);
  find("#progress").hidden = underWay.size === 0;
}

/** What Gradio gives a component's script. @param {string} selector @param {any} props */
const hostOf = (selector, props) => ({ element: find(selector), props, server, trigger: () => {}, watch: () => {} });

document.documentElement.classList.toggle("no-tracer", !server.traces);
mountMasthead(hostOf("#masthead", { tabs: [{ name: "draw", title: "Draw" }] }));
find(".frame").append(find("#progress"));
mountCanvas(hostOf("#canvas", { tasks: page.tasks, start: page.start, value: null }));
server.load(page.start.task).catch(() => {}); // told where the drawing asks for it
navigator.serviceWorker?.register(here("sw.js")).catch(() => {}); // without https the page works online only
