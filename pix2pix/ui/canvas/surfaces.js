// What can be drawn on: one class for each canvas kind of pix2pix/tasks.py.
//
// A surface holds the pixels that the model will see and knows how to change them. It knows nothing
// about pointers, tools, buttons or the server. Coordinates are model pixels, (0, 0) top left; a label
// map or a line drawing is 256 × 256, a photo keeps its own shape up to 512 pixels a side.
//
// A mark is what a tool leaves: { shape, points, width, value }, shape one of "dot", "line", "curve"
// (three points, the middle one pulls), "rectangle", "ellipse" (two corners). value: palette index for
// label maps; true (draw) or false (rub out) for lines and masks.

const SIDE = 256;
const PHOTO_SIDE = 512;

function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Every stroke is read back for undo: keep the pixels where the processor can reach them.
  return [canvas, canvas.getContext("2d", { willReadFrequently: true })];
}

function mirrored(mark, width) {
  return { ...mark, points: mark.points.map((point) => ({ ...point, x: width - point.x })) };
}

function tracePath(context, { shape, points }) {
  const [a, b, c] = points;
  context.beginPath();
  if (shape === "dot") {
    context.moveTo(a.x, a.y);
    context.lineTo(a.x, a.y + 0.01);
  } else if (shape === "line") {
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
  } else if (shape === "curve") {
    context.moveTo(a.x, a.y);
    context.quadraticCurveTo(b.x, b.y, c.x, c.y);
  } else if (shape === "rectangle") {
    context.rect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(b.x - a.x), Math.abs(b.y - a.y));
  } else if (shape === "ellipse") {
    context.ellipse(
      (a.x + b.x) / 2, (a.y + b.y) / 2, Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2, 0, 0, 2 * Math.PI,
    );
  }
}

// Where a picture of that size goes on a sheet so that all of it is seen.
function contain(width, height, sheetWidth, sheetHeight) {
  const scale = Math.min(sheetWidth / width, sheetHeight / height);
  const [w, h] = [width * scale, height * scale];
  return [(sheetWidth - w) / 2, (sheetHeight - h) / 2, w, h];
}

// --- black lines on white ---------------------------------------------------------------------------

class InkSurface {
  constructor() {
    this.width = this.height = SIDE;
    // Drawn at twice the model's resolution, so that lines look smooth on the screen; averaged down
    // for the model, which gives it the soft edges it saw in training.
    this.scale = 2;
    [this.canvas, this.context] = makeCanvas(SIDE * this.scale, SIDE * this.scale);
    [this.small, this.smallContext] = makeCanvas(SIDE, SIDE);
    this.clear();
  }

  get ready() {
    return true;
  }

  clear() {
    this.context.fillStyle = "#fff";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

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

  restore(levels) {
    const image = this.context.createImageData(this.canvas.width, this.canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < levels.length; i++) pixels[i] = 0xff000000 | (levels[i] * 0x010101);
    this.context.putImageData(image, 0, 0);
  }

  paintOn(context) {
    context.drawImage(this.canvas, 0, 0);
  }

  toDataURL() {
    this.smallContext.imageSmoothingQuality = "high";
    this.smallContext.drawImage(this.canvas, 0, 0, SIDE, SIDE);
    return this.small.toDataURL("image/png");
  }
}

// --- areas of palette colours -----------------------------------------------------------------------

class LabelSurface {
  // palette: [[name, [red, green, blue]], …]; ground: index of the class that fills an empty sheet.
  constructor(palette, ground) {
    this.width = this.height = SIDE;
    this.scale = 1;
    this.palette = palette.map(([, colour]) => colour);
    this.ground = ground;
    this.indices = new Uint8Array(SIDE * SIDE);
    this.colours = Uint32Array.from(this.palette, ([r, g, b]) => 0xff000000 | (b << 16) | (g << 8) | r);
    [this.canvas, this.context] = makeCanvas(SIDE, SIDE);
    this.image = this.context.createImageData(SIDE, SIDE);
    this.clear();
  }

  get ready() {
    return true;
  }

  clear() {
    this.indices.fill(this.ground);
    this.refresh();
  }

