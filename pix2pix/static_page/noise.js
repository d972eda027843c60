// @ts-check
// The generator's random numbers as Python draws them, so that a seed gives the same picture on both.
//
// Masks of dropout: torch's generator on a CPU, a Mersenne Twister (Matsumoto & Nishimura 1998) of which
// torch.rand takes 24 bits a number. The color that a seed draws: numpy's default_rng, which is PCG64 (O'Neill
// 2014) behind a SeedSequence. Checked against both by tests/test_static_page.py.

const [N, M] = [624, 397];

/** torch.rand on a CPU: 24-bit numbers in [0, 1). */
export class TorchRandom {
  /** @param {number} seed 0 to 2³² - 1 */
  constructor(seed) {
    const state = (this.state = new Uint32Array(N));
    state[0] = seed;
    for (let i = 1; i < N; i++) {
      const before = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, before) + i;
    }
    this.at = N;
  }

  refill() {
    const { state } = this;
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.at = 0;
  }

  next() {
    if (this.at === N) this.refill();
    let y = this.state[this.at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return (y & 0xffffff) / 0x1000000;
  }
}

/**
 * z for one picture, as `UNetGenerator.draw_noise` makes it: masks of 0 and 1/(1 - rate), ones where rate is 0.
 * @param {number} seed @param {number[][]} shapes (C, H, W) of each mask @param {number} rate
 * @returns {Float32Array[]}
 */
export function drawNoise(seed, shapes, rate) {
  const random = new TorchRandom(seed);
  const [least, kept] = [Math.fround(rate), 1 / Math.fround(1 - rate)];
  return shapes.map(([channels, height, width]) => {
    const mask = new Float32Array(channels * height * width);
    for (let i = 0; i < mask.length; i++) {
      const chance = random.next();
      mask[i] = rate === 0 ? 1 : chance >= least ? kept : 0;
    }
    return mask;
  });
}

/** SeedSequence's mixing of 32-bit words. @param {number[]} entropy at most four words @returns {number[]} eight words */
function seedWords(entropy) {
  let hash = 0x43b0d7e5;
  const hashed = (/** @type {number} */ value) => {
    value = (value ^ hash) >>> 0;
    hash = Math.imul(hash, 0x931e8875) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mixed = (/** @type {number} */ x, /** @type {number} */ y) => {
    const value = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const pool = Array.from({ length: 4 }, (_, i) => hashed(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
  }
  hash = 0x8b51f9dd;
  return Array.from({ length: 8 }, (_, i) => {
    let value = (pool[i % 4] ^ hash) >>> 0;
    hash = Math.imul(hash, 0x58f38ded) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  });
}

const WHOLE = (1n << 128n) - 1n;
const MULTIPLIER = (2549297995355413924n << 64n) | 4865540595714422341n;

/** numpy.random.default_rng(entropy).integers(count), the first one. @param {number[]} entropy @param {number} count */
export function drawInteger(entropy, count) {
  if (count === 1) return 0; // numpy draws nothing for a range of one
  const words = seedWords(entropy);
  // Two words make 64 bits, the lower one first; two of those make 128 bits, the higher one first.
  const [s0, s1, i0, i1] = [0, 2, 4, 6].map((i) => BigInt(words[i]) | (BigInt(words[i + 1]) << 32n));
  const increment = ((((i0 << 64n) | i1) << 1n) | 1n) & WHOLE;
  const step = (/** @type {bigint} */ state) => (state * MULTIPLIER + increment) & WHOLE;
  let state = step((step(0n) + ((s0 << 64n) | s1)) & WHOLE);
  /** @type {bigint[]} 32-bit numbers of the last 64 bits */
  let left = [];
  const next = () => {
    if (!left.length) {
      state = step(state);
      const [both, turn] = [(state >> 64n) ^ (state & ((1n << 64n) - 1n)), state >> 122n];
      const output = ((both >> turn) | (both << (64n - turn))) & ((1n << 64n) - 1n);
      left = [output & 0xffffffffn, output >> 32n];
    }
    return left.shift();
  };
  // Lemire's method: without a bias, and hardly ever with a second number.
  const range = BigInt(count);
  const threshold = ((1n << 32n) - range) % range;
  for (;;) {
    const product = next() * range;
    if ((product & 0xffffffffn) >= threshold) return Number(product >> 32n);
  }
}

const SALT = 0xc0105; // of pix2pix/color_wish.py

/** The color that a seed draws. @param {number[][]} colors RGB, 0 to 255 @param {number} seed @returns {number[] | null} */
export const colorOfSeed = (colors, seed) => (colors.length ? colors[drawInteger([seed, SALT], colors.length)] : null);
