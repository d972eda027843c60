// @ts-check
// The networks, run by onnxruntime-web away from the page's own thread: WebGPU where there is a real one, else
// WebAssembly, with several threads where the page is cross-origin isolated.
//
// In:  { load: MODEL } or { draw: REQUEST }, both with a number.
// Out: { number, … } the answer; { progress: share of 0 to 1, name } while files are on their way.

import { colorOfSeed, drawNoise } from "./noise.js";
import { toInput, toPicture, toShape } from "./images.js";
import { resize } from "./resize.js";

/**
 * @typedef {{ name: string, file: string, size: number, side: number, inputKind: any, outputKind: any,
 *   noise: number[][], dropout: number, colors: number[][] | null }} Model
 *   noise: (C, H, W) of z0, z1, … colors: those that a seed draws from, null where it takes no wish.
 * @typedef {{ script: string, wasm: string, size: number }} Backend addresses, and bytes of the WebAssembly
 * @typedef {{ cache: string, backends: Record<"webgpu" | "wasm", Backend> }} Settings
 */

const KEPT = 3; // networks in memory, 55 MB each at ngf 32

/** @type {Settings} */
let settings;
/** @type {Promise<{ ort: any, kind: "webgpu" | "wasm" }> | null} */
let started = null;
/** @type {Map<string, { model: Model, session: any }>} the one used last at the end */
const sessions = new Map();

/** @type {Record<string, (data: any) => any>} */
const ANSWERS = {
  settings: (data) => void (settings = data),
  load: (model) => load(model),
  draw: (request) => draw(request),
};

self.onmessage = async ({ data: { number, kind, content } }) => {
  try {
    self.postMessage({ number, reply: (await ANSWERS[kind](content)) || {} });
  } catch (error) {
    self.postMessage({ number, error: String(/** @type {Error} */ (error).message || error) });
  }
};

/** Whether a network runs quicker on a graphics card here: there is one, and it is no imitation. */
async function hasGraphics() {
  try {
    const adapter = await /** @type {any} */ (navigator).gpu?.requestAdapter();
    return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
  } catch {
    return false;
  }
}

/** @param {"webgpu" | "wasm"} kind @param {(bytes: number) => void} told */
async function start(kind, told) {
  const { script, wasm } = settings.backends[kind];
  const [ort, binary] = await Promise.all([import(script), fetchKept(wasm, told)]);
  ort.env.wasm.wasmBinary = binary;
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency || 1) : 1;
  return { ort, kind };
}

/** Loads the runtime, the first time, and a network. @param {Model} model */
async function load(model) {
  if (sessions.has(model.name)) return;
  const first = !started;
  let kind = /** @type {"webgpu" | "wasm"} */ (first ? ((await hasGraphics()) ? "webgpu" : "wasm") : (await started).kind);
  const whole = model.size + (first ? settings.backends[kind].size : 0);
  let there = 0;
  const told = (/** @type {number} */ bytes) => {
    there += bytes;
    self.postMessage({ progress: Math.min(1, there / whole), name: model.name });
  };
  try {
    if (first) started = start(kind, told);
    const [running, content] = await Promise.all([started, fetchKept(model.file, told)]);
    const session = await open(running, content, model).catch(async (error) => {
      if (running.kind === "wasm") throw error;
      started = start("wasm", () => {}); // a graphics card that cannot do it after all
      return open(await started, content, model);
    });
    while (sessions.size >= KEPT) forget(sessions.keys().next().value);
    sessions.set(model.name, { model, session });
    ({ kind } = await started);
  } catch (error) {
    if (first) started = null;
    throw error;
  }
  const threads = self.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency || 1) : 1;
  return { kind, threads: kind === "wasm" ? threads : 0 };
}

/** A network that has answered once: on a graphics card the first answer compiles its programs. @param {any} running @param {ArrayBuffer} content @param {Model} model */
async function open({ ort, kind }, content, model) {
  const session = await ort.InferenceSession.create(new Uint8Array(content), { executionProviders: [kind] });
  if (kind === "webgpu") {
    const channels = { rgb: 3, grey: 1, holes: 4 }[model.inputKind] + (model.colors ? 4 : 0);
    await answer(ort, session, model, new Float32Array(channels * model.side ** 2), 0);
  }
  return session;
}

