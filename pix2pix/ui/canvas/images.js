// @ts-check
// Canvases, data URLs and files. Knows nothing about the page.

/**
 * @param {number} width @param {number} height
 * @returns {[HTMLCanvasElement, CanvasRenderingContext2D]}
 */
export function makeCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Every stroke is read back for undo: keep the pixels where the processor can reach them.
  return [canvas, canvas.getContext("2d", { willReadFrequently: true })];
}

/**
 * A data URL, an address of this page or a file → bitmap. Not through an <img>: its decode() waits for the
 * next frame of the page.
 * @param {string | Blob} source
 */
export async function decode(source) {
  if (typeof source !== "string") return createImageBitmap(source);
  if (!source.startsWith("data:")) return createImageBitmap(await (await fetch(new URL(source, document.baseURI))).blob());
  const [head, content] = source.split(",");
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: head.slice(5, head.indexOf(";")) }));
}

/**
 * Whether an image is a photo rather than a drawing, which is mostly white paper.
 * @param {ImageBitmap | HTMLCanvasElement} image
 */
export function looksLikePhoto(image) {
  const [, context] = makeCanvas(64, 64);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 64, 64);
  context.drawImage(image, 0, 0, 64, 64);
  const { data } = context.getImageData(0, 0, 64, 64);
  let white = 0;
  for (let i = 0; i < data.length; i += 4) white += Number(Math.min(data[i], data[i + 1], data[i + 2]) > 200);
  return white < 0.4 * 64 * 64;
}

/**
 * The middle square of an image, as the training photos were cropped, side × side.
 * @param {ImageBitmap | HTMLCanvasElement} image @param {number} side
 */
export function middleSquare(image, side) {
  const edge = Math.min(image.width, image.height);
  const [canvas, context] = makeCanvas(side, side);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(image.width - edge) / 2, (image.height - edge) / 2];
  context.drawImage(image, left, top, edge, edge, 0, 0, side, side);
  return canvas;
}

/** A picture of this page as a data URL, which outlives the server. @param {string} source @returns {Promise<string>} */
export async function toDataURL(source) {
  const blob = await (await fetch(new URL(source, document.baseURI))).blob();
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.readAsDataURL(blob);
  });
}

/** @param {HTMLCanvasElement} canvas @param {string} [type] @param {number} [quality] of 1 @returns {Promise<Blob>} */
export function toBlob(canvas, type = "image/png", quality) {
  return new Promise((done) => canvas.toBlob(done, type, quality));
}

/** @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
