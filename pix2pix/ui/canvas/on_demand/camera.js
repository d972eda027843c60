// @ts-check
// The camera: its image over the canvas, a picture taken, or its frames as the drawing while "Live" is on.
//
// Frames go the way of drawings: one request in flight, then the newest frame. For line tasks each frame is
// turned into lines first. Nothing of it is kept: closing the camera puts back what was on the canvas.

import { takeFile } from "../files.js";
import { SIDE } from "../geometry.js";
import { decode, makeCanvas, middleSquare, toBlob } from "../images.js";
import { ask, changed, dropRequests } from "../live.js";
import { contentOf, setContent } from "../state.js";
import { icon } from "../tools.js";
import { render, say, showPicture } from "../view.js";

/** @typedef {import("../state.js").Studio} Studio */

const [WIDTH, HEIGHT] = [1920, 1440]; // asked for; a camera gives what it has
const FRAME_SIDE = 512; // longest side of a live frame
const GONE = 500; // ms between looks whether the canvas is still on the screen

/** @type {Record<string, string>} what went wrong, by the error's name */
const REASONS = {
  NotAllowedError: "The camera was not allowed. Allow it next to the page's address, or upload a photo.",
  NotFoundError: "There is no camera here; upload a photo instead.",
  NotReadableError: "Another program uses the camera; close it there, or upload a photo.",
};

const STYLE = `
.camera { position: absolute; inset: 0; z-index: 6; display: flex; align-items: flex-end; justify-content: center; cursor: default; }
.camera video { position: absolute; inset: 0; width: 100%; height: 100%; background: #191612; object-fit: contain; }
.camera.square video { object-fit: cover; }
.camera.filming video { opacity: 0; }
.camera div { position: relative; display: flex; gap: 8px; align-items: center; padding: 8px; max-width: 100%; box-sizing: border-box; }
.studio .camera button { display: grid; place-items: center; flex: none; min-width: 40px; height: 40px; padding: 0 10px; border: 0; border-radius: 20px; background: rgb(25 22 18 / 82%); color: #fff !important; font-size: 13px !important; }
.studio .camera button:hover:not([aria-pressed=true]) { background: #191612; }
.studio .camera button:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
.studio .camera button[data-camera=take] { width: 48px; height: 48px; border-radius: 50%; padding: 0; background: #fff; color: #191612 !important; box-shadow: 0 1px 8px rgb(0 0 0 / 45%); }
.studio .camera [data-camera=take]:hover:not([aria-pressed]) { background: #f0e9dd; }
.studio .camera button[aria-pressed=true] { background: var(--accent); color: var(--on-accent) !important; }
`;

/** @type {Camera | null} */
let open = null;
let listening = false;

/** @param {Studio} studio */
export async function toggleCamera(studio) {
  if (open) return open.close();
  if (studio.current.task.canvas === "labels") return;
  const stream = await openStream(studio, "environment");
  if (!stream) return;
  if (!listening) {
    studio.on("task", () => open?.doc !== studio.current && open?.close());
    // An upload, an example, an undo: what was put there stays.
    studio.on("drawn", () => open && open.doc.base !== open.base && open.close({ restore: false }));
    listening = true;
  }
  open?.close();
  open = new Camera(studio, stream);
}

/** @param {Studio} studio @param {string} facing "environment" or "user" @returns {Promise<MediaStream | null>} */
async function openStream(studio, facing) {
  if (!navigator.mediaDevices) {
    say(studio, "A browser gives its camera to https addresses only; upload a photo instead.");
    return null;
  }
  try {
    const video = { facingMode: facing, width: { ideal: WIDTH }, height: { ideal: HEIGHT } };
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    say(studio, REASONS[/** @type {Error} */ (error).name] || "The camera could not be opened; upload a photo instead.");
    return null;
  }
}

class Camera {
  /** @param {Studio} studio @param {MediaStream} stream */
  constructor(studio, stream) {
    this.studio = studio;
    this.stream = stream;
    this.doc = studio.current;
    const { content, ...shown } = { ...this.doc, content: contentOf(this.doc) };
    this.before = { content, shown };
    this.lines = this.doc.task.canvas === "lines";
    this.facing = "environment";
    this.base = this.doc.base; // as the camera knows it
    this.build();
    this.watch = setInterval(() => {
      if (document.hidden || studio.stage.offsetParent === null) this.close();
    }, GONE);
    say(studio, "");
    this.show(stream);
  }