  refresh() {
    const pixels = new Uint32Array(this.image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = this.colours[this.indices[i]];
    this.context.putImageData(this.image, 0, 0);
  }

  // Pixels of row y from x = left to right, both included; what lies outside the sheet is left out.
  span(y, left, right, value) {
    if (y < 0 || y >= SIDE || right < 0 || left >= SIDE) return;
    this.indices.fill(value, y * SIDE + Math.max(0, left), y * SIDE + Math.min(SIDE - 1, right) + 1);
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

  // No anti-aliasing anywhere: a pixel belongs to one class or to another.
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
    this.refresh();
  }

  flood(point, value) {
    const start = this.indexAt(point);
    const old = this.indices[start];
    if (old === value) return;
    const waiting = [start];
    this.indices[start] = value;
    while (waiting.length) {
      const at = waiting.pop();
      const x = at % SIDE;
      const neighbours = [x > 0 ? at - 1 : -1, x < SIDE - 1 ? at + 1 : -1, at - SIDE, at + SIDE];
      for (const next of neighbours) {
        if (next >= 0 && next < this.indices.length && this.indices[next] === old) {
          this.indices[next] = value;
          waiting.push(next);
        }
      }
    }
    this.refresh();
  }

  indexAt({ x, y }) {
    const inside = (value) => Math.max(0, Math.min(SIDE - 1, Math.floor(value)));
    return inside(y) * SIDE + inside(x);
  }

  pick(point) {
    return this.indices[this.indexAt(point)];
  }

  place(image, width, height) {
    const [, context] = makeCanvas(SIDE, SIDE);
    const [r, g, b] = this.palette[this.ground];
    context.fillStyle = `rgb(${r}, ${g}, ${b})`;
    context.fillRect(0, 0, SIDE, SIDE);
    context.imageSmoothingEnabled = false; // a blend of two classes is a third one
    context.drawImage(image, ...contain(width, height, SIDE, SIDE));
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let i = 0; i < this.indices.length; i++) {
      this.indices[i] = this.nearest(data[4 * i], data[4 * i + 1], data[4 * i + 2]);
    }
    this.refresh();
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

  snapshot() {
    return this.indices.slice();
  }

  restore(indices) {
    this.indices.set(indices);
    this.refresh();
  }

  paintOn(context) {
    context.drawImage(this.canvas, 0, 0);
  }

  toDataURL() {
    return this.canvas.toDataURL("image/png");
  }
}

// --- photos, and photos with holes ------------------------------------------------------------------

class PhotoSurface {
  // holes: whether the pen cuts holes into the photo (inpainting) or the photo is all there is.
  constructor(holes) {
    this.holes = holes;
    this.scale = 1;
    this.photo = null;
    this.resize(SIDE, SIDE);
  }

  get ready() {
    return this.photo !== null;
  }

  resize(width, height) {
    [this.width, this.height] = [width, height];
    [this.canvas, this.context] = makeCanvas(width, height);
    [this.mask, this.maskContext] = makeCanvas(width, height);
  }

  clear() {
    this.maskContext.clearRect(0, 0, this.width, this.height);
    if (!this.holes) this.photo = null;
  }

  mark(mark) {
    if (!this.holes || !this.photo) return;
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

  place(image, width, height) {
    const scale = Math.min(1, PHOTO_SIDE / Math.max(width, height));
    this.resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    const [canvas, context] = makeCanvas(this.width, this.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, this.width, this.height);
    this.photo = canvas;
    if (!this.holes) return;
    // Transparent parts of an example or of a cut-out picture are its holes.
    const picture = context.getImageData(0, 0, this.width, this.height);
    const mask = this.maskContext.createImageData(this.width, this.height);
    for (let i = 3; i < picture.data.length; i += 4) {
      mask.data[i] = picture.data[i] < 128 ? 255 : 0;
      picture.data[i] = 255;
    }
    context.putImageData(picture, 0, 0);
    this.maskContext.putImageData(mask, 0, 0);
  }

  snapshot() {
    const { photo, width, height } = this;
    return { photo, width, height, mask: this.maskContext.getImageData(0, 0, width, height) };
  }

  restore({ photo, width, height, mask }) {
    if (width !== this.width || height !== this.height) this.resize(width, height);
    this.photo = photo;
    this.maskContext.putImageData(mask, 0, 0);
  }

  paintOn(context) {
    context.clearRect(0, 0, this.width, this.height);
    if (!this.photo) return;
    context.drawImage(this.photo, 0, 0);
    if (!this.holes) return;
    // The mask is black; the page shows it as a calm, see-through colour.
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
    if (!this.holes) return this.canvas.toDataURL("image/png");
    this.context.globalCompositeOperation = "destination-out";
    this.context.drawImage(this.mask, 0, 0);
    this.context.globalCompositeOperation = "source-over";
    return this.canvas.toDataURL("image/png");
  }
}

function makeSurface(task) {
  if (task.canvas === "lines") return new InkSurface();
  if (task.canvas === "labels") {
    const ground = task.palette.findIndex(([name]) => name === task.ground);
    return new LabelSurface(task.palette, Math.max(0, ground));
  }
  return new PhotoSurface(task.canvas === "mask");
}

// --- undo and redo ----------------------------------------------------------------------------------

class Steps {
  constructor(limit = 60) {
    this.limit = limit;
    this.done = [];
    this.undone = [];
  }

  // Call with the state *before* a change.
  keep(state) {
    this.done.push(state);
    if (this.done.length > this.limit) this.done.shift();
    this.undone = [];
  }

  undo(state) {
    if (!this.done.length) return null;
    this.undone.push(state);
    return this.done.pop();
  }

  redo(state) {
    if (!this.undone.length) return null;
    this.done.push(state);
    return this.undone.pop();
  }
}
