// @ts-check
// Thin lines between the areas of a label map, on the screen only: neighboring colors may look alike.

/**
 * Paint the borders between classes on a canvas of twice the map's size.
 * @param {CanvasRenderingContext2D} context @param {Uint8Array} indices side × side @param {number} side
 */
export function paintOutlines(context, indices, side) {
  const size = 2 * side;
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  const [dark, light] = [0xa0000000, 0x8cffffff];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * side + x;
      const corner = 4 * side * y + 2 * x;
      // Dark on one side of the border, light on the other: visible on any pair of colors.
      if (x + 1 < side && indices[at + 1] !== indices[at]) {
        pixels[corner + 1] = pixels[corner + size + 1] = dark;
        pixels[corner + 2] = pixels[corner + size + 2] = light;
      }
      if (y + 1 < side && indices[at + side] !== indices[at]) {
        pixels[corner + size] = pixels[corner + size + 1] = dark;
        pixels[corner + 2 * size] = pixels[corner + 2 * size + 1] = light;
      }
    }
  }
  context.putImageData(image, 0, 0);
}
