// @ts-check
// Black lines on white. Coordinates are model pixels, 256 × 256.

import { SIDE, contain, tracePath } from "./geometry.js";
import { makeCanvas } from "./images.js";

export class InkSurface {
  constructor() {
    this.width = SIDE;
    this.height = SIDE;
    // Drawn at twice the model's resolution, so that lines look smooth on the screen; averaged down
    // for the model, which gives it the soft edges it saw in training.
    this.scale = 2;
    const [canvas, context] = makeCanvas(SIDE * this.scale, SIDE * this.scale);
    this.canvas = canvas;
    this.context = context;
    const [small, smallContext] = makeCanvas(SIDE, SIDE);
    this.small = small;
    this.smallContext = smallContext;
    this.clear();
  }

  get ready() {
    return true;
  }

  clear() {
    this.context.fillStyle = "#fff";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** @param {import("./geometry.js").Mark} mark */
  mark(mark) {
    const context = this.context;
    context.save();
    context.scale(this.scale, this.scale);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = mark.width;
    context.strokeStyle = mark.value ? "#000" : "#fff";
    tracePath(context, mark);
    context.stroke();
    context.restore();
  }

  /** @param {CanvasImageSource} image @param {number} width @param {number} height */
  place(image, width, height) {
    this.clear();
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(image, ...contain(width, height, this.canvas.width, this.canvas.height));
  }

  // One byte a pixel is enough for black on white: sixty steps of undo take 16 MB, not 63.
  snapshot() {
    const { data } = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    const levels = new Uint8Array(data.length / 4);
    for (let i = 0; i < levels.length; i++) levels[i] = data[4 * i + 1];
    return levels;
  }

  /** @param {Uint8Array} levels as snapshot() returned them */
  restore(levels) {
    const image = this.context.createImageData(this.canvas.width, this.canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < levels.length; i++) pixels[i] = 0xff000000 | (levels[i] * 0x010101);
    this.context.putImageData(image, 0, 0);
  }

  /** @param {CanvasRenderingContext2D} context of the canvas on the page */
  paintOn(context) {
    context.drawImage(this.canvas, 0, 0);
  }

  toDataURL() {
    this.smallContext.imageSmoothingQuality = "high";
    this.smallContext.drawImage(this.canvas, 0, 0, SIDE, SIDE);
    return this.small.toDataURL("image/png");
  }
}
