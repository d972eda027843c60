// @ts-check
// The drawing that all exhibits share, to change under one's hand: a drag paints a rectangle of a label.

import { decode, make, radios } from "./panel.js";

const SIDE = 256;
const UNDO = 30;

export class Sketch {
  /**
   * @param {import("./panel.js").PanelPage} page @param {[string, number[]][]} palette
   * @param {(drawing: string, settled: boolean) => void} changed settled: the pen is up
   */
  constructor(page, palette, changed) {
    this.page = page;
    this.changed = changed;
    this.canvas = page.find(".sketch");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.color = `rgb(${palette.find(([name]) => name === "window")[1].join(",")})`;
    /** @type {ImageData[]} */
    this.before = [];
    /** @type {{ x: number, y: number, at: ImageData } | null} */
    this.from = null;
    const group = page.find(".swatches");
    radios(group, palette.map(([name]) => [name, name]), "window", (name) => {
      this.color = `rgb(${palette.find(([each]) => each === name)[1].join(",")})`;
    });
    [...group.children].forEach((button, at) => {
      button.prepend(make("i", { style: `background:rgb(${palette[at][1].join(",")})`, "aria-hidden": "true" }));
      button.title = palette[at][0];
    });
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.down(event));
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.move(event));
    this.canvas.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.up(event));
    this.canvas.addEventListener("pointercancel", () => this.cancel());
  }

  /** @param {string} drawing data URL */
  async show(drawing) {
    const image = await decode(drawing);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(image, 0, 0, SIDE, SIDE);
    this.before = [];
    this.page.find("[data-do=undo]").disabled = true;
  }

  /** @param {PointerEvent} event */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ share) => Math.max(0, Math.min(SIDE, Math.round(share * SIDE)));
    return { x: inside((event.clientX - box.left) / box.width), y: inside((event.clientY - box.top) / box.height) };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.from = { ...this.place(event), at: this.context.getImageData(0, 0, SIDE, SIDE) };
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.from) return;
    this.paint(this.place(event));
    this.changed(this.canvas.toDataURL(), false);
  }

  /** @param {{ x: number, y: number }} to */
  paint(to) {
    const { x, y, at } = this.from;
    this.context.putImageData(at, 0, 0);
    this.context.fillStyle = this.color;
    this.context.fillRect(Math.min(x, to.x), Math.min(y, to.y), Math.max(2, Math.abs(to.x - x)), Math.max(2, Math.abs(to.y - y)));
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (!this.from) return;
    this.paint(this.place(event));
    this.before.push(this.from.at);
    if (this.before.length > UNDO) this.before.shift();
    this.from = null;
    this.page.find("[data-do=undo]").disabled = false;
    this.changed(this.canvas.toDataURL(), true);
  }

  cancel() {
    if (!this.from) return;
    this.context.putImageData(this.from.at, 0, 0);
    this.from = null;
    this.changed(this.canvas.toDataURL(), true);
  }

  undo() {
    if (!this.before.length) return;
    this.context.putImageData(this.before.pop(), 0, 0);
    this.page.find("[data-do=undo]").disabled = !this.before.length;
    this.changed(this.canvas.toDataURL(), true);
  }
}
