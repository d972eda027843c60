// @ts-check
// A photo of its own shape, up to 512 pixels a side, and for inpainting the mask that is brushed on it.

import { PHOTO_SIDE, SIDE, tracePath } from "./geometry.js";
import { makeCanvas } from "./images.js";

/** @typedef {import("./originals.js").Original} Original */

export class PhotoSurface {
  /**
   * @param {boolean} masked whether the pen masks parts of the photo (inpainting)
   * @param {boolean} gray whether the model sees the photo's luminance only
   */
  constructor(masked, gray = false) {
    this.masked = masked;
    this.gray = gray;
    this.scale = 1;
    /** @type {HTMLCanvasElement | null} */
    this.photo = null;
    /** @type {Original | null} */
    this.original = null;
    this.width = SIDE;
    this.height = SIDE;
    this.resize(SIDE, SIDE);
  }

  get ready() {
    return this.photo !== null;
  }

  resize(width, height) {
    [this.width, this.height] = [width, height];
    const [canvas, context] = makeCanvas(width, height);
    this.canvas = canvas;
    this.context = context;
    const [mask, maskContext] = makeCanvas(width, height);
    this.mask = mask;
    this.maskContext = maskContext;
  }

  clear() {
    this.maskContext.clearRect(0, 0, this.width, this.height);
    if (!this.masked) this.photo = this.original = null;
  }

  /** @param {import("./geometry.js").Mark} mark */
  mark(mark) {
    if (!this.masked || !this.photo) return;
    const context = this.maskContext;
    context.save();
    context.globalCompositeOperation = mark.value ? "source-over" : "destination-out";
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = mark.width;
    tracePath(context, mark);
    if (mark.shape === "rectangle" || mark.shape === "ellipse") context.fill();
    else context.stroke();
    context.restore();
  }

  /**
   * @param {CanvasImageSource} image @param {number} width @param {number} height
   * @param {Original | null} [original] the file that the image was read from
   */
  place(image, width, height, original = null) {
    this.original = original;
    const scale = Math.min(1, PHOTO_SIDE / Math.max(width, height));
    this.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    const [canvas, context] = makeCanvas(this.width, this.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, this.width, this.height);
    this.photo = canvas;
    if (this.gray) removeColor(context, this.width, this.height);
    if (!this.masked) return;
    // Transparent parts of an example or of a cut-out picture are its mask.
    const picture = context.getImageData(0, 0, this.width, this.height);
    const mask = this.maskContext.createImageData(this.width, this.height);
    for (let i = 3; i < picture.data.length; i += 4) {
      mask.data[i] = picture.data[i] < 128 ? 255 : 0;
      picture.data[i] = 255;
    }
    context.putImageData(picture, 0, 0);
    this.maskContext.putImageData(mask, 0, 0);
  }

  /** @returns {{ photo: HTMLCanvasElement | null, original: Original | null, width: number, height: number, mask: ImageData }} */
  snapshot() {
    const { photo, original, width, height } = this;
    return { photo, original, width, height, mask: this.maskContext.getImageData(0, 0, width, height) };
  }

  /** @param {ReturnType<PhotoSurface["snapshot"]>} state */
  restore({ photo, original, width, height, mask }) {
    if (width !== this.width || height !== this.height) this.resize(width, height);
    this.photo = photo;
    this.original = original;
    this.maskContext.putImageData(mask, 0, 0);
  }

  /** @param {CanvasRenderingContext2D} context of the canvas on the page */
  paintOn(context) {
    context.clearRect(0, 0, this.width, this.height);
    if (!this.photo) return;
    context.drawImage(this.photo, 0, 0);
    if (!this.masked) return;
    // The mask is black; the page shows it in a translucent color.
    const [tint, tintContext] = makeCanvas(this.width, this.height);
    tintContext.drawImage(this.mask, 0, 0);
    tintContext.globalCompositeOperation = "source-in";
    tintContext.fillStyle = "#d8563f";
    tintContext.fillRect(0, 0, this.width, this.height);
    context.globalAlpha = 0.75;
    context.drawImage(tint, 0, 0);
    context.globalAlpha = 1;
  }

  toDataURL() {
    this.context.clearRect(0, 0, this.width, this.height);
    if (this.photo) this.context.drawImage(this.photo, 0, 0);
    if (!this.masked) return this.canvas.toDataURL("image/png");
    this.context.globalCompositeOperation = "destination-out";
    this.context.drawImage(this.mask, 0, 0);
    this.context.globalCompositeOperation = "source-over";
    return this.canvas.toDataURL("image/png");
  }
}

/** sRGB ↔ linear light, both 0 … 1. */
const toLinear = (/** @type {number} */ value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const toSrgb = (/** @type {number} */ value) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
const LINEAR = Float64Array.from({ length: 256 }, (_, level) => toLinear(level / 255));

/** The gray of the same lightness L*, in sRGB levels. @param {number} r @param {number} g @param {number} b */
export const grayLevel = (r, g, b) => Math.round(255 * toSrgb(0.2126 * LINEAR[r] + 0.7152 * LINEAR[g] + 0.0722 * LINEAR[b]));

/** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
function removeColor(context, width, height) {
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    data[i] = data[i + 1] = data[i + 2] = grayLevel(data[i], data[i + 1], data[i + 2]);
  }
  context.putImageData(image, 0, 0);
}
