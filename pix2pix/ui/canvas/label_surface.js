// @ts-check
// Areas of palette colors, 256 × 256 or larger: one class index a pixel, no anti-aliasing anywhere.

import { SIDE, contain } from "./geometry.js";
import { makeCanvas } from "./images.js";

export class LabelSurface {
  /**
   * @param {[string, number[]][]} palette name and red, green, blue of each class
   * @param {number} ground index of the class that fills an empty canvas
   * @param {number} [side] pixels of the canvas
   */
  constructor(palette, ground, side = SIDE) {
    this.side = side;
    this.width = this.side;
    this.height = this.side;
    this.scale = 1;
    this.palette = palette.map(([, color]) => color);
    this.ground = ground;
    this.indices = new Uint8Array(this.side * this.side);
    this.colors = Uint32Array.from(this.palette, ([r, g, b]) => 0xff000000 | (b << 16) | (g << 8) | r);
    const [canvas, context] = makeCanvas(this.side, this.side);
    this.canvas = canvas;
    this.context = context;
    this.image = this.context.createImageData(this.side, this.side);
    this.stale = true; // whether `canvas` is older than `indices`
    this.clear();
  }

  get ready() {
    return true;
  }

  clear() {
    this.indices.fill(this.ground);
    this.stale = true;
  }

  // A stroke is many marks: the pixels are made once, when somebody looks.
  refresh() {
    if (!this.stale) return;
    this.stale = false;
    const pixels = new Uint32Array(this.image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = this.colors[this.indices[i]];
    this.context.putImageData(this.image, 0, 0);
  }

  // Pixels of row y from x = left to right, both included; clipped to the canvas.
  span(y, left, right, value) {
    if (y < 0 || y >= this.side || right < 0 || left >= this.side) return;
    this.indices.fill(value, y * this.side + Math.max(0, left), y * this.side + Math.min(this.side - 1, right) + 1);
  }

  disc(x, y, width, value) {
    const radius = width / 2;
    const top = Math.round(y - radius);
    for (let row = top; row < top + width; row++) {
      const half = Math.sqrt(Math.max(0, radius * radius - (row + 0.5 - y) ** 2));
      const left = Math.round(x - half);
      this.span(row, left, Math.max(left, Math.round(x + half) - 1), value);
    }
  }

  /** @param {import("./geometry.js").Mark} mark */
  mark({ shape, points, width, value }) {
    const [a, b] = shape === "curve" ? [points[0], points[2]] : points;
    if (shape === "dot") {
      this.disc(a.x, a.y, width, value);
    } else if (shape === "rectangle" || shape === "ellipse") {
      const left = Math.floor(Math.min(a.x, b.x));
      const right = Math.ceil(Math.max(a.x, b.x)) - 1;
      const top = Math.floor(Math.min(a.y, b.y));
      const bottom = Math.ceil(Math.max(a.y, b.y)) - 1;
      const [centerY, radiusX, radiusY] = [(top + bottom) / 2, (right - left + 1) / 2, (bottom - top + 1) / 2];
      for (let y = top; y <= bottom; y++) {
        const share = shape === "rectangle" ? 1 : Math.sqrt(Math.max(0, 1 - ((y - centerY) / radiusY) ** 2));
        const inset = Math.round(radiusX * (1 - share));
        this.span(y, left + inset, right - inset, value);
      }
    } else {
      const steps = Math.max(1, Math.ceil(2 * Math.hypot(b.x - a.x, b.y - a.y)));
      for (let i = 0; i <= steps; i++) {
        this.disc(a.x + ((b.x - a.x) * i) / steps, a.y + ((b.y - a.y) * i) / steps, width, value);
      }
    }
    this.stale = true;
  }

  /** @param {import("./geometry.js").Point} point @param {number} value */
  flood(point, value) {
    const start = this.indexAt(point);
    const old = this.indices[start];
    if (old === value) return;
    const waiting = [start];
    this.indices[start] = value;
    while (waiting.length) {
      const at = waiting.pop();
      const x = at % this.side;
      const neighbours = [x > 0 ? at - 1 : -1, x < this.side - 1 ? at + 1 : -1, at - this.side, at + this.side];
      for (const next of neighbours) {
        if (next >= 0 && next < this.indices.length && this.indices[next] === old) {
          this.indices[next] = value;
          waiting.push(next);
        }
      }
    }
    this.stale = true;
  }

  indexAt({ x, y }) {
    const inside = (value) => Math.max(0, Math.min(this.side - 1, Math.floor(value)));
    return inside(y) * this.side + inside(x);
  }

  pick(point) {
    return this.indices[this.indexAt(point)];
  }

  /** @param {CanvasImageSource} image @param {number} width @param {number} height */
  place(image, width, height) {
    const [, context] = makeCanvas(this.side, this.side);
    const [r, g, b] = this.palette[this.ground];
    context.fillStyle = `rgb(${r}, ${g}, ${b})`;
    context.fillRect(0, 0, this.side, this.side);
    context.imageSmoothingEnabled = false; // a blend of two classes is a third one
    context.drawImage(image, ...contain(width, height, this.side, this.side));
    const { data } = context.getImageData(0, 0, this.side, this.side);
    for (let i = 0; i < this.indices.length; i++) {
      this.indices[i] = this.nearest(data[4 * i], data[4 * i + 1], data[4 * i + 2]);
    }
    this.stale = true;
  }

  nearest(red, green, blue) {
    let best = 0;
    let least = Infinity;
    this.palette.forEach(([r, g, b], index) => {
      const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
      if (distance < least) [least, best] = [distance, index];
    });
    return best;
  }

  /** @returns {Uint8Array} */
  snapshot() {
    return this.indices.slice();
  }

  /** @param {Uint8Array} indices as snapshot() returned them */
  restore(indices) {
    this.indices.set(indices);
    this.stale = true;
  }

  /** @param {CanvasRenderingContext2D} context of the canvas on the page */
  paintOn(context) {
    this.refresh();
    context.drawImage(this.canvas, 0, 0);
  }

  toDataURL() {
    this.refresh();
    return this.canvas.toDataURL("image/png");
  }
}
