// @ts-check
// Drawing → picture: one request in flight, and the newest drawing next. The server never pushes.
//
// Emits "settled" when the picture of a finished drawing has arrived.

import { decode } from "./images.js";
import { tellPage } from "./state.js";
import { render, say, showHint, showOffline, showPicture, showWait } from "./view.js";

/**
 * @typedef {import("./state.js").Studio} Studio
 * @typedef {{ doc: import("./state.js").Doc, since: number, final: boolean, number: number, drawing: string }} Request
 */

const [RETRY, SLOWEST] = [1000, 15000]; // ms until a lost request is tried again: the first time, at most
const PATIENCE = 45000; // ms until a request without an answer counts as lost
const BUSY = 250; // ms after the server said that too many are waiting

/** The drawing changed. @param {Studio} studio @param {{ settled?: boolean }} [options] settled: even if not live */
export function changed(studio, { settled = false } = {}) {
  const { request, current } = studio;
  render(studio);
  request.changedAt = performance.now();
  if (!current.task.ready || !current.surface.ready) return;
  if (studio.live || settled) {
    studio.root.dataset.settled = "false";
    request.dirty = current;
    pump(studio);
  }
}

/**
 * The pen is up: the drawing counts, for the last pictures, the other tabs and a reload.
 * @param {Studio} studio @param {{ entry?: string }} [options]
 */
export function settle(studio, { entry = "join" } = {}) {
  if (studio.entryWanted !== "new") studio.entryWanted = entry;
  studio.asking = false;
  studio.root.classList.toggle("stale", !studio.live);
  changed(studio);
  tellPage(studio);
  studio.emit("drawn");
}

/** @param {Studio} studio */
async function pump(studio) {
  const { request, host } = studio;
  if (request.inFlight || !request.dirty) return;
  const doc = request.dirty;
  /** @type {Request} */
  const sent = {
    doc, since: request.changedAt, final: !studio.stroke && !studio.filming, number: ++request.number, drawing: doc.surface.toDataURL(),
  };
  request.dirty = null;
  request.inFlight = true;
  const words = doc.loaded ? "One moment…" : `Loading the model for ${doc.task.title}…`;
  const slow = setTimeout(() => showWait(studio, words), 350);
  let reply;
  try {
    reply = await answered(
      host.server.live({
        visit: studio.visit, task: doc.task.name, seed: doc.seed, color: doc.wish || null, number: sent.number,
        drawing: sent.drawing, settled: sent.final,
      }),
    );
    request.failures = 0;
  } catch {
    request.failures++;
    reply = { again: Math.min(SLOWEST, RETRY * 2 ** (request.failures - 1)) };
  }
  clearTimeout(slow);
  request.inFlight = false;
  showOffline(studio, request.failures ? reply.again : 0);
  if (reply.busy) reply.again = BUSY;
  if (reply.again) {
    request.dirty = request.dirty || doc;
    if (request.failures) showWait(studio, "");
    request.retry = setTimeout(() => pump(studio), reply.again);
    return;
  }
  showWait(studio, "");
  // The next drawing goes out before this picture is shown: the server need not wait for the screen.
  pump(studio);
  if (reply.picture) await take(studio, sent, reply);
  else if (reply.error) say(studio, reply.error);
}

/** The answer; rejects where there is none for too long. @param {Promise<any>} promise @returns {Promise<any>} */
async function answered(promise) {
  let timer = 0;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), PATIENCE);
  });
  try {
    const reply = await Promise.race([promise, late]);
    if (!reply || typeof reply !== "object") throw new Error("no answer");
    return reply;
  } finally {
    clearTimeout(timer);
  }
}

/** Ask at once instead of when the next attempt is due. @param {Studio} studio */
export function retryNow(studio) {
  clearTimeout(studio.request.retry);
  pump(studio);
}

/** @param {Studio} studio @param {Request} sent @param {{ picture: string, hint: string, action?: string, seconds: number }} reply */
async function take(studio, { doc, since, final, number, drawing }, reply) {
  const { request, root, find } = studio;
  const image = await decode(reply.picture);
  if (number < request.shown) return; // a later one was decoded sooner
  request.shown = number;
  const now = performance.now();
  Object.assign(doc, { picture: image, pictureUrl: reply.picture, drawingUrl: drawing, loaded: true });
  if (final) doc.hint = reply.hint || "";
  if (doc !== studio.current) return;
  showPicture(studio);
  root.classList.remove("stale");
  const penDown = Boolean(studio.stroke || studio.filming);
  if (penDown && request.shownAt) {
    const each = now - request.shownAt;
    request.rate = request.rate ? 0.8 * request.rate + 200 / each : 1000 / each;
  }
  request.shownAt = penDown ? now : 0;
  if (!penDown) request.rate = 0;
  const rate = request.rate ? ` · ${request.rate.toFixed(0)} pictures a second` : "";
  find(".latency").textContent = `${Math.round(now - since)} ms from stroke to picture${rate}`;
  const settled = final && !penDown && !request.dirty && !request.inFlight;
  if (final) showHint(studio, doc.hint);
  if (settled) studio.emit("settled", reply.action || "");
  // For benchmarks/live.py and the browser tests.
  root.dataset.forward = String(1000 * reply.seconds);
  root.dataset.pictures = String(Number(root.dataset.pictures || 0) + 1);
  root.dataset.settled = String(settled);
}

/** What is still under way belongs to another drawing. @param {Studio} studio */
export function dropRequests({ request, root }) {
  request.dirty = null;
  request.shown = ++request.number;
  root.dataset.settled = "true";
}

/** @param {Studio} studio @param {boolean} on */
export function setLive(studio, on) {
  studio.live = on;
  studio.find(".live input").checked = on;
  studio.find(".make").hidden = on;
  if (on) changed(studio);
}

/** A call of the server whose failure is one line. @param {() => Promise<any>} call */
export async function ask(call) {
  try {
    return await answered(call());
  } catch {
    return { error: "The server did not answer; please try again in a moment." };
  }
}

/** The picture without JPEG's loss. Live pictures travel as JPEG, which is faster. @param {Studio} studio @returns {Promise<ImageBitmap>} */
export async function exactPicture({ current, host, visit, request }) {
  const drawing = current.drawingUrl || current.surface.toDataURL();
  const reply = await ask(() =>
    host.server.live({
      visit, number: ++request.number, task: current.task.name, seed: current.seed, color: current.wish || null,
      drawing, exact: true,
    }),
  );
  return reply.picture ? decode(reply.picture) : current.picture;
}
