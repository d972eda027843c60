// @ts-check
// Pillow's resize: bicubic and Lanczos with antialiasing, 8 bits between its two passes. Knows no networks.

/** @typedef {{ width: number, height: number, channels: number, data: Uint8ClampedArray | Uint8Array }} Pixels */

/** @type {Record<string, { support: number, weigh: (x: number) => number }>} */
const FILTERS = {
  bicubic: {
    support: 2,
    weigh: (x) => {
      x = Math.abs(x);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    },
  },
  lanczos: { support: 3, weigh: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const ONE = 2 ** 22; // Pillow's weights are whole multiples of 1/ONE

/** For each output position: the first input position, and the weights from there on. @param {number} from @param {number} to */
function weightsOf(from, to, { support, weigh }) {
  const scale = from / to;
  const wide = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support * wide + 0.5));
    const end = Math.min(from, Math.trunc(center + support * wide + 0.5));
    const weights = Array.from({ length: end - first }, (_, k) => weigh((k + first - center + 0.5) / wide));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => Math.round((weight / sum) * ONE)) };
  });
}

/**
 * @param {Pixels} image @param {number} width @param {number} height @param {"bicubic" | "lanczos"} filter
 * @returns {Pixels}
 */
export function resize(image, width, height, filter) {
  const across = image.width === width ? image : pass(image, width, filter, true);
  return image.height === height ? across : pass(across, height, filter, false);
}

/** One direction. @param {Pixels} image @param {number} length @param {string} filter @param {boolean} across @returns {Pixels} */
function pass(image, length, filter, across) {
  const { channels, data } = image;
  const [width, height] = across ? [length, image.height] : [image.width, length];
  const places = weightsOf(across ? image.width : image.height, length, FILTERS[filter]);
  const made = new Uint8ClampedArray(width * height * channels);
  const step = across ? channels : image.width * channels; // from one input pixel to the next
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = places[across ? x : y];
      const start = across ? (y * image.width + first) * channels : (first * image.width + x) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = ONE / 2;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * data[start + k * step + c];
        made[(y * width + x) * channels + c] = Math.floor(sum / ONE);
      }
    }
  }
  return { width, height, channels, data: made };
}
