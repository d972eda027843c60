// @ts-check
// Small line charts as SVG.

/** @param {string} text */
export function svg(text) {
  const box = document.createElement("div");
  box.innerHTML = text;
  return /** @type {any} */ (box.firstElementChild);
}

const [WIDTH, HEIGHT, LEFT, FOOT] = [520, 118, 34, 16];

/** Where a step is on the axis, 0 to 1: logarithmic, with 0 at the left end. @param {number} step @param {number} last */
export const along = (step, last) => Math.log10(1 + step / 50) / Math.log10(1 + last / 50);

/** A running mean over about a twentieth of what came before. @param {number[]} values */
export function smooth(values) {
  let mean = values[0];
  return values.map((value, index) => (mean += (value - mean) / Math.min(index + 1, 12)));
}

/**
 * One loss over the run, thin as logged and thick as a running mean, with a marker to move.
 * @param {{ title: string, at: number[], values: number[], last: number, chance?: number }} chart
 */
export function lossChart({ title, at, values, last, chance }) {
  const top = [...values].sort((a, b) => a - b)[Math.floor(0.99 * (values.length - 1))] * 1.1 || 1;
  const x = (/** @type {number} */ step) => LEFT + (WIDTH - LEFT - 4) * along(step, last);
  const y = (/** @type {number} */ value) => 4 + (HEIGHT - FOOT - 4) * (1 - Math.min(1, value / top));
  const points = (/** @type {number[]} */ list) => list.map((value, i) => `${x(at[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const ticks = [100, 1000, 10000, 80000].filter((step) => step <= last);
  const chart = svg(
    `<svg class="loss" viewBox="0 0 ${WIDTH} ${HEIGHT}"><title>${title}</title>` +
      `<text class="title" x="${LEFT + 4}" y="13">${title}</text>` +
      `<line class="axis" x1="${LEFT}" x2="${WIDTH}" y1="${y(0)}" y2="${y(0)}"/><line class="axis" x1="${LEFT}" x2="${LEFT}" y1="4" y2="${y(0)}"/>` +
      `<text x="${LEFT - 4}" y="13" text-anchor="end">${top.toFixed(top < 1 ? 2 : 1)}</text><text x="${LEFT - 3}" y="${y(0)}" text-anchor="end">0</text>` +
      ticks.map((step) => `<text x="${x(step)}" y="${HEIGHT - 2}" text-anchor="middle">${step >= 1000 ? `${step / 1000}k` : step}</text>`).join("") +
      (chance && chance < top ? `<line class="chance" x1="${LEFT}" x2="${WIDTH}" y1="${y(chance)}" y2="${y(chance)}"/>` : "") +
      `<polyline class="raw" points="${points(values)}"/><polyline class="mean" points="${points(smooth(values))}"/>` +
      `<line class="marker" x1="${LEFT}" x2="${LEFT}" y1="4" y2="${y(0)}"/></svg>`,
  );
  chart.mark = (/** @type {number} */ step) => {
    const marker = chart.querySelector(".marker");
    marker.setAttribute("x1", x(step));
    marker.setAttribute("x2", x(step));
  };
  return chart;
}

const REACH = 50; // hardly a pixel of a façade lies beyond

/**
 * A histogram of Lab's a or b, as square roots, since there are many grays; dashed the training photos'.
 * @param {string} name @param {number[]} shares @param {number[] | undefined} photos @param {number[]} bins from, to, count
 */
export function histogramChart(name, shares, photos, [from, to, count]) {
  const width = (to - from) / count;
  const points = (/** @type {number[]} */ values) =>
    values
      .map((share, index) => [from + (index + 0.5) * width, Math.sqrt(share)])
      .filter(([value]) => Math.abs(value) <= REACH)
      .map(([value, height]) => `${(50 + (50 * value) / REACH).toFixed(1)},${(40 - 40 * height).toFixed(2)}`);
  const own = points(shares);
  return svg(
    `<svg class="spread" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="Colors: ${name}">` +
      `<polygon class="fill" points="${own[0].split(",")[0]},40 ${own.join(" ")} ${own.at(-1).split(",")[0]},40"/><polyline class="own" points="${own.join(" ")}"/>` +
      (photos ? `<polyline class="photos" points="${points(photos).join(" ")}"/>` : "") +
      `<line class="zero" x1="0" y1="40" x2="100" y2="40"/></svg>`,
  );
}