/** @param {string} name */
function forget(name) {
  sessions.get(name).session.release();
  sessions.delete(name);
}

/**
 * A file, from this browser's cache where it is; else fetched and put there, so that the page works offline.
 * @param {string} url @param {(bytes: number) => void} told after every part
 */
async function fetchKept(url, told) {
  const cache = await self.caches?.open(settings.cache).catch(() => null); // none without https
  const kept = await cache?.match(url);
  if (kept) {
    const content = await kept.arrayBuffer();
    told(content.byteLength);
    return content;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.split("/").pop()}: the server answered ${response.status}`);
  const parts = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    told(part.value.length);
  }
  const blob = new Blob(parts);
  await cache?.put(url, new Response(blob)).catch(() => {}); // a full disk only means to fetch it again
  return blob.arrayBuffer();
}

/** @param {any} ort @param {any} session @param {Model} model @param {Float32Array} input @param {number} seed @returns {Promise<Float32Array>} */
async function answer(ort, session, { side, noise, dropout }, input, seed) {
  const tensor = (/** @type {Float32Array} */ data, /** @type {number[]} */ shape) => new ort.Tensor("float32", data, [1, ...shape]);
  const given = { real_a: tensor(input, [input.length / side ** 2, side, side]) };
  drawNoise(seed, noise, dropout).forEach((mask, k) => (given[`z${k}`] = tensor(mask, noise[k])));
  const { fake_b } = await session.run(given);
  return fake_b.data;
}

/** @param {{ name: string, drawing: string, seed: number, color: string, large: boolean }} request large: 1024 pixels */
async function draw({ name, drawing, seed, color, large }) {
  const found = sessions.get(name);
  sessions.delete(name);
  sessions.set(name, found);
  const { model, session } = found;
  const { ort } = await started;
  const image = await decode(drawing);
  const seen = toInput(image, model);
  const input = model.colors ? withWish(seen, wished(model, color, seed), model.side) : seen;
  const since = performance.now();
  const made = await answer(ort, session, model, input, seed);
  const seconds = (performance.now() - since) / 1000;
  const picture = toPicture(seen, made, model);
  const shaped = large ? resize(picture, 1024, 1024, "lanczos") : toShape(picture, image.width, image.height, model.side);
  return { picture: await encode(shaped), seconds };
}

/** "" for a color that the seed draws, "none", or a CSS color. @param {Model} model @param {string} color @param {number} seed */
function wished({ colors }, color, seed) {
  if (!color || color === "seed") return colorOfSeed(colors, seed);
  if (color === "none") return null;
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = "#000000";
  context.fillStyle = color; // one that is no color changes nothing
  const hex = String(context.fillStyle);
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** The wish's four planes behind the picture's. @param {Float32Array} seen @param {number[] | null} color @param {number} side */
function withWish(seen, color, side) {
  const area = side * side;
  const input = new Float32Array(seen.length + 4 * area);
  input.set(seen);
  const levels = color ? [...color.map((level) => level / 127.5 - 1), 1] : [0, 0, 0, 0];
  levels.forEach((level, c) => input.fill(level, seen.length + c * area, seen.length + (c + 1) * area));
  return input;
}

/** @param {string} url a data URL @returns {Promise<import("./resize.js").Pixels>} RGBA */
async function decode(url) {
  const blob = await (await fetch(url)).blob();
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
}

/** RGB → a data URL, without loss. @param {import("./resize.js").Pixels} picture @returns {Promise<string>} */
async function encode({ width, height, data }) {
  const rgba = new ImageData(width, height);
  for (let i = 0, j = 0; i < data.length; i += 3, j += 4) rgba.data.set([data[i], data[i + 1], data[i + 2], 255], j);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(rgba, 0, 0);
  const reader = new FileReader();
  reader.readAsDataURL(await canvas.convertToBlob({ type: "image/png" }));
  return new Promise((done) => (reader.onload = () => done(String(reader.result))));
}
