// @ts-check
// What survives a reload and a closed browser: every task's document and the last pictures.
//
// One record for each document ("doc/TASK") and each entry ("entry/NUMBER"), and "meta" for the rest. When
// the records grow beyond LIMIT, the oldest entries are dropped first.

import { decode, makeCanvas, toBlob } from "./images.js";
import { packOriginal, unpackOriginal } from "./originals.js";
import { contentOf, openDoc, setContent } from "./state.js";
import * as store from "./store.js";

/**
 * @typedef {import("./state.js").Studio} Studio
 * @typedef {import("./state.js").Content} Content
 */

export const LIMIT = 64 * 1024 * 1024; // bytes of all records together, about

/** @type {WeakMap<HTMLCanvasElement, Promise<Blob>>} a photo is encoded once, not with every stroke */
const encoded = new WeakMap();

/** A surface's snapshot → something that can be stored. @param {any} snapshot */
async function pack(snapshot) {
  if (!snapshot || snapshot instanceof Uint8Array) return snapshot;
  const { photo, original, width, height, mask } = snapshot;
  if (!photo) return { width, height };
  if (!encoded.has(photo)) encoded.set(photo, toBlob(photo));
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) alpha[i] = mask.data[4 * i + 3];
  return { width, height, alpha, photo: await encoded.get(photo), original: await packOriginal(original) };
}

/** The reverse of `pack`. @param {any} packed */
async function unpack(packed) {
  if (!packed || packed instanceof Uint8Array) return packed;
  const { width, height, alpha, photo, original } = packed;
  const mask = new ImageData(width, height);
  if (!photo) return { photo: null, original: null, width, height, mask };
  const [canvas, context] = makeCanvas(width, height);
  context.drawImage(await decode(photo), 0, 0);
  encoded.set(canvas, Promise.resolve(photo));
  for (let i = 0; i < alpha.length; i++) mask.data[4 * i + 3] = alpha[i];
  return { photo: canvas, original: await unpackOriginal(original), width, height, mask };
}

/** @param {Content} content */
async function packContent({ pixels, base, source, strokes }) {
  return { pixels: await pack(pixels), base: await pack(base), source, strokes };
}

/** @param {any} packed @returns {Promise<Content>} */
async function unpackContent({ pixels, base, source, strokes }) {
  return { pixels: await unpack(pixels), base: await unpack(base), source, strokes };
}

/** Bytes of a record, about. @param {any} value @returns {number} */
export function sizeOf(value) {
  if (!value) return 0;
  if (value instanceof Blob) return value.size;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === "string") return value.length;
  if (typeof value !== "object") return 8;
  return Object.values(value).reduce((sum, part) => sum + sizeOf(part), 0);
}

const KEPT = ["tool", "width", "value", "mirror", "steady", "snap", "seed", "wish", "pictureUrl", "drawingUrl", "hint", "examples"];

/** Writes what changed: the current document and the last pictures. @param {Studio} studio */
export async function remember(studio) {
  if (studio.forgotten || studio.filming) return;
  const doc = studio.current;
  const record = { content: await packContent(contentOf(doc)), ...Object.fromEntries(KEPT.map((key) => [key, doc[key]])) };
  await store.put(`doc/${doc.task.name}`, record);
  await store.put("meta", { task: studio.current.task.name, live: studio.live, view: studio.view });
}

/** @param {Studio} studio */
export async function rememberEntries(studio) {
  if (studio.forgotten) return;
  let room = LIMIT;
  const there = new Set((await store.keys()).filter((key) => String(key).startsWith("entry/")));
  const wanted = [];
  for (const entry of studio.entries) {
    const { picture, content, ...rest } = entry;
    entry.packed ||= { ...rest, content: await packContent(content) };
    room -= sizeOf(entry.packed);
    if (room < 0) break;
    wanted.push(entry);
  }
  for (const entry of wanted) {
    const key = `entry/${entry.id}`;
    if (!there.delete(key) || entry.changed) {
      entry.changed = false;
      await store.put(key, entry.packed);
    }
  }
  for (const key of there) await store.remove(key);
}

/** The documents and entries of the last visit are opened again. @param {Studio} studio @returns {Promise<string>} its task */
export async function recallAll(studio) {
  const meta = await store.get("meta");
  for (const key of await store.keys()) {
    const [kind, name] = String(key).split("/");
    try {
      if (kind === "doc" && studio.tasks[name]) await recallDoc(studio, name, await store.get(key));
      if (kind === "entry") await recallEntry(studio, await store.get(key));
    } catch {
      await store.remove(key); // of an older version of the page
    }
  }
  studio.entries.sort((a, b) => b.at - a.at);
  return studio.tasks[meta?.task]?.ready && studio.docs[meta.task] ? meta.task : "";
}

/** @param {Studio} studio @param {string} name @param {any} record */
async function recallDoc(studio, name, { content, ...rest }) {
  const unpacked = await unpackContent(content);
  const doc = openDoc(studio, name);
  setContent(doc, unpacked);
  for (const key of KEPT) if (rest[key] !== undefined) doc[key] = rest[key];
  if (doc.pictureUrl) doc.picture = await decode(doc.pictureUrl);
}

/** @param {Studio} studio @param {any} packed */
async function recallEntry(studio, packed) {
  if (!studio.tasks[packed.task]?.ready) return;
  const content = await unpackContent(packed.content);
  studio.entries.push({ ...packed, content, packed, picture: await decode(packed.pictureUrl) });
}

export const forgetAll = store.clearAll;