  build() {
    const { doc, lines } = this;
    this.panel = document.createElement("div");
    this.panel.className = lines ? "camera square" : "camera";
    this.panel.innerHTML = `<style>${STYLE}</style><video playsinline muted autoplay aria-label="What the camera sees"></video><div></div>`;
    this.video = this.panel.querySelector("video");
    const row = this.panel.querySelector("div");
    // On a photo with a mask there is nothing to show live before somebody brushes.
    if (doc.task.canvas !== "mask") row.append(this.button("live", "Live", "Live: the picture follows the camera", () => this.toggleLive()));
    row.append(this.button("take", icon("camera"), "Take the picture", () => this.take()));
    this.other = this.button("flip", icon("redo"), "The other camera", () => this.flip());
    this.other.hidden = true;
    row.append(this.other, this.button("close", icon("remove"), "Close the camera", () => this.close()));
    for (const event of ["pointerdown", "pointermove"]) this.panel.addEventListener(event, (each) => each.stopPropagation());
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.studio.stage.append(this.panel);
    this.find("take").focus({ preventScroll: true });
  }

  /** @param {string} name @param {string} content @param {string} words @param {() => any} act */
  button(name, content, words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.camera = name;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.innerHTML = content;
    button.onclick = act;
    if (name === "live") button.setAttribute("aria-pressed", "false");
    return button;
  }

  /** @param {string} name @returns {HTMLButtonElement} */
  find(name) {
    return this.panel.querySelector(`[data-camera=${name}]`);
  }

  /** @param {MediaStream} stream */
  async show(stream) {
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.other.hidden = devices.filter(({ kind }) => kind === "videoinput").length < 2;
  }

  async flip() {
    this.facing = this.facing === "user" ? "environment" : "user";
    this.stop(); // some phones open one camera at a time
    const stream = await openStream(this.studio, this.facing);
    if (stream && open === this) await this.show(stream);
    else this.close();
  }

  stop() {
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** The newest frame, its longest side at most `most`; the middle square of it for line tasks. @param {number} [most] */
  grab(most = Infinity) {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, most / Math.max(videoWidth, videoHeight));
    const [canvas, context] = makeCanvas(Math.round(videoWidth * scale), Math.round(videoHeight * scale));
    context.imageSmoothingQuality = "high";
    context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async take() {
    if (!this.video.videoWidth) return;
    const blob = await toBlob(this.grab(), "image/jpeg", 0.95);
    this.close();
    await takeFile(this.studio, new File([blob], "The camera's picture", { type: blob.type }), this.lines ? "trace" : "place");
  }

  toggleLive() {
    const { studio } = this;
    studio.filming = !studio.filming;
    this.find("live").setAttribute("aria-pressed", String(studio.filming));
    this.panel.classList.toggle("filming", studio.filming);
    if (studio.filming) this.film();
  }

  async film() {
    const { studio, doc } = this;
    const { request } = studio;
    const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
    const going = () => studio.filming && studio.current === doc;
    while (going()) {
      await nextFrame();
      if (!this.video.videoWidth) continue;
      // The lines of the next frame are made while the picture of this one is.
      const lines = this.lines && (await this.traced());
      while (going() && (request.dirty || request.inFlight)) await nextFrame();
      const frame = this.lines ? lines : this.grab(FRAME_SIDE);
      if (!frame || !going()) continue;
      doc.surface.place(frame, frame.width, frame.height);
      this.base = doc.base = doc.surface.snapshot();
      Object.assign(doc, { source: "image", strokes: [] });
      changed(studio, { settled: true });
    }
  }

  /** The frame as lines, null where the server has no time for it. */
  async traced() {
    const photo = middleSquare(this.grab(FRAME_SIDE), SIDE).toDataURL("image/jpeg", 0.9);
    const reply = await ask(() => this.studio.host.server.photo_to_lines({ photo }));
    return reply.drawing ? decode(reply.drawing) : null;
  }

  /** @param {{ restore?: boolean }} [options] restore: what was there before is there again */
  close({ restore = true } = {}) {
    const { studio, doc, before } = this;
    if (open !== this) return;
    open = null;
    clearInterval(this.watch);
    this.stop();
    this.panel.remove();
    studio.filming = false;
    if (!restore || doc.base === before.content.base) return;
    dropRequests(studio);
    setContent(doc, before.content);
    const { picture, pictureUrl, drawingUrl, hint } = before.shown;
    Object.assign(doc, { picture, pictureUrl, drawingUrl, hint });
    if (studio.current !== doc) return;
    render(studio);
    showPicture(studio);
  }
}
