// @ts-check
// The state of the Draw page, all of it: one Studio object, made once and handed to every module.
//
// host is what Gradio gives a component's script: element, props, server, trigger, watch.
//   props.tasks      the tiles: name, title, line, canvas, palette, ground, brush, ready, thumb, …
//   props.start      the task to open with, its first drawing and the finished picture
//   props.value      what the rest of the page reads: { task, drawing, seed }, set when the pen is lifted
//   server.live      one request → picture; see pix2pix/ui/panels/draw.py

import { makeSurface } from "./surfaces.js";
import { KITS } from "./tools.js";
import { UndoStack } from "./undo.js";

export const DEFAULT_SEED = 0; // fixed until the visitor asks for another, so that the live picture does not flicker

/**
 * @typedef {import("./strokes.js").Stroke} Stroke
 * @typedef {import("./surfaces.js").Task} Task
 * @typedef {{ pixels: any, base: any, source: string, strokes: Stroke[] }} Content
 *   What is on a canvas. pixels: the surface's snapshot; base: the snapshot below the strokes, null for an
 *   empty canvas; source: what the base is, "" (empty), "example:NAME" or "image" (from elsewhere); strokes:
 *   what was drawn on it since.
 * @typedef {{ task: Task, surface: any, base: any, source: string, strokes: Stroke[], undo: UndoStack<Content>,
 *   tool: string | null, width: number, value: number | boolean, mirror: boolean, steady: boolean, snap: boolean, seed: number, wish: string,
 *   picture: ImageBitmap | null, pictureUrl: string, drawingUrl: string, hint: string, examples: string[],
 *   loaded: boolean }} Doc
 *   The document of one task. drawingUrl: the drawing that the picture was made from. examples: names of
 *   those shown already. wish: a color for the picture, "" for as it comes. loaded: whether the server has answered for this task before.
 * @typedef {{ id: string, task: string, seed: number, wish: string, content: Content, picture: ImageBitmap | null,
 *   pictureUrl: string, drawingUrl: string, hint: string, at: number, packed?: any, changed?: boolean }} Entry
 *   packed: as it is stored, see memory.js. changed: whether the store has an older one.
 * @typedef {{ kind: string, from: import("./geometry.js").Point, to: import("./geometry.js").Point, before: Content,
 *   box?: any, strokes?: Stroke[] }} Drag
 *   What the Select tool does between down and up. kind: "band", "move" or the corner that is held.
 */

/**
 * @typedef {ReturnType<typeof createStudio>} Studio
 * @param {{ element: HTMLElement, props: any, server: any, trigger: (event: string) => void,
 *   watch: (name: string, then: () => void) => void }} host
 */
export function createStudio(host) {
  /** @type {(selector: string) => any} */
  const find = (selector) => host.element.querySelector(selector);
  /** @type {Record<string, ((detail?: any) => void)[]>} */
  const listeners = {};
  return {
    host,
    find,
    root: find(".studio"),
    stage: find(".stage"),
    sheet: find(".sheet"),
    pictureCanvas: find(".picture"),
    beforeCanvas: find(".before"),
    seedInput: find(".seed input"),
    /** @type {Record<string, Task>} */
    tasks: Object.fromEntries(host.props.tasks.map((/** @type {Task} */ task) => [task.name, task])),
    visit: Math.random().toString(36).slice(2),
    /** @type {Record<string, Doc>} one document for each task that was opened */
    docs: {},
    /** @type {Doc} */
    current: null,
    /** @type {(Stroke & { before: Content, target: import("./geometry.js").Point }) | null} between down and up */
    stroke: null,
    /** @type {Drag | null} */
    drag: null,
    /** @type {Set<Stroke>} */
    selected: new Set(),
    /** @type {{ dx: number, dy: number } | null} the last move of a selection, which a copy repeats */
    repeat: null,
    opening: false, // while a link is followed
    filming: false, // while the camera's frames are the drawing
    forgotten: false, // once everything was cleared, until the page is loaded again
    live: true,
    view: "side",
    renderWaits: false,
    /** Whether a question with a button is shown, which stays until it is answered or the drawing changes. */
    asking: false,
    uploadFor: "place",
    keyboardPen: { x: 128, y: 128 },
    /** @type {Entry[]} the visit's last pictures, the newest first */
    entries: [],
    /** "new": the next picture begins an entry; "join": it may replace the newest one. */
    entryWanted: "",
    request: {
      /** @type {Doc | null} the document that the server has not seen yet */
      dirty: null,
      inFlight: false,
      number: 0,
      changedAt: 0,
      shown: 0, // number of the request whose picture is on the page
      shownAt: 0,
      rate: 0, // pictures a second, smoothed
      failures: 0, // requests in a row that brought no answer
      retry: 0, // timer of the next attempt
    },
    /** @param {string} event @param {(detail?: any) => void} then */
    on(event, then) {
      (listeners[event] ||= []).push(then);
    },
    /** @param {string} event @param {any} [detail] */
    emit(event, detail) {
      for (const then of listeners[event] || []) then(detail);
    },
  };
}

/** @param {Studio} studio @param {string} name @returns {Doc} */
export function openDoc(studio, name) {
  if (studio.docs[name]) return studio.docs[name];
  const task = studio.tasks[name];
  const kit = KITS[task.canvas];
  studio.docs[name] = {
    task,
    surface: makeSurface(task),
    base: null,
    source: "",
    strokes: [],
    undo: new UndoStack(),
    tool: kit.tools[0] || null,
    width: kit.width,
    value: task.canvas === "labels" ? Math.max(0, task.palette.findIndex(([label]) => label === task.brush)) : true,
    mirror: false,
    steady: task.canvas === "lines",
    snap: false,
    seed: DEFAULT_SEED,
    wish: "",
    picture: null,
    pictureUrl: "",
    drawingUrl: "",
    hint: "",
    examples: [],
    loaded: false,
  };
  return studio.docs[name];
}

/** @param {Doc} doc @returns {Content} */
export function contentOf(doc) {
  return { pixels: doc.surface.snapshot(), base: doc.base, source: doc.source, strokes: doc.strokes };
}

/** @param {Doc} doc @param {Content} content */
export function setContent(doc, { pixels, base, source, strokes }) {
  doc.surface.restore(pixels);
  doc.base = base;
  doc.source = source;
  doc.strokes = strokes;
}

/** Tell the rest of the page what is on the canvas. @param {Studio} studio @param {string} [event] */
export function tellPage({ current, host }, event) {
  const { task, surface, seed } = current;
  host.props.value = { task: task.name, drawing: surface.ready ? surface.toDataURL() : null, seed };
  // Only while the model card is open, which follows the task.
  const card = /** @type {HTMLElement | null} */ (document.querySelector("#model-card .prose"));
  if (event && card?.offsetParent) host.trigger("select");
}
