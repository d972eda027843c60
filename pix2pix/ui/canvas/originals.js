// @ts-check
// The files that photos on the canvas were read from: a result is made at their size when it is saved.
//
// In the store each has a record of its own ("original/ID"), which is written once and not with every stroke.
// The newest ones stay, LIMIT bytes in all; where one is gone, results have the size of the canvas.

import * as store from "./store.js";

/**
 * @typedef {{ id: string, blob: Blob, width: number, height: number }} Original width and height: upright
 * @typedef {import("./state.js").Studio} Studio
 */

export const LIMIT = 96 * 1024 * 1024;
export const MOST_PIXELS = 30e6; // as the server takes

/** @type {Set<string>} ids of those that the store has */
const written = new Set();

/** @param {Blob} blob @param {ImageBitmap} image read from it @returns {Original | null} null: too many pixels */
export function originalOf(blob, { width, height }) {
  if (width * height > MOST_PIXELS) return null;
  return { id: `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`, blob, width, height };
}

/** @param {Original | null} original → what stands for it in other records */
export async function packOriginal(original) {
  if (!original) return null;
  const { id, blob, width, height } = original;
  if (!written.has(id)) {
    written.add(id);
    await store.put(`original/${id}`, blob);
  }
  return { id, width, height };
}

/** The reverse of `packOriginal`. @param {any} packed @returns {Promise<Original | null>} */
export async function unpackOriginal(packed) {
  const blob = packed && (await store.get(`original/${packed.id}`));
  if (!blob) return null;
  written.add(packed.id);
  return { ...packed, blob };
}

/** Removes from the store what no document or last picture has, and the oldest beyond LIMIT. @param {Studio} studio */
export async function pruneOriginals({ forgotten, docs, current, entries }) {
  if (forgotten) return;
  const surfaces = [current, ...Object.values(docs)].map(({ surface }) => surface);
  const used = [...surfaces, ...entries.map(({ content }) => content.pixels)].map(({ original }) => original);
  const kept = new Set();
  let room = LIMIT;
  for (const original of used) {
    if (!original || kept.has(original.id)) continue;
    room -= original.blob.size;
    if (room >= 0) kept.add(original.id);
  }
  for (const key of await store.keys()) {
    const [kind, id] = String(key).split("/");
    if (kind !== "original" || kept.has(id)) continue;
    written.delete(id);
    await store.remove(key);
  }
}
