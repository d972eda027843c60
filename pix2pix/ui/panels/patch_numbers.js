// @ts-check
// The lower bands of the Patch sizes panel: sharpness, color and FCN-score of each column.

import { make } from "./panel.js";

const REACH = 50; // of the color histograms: hardly a pixel of a façade lies beyond

/** @param {number} number between 0 and 1 */
const fixed = (number) => number.toFixed(2).replace(/^0\./, ".");

/** @param {string} label @param {...any} content */
export const cell = (label, ...content) => make("div", { class: "cell" }, make("p", { class: "label", text: label }), ...content);

/**
 * In the lower bands the heading is only wanted where the columns are no longer above each other.
 * @param {string} label @param {...any} content
 */
export const lowerCell = (label, ...content) =>
  make("div", { class: "cell" }, make("p", { class: "label echo", text: label }), ...content);

export const blankCell = () => make("div", { class: "cell blank" });

/** @param {(selector: string) => any} find @param {any} answer @param {any[]} photos */
export function showNumbers(find, answer, photos) {
  const { reference, bins } = answer;
  const columns = [...photos, ...answer.columns];
  const most = Math.max(1e-9, reference?.energy || 0, ...columns.map((column) => column.energy || 0));
  find(".reference").textContent = reference
    ? `Dashed, and the mark: the training photos (${reference.energy.toFixed(0)}). Overlap 1 would be the same colors.`
    : "The training photos’ own numbers are not kept with these checkpoints.";
  find(".numbers").replaceChildren(
    find(".numbers .head"),
    ...columns.map((column) => (column.picture ? numberCell(column, reference, bins, most) : blankCell())),
  );
}

function numberCell({ label, a, b, energy, overlap }, reference, bins, most) {
  const bar = make("span", { class: "rail" }, make("i", { style: `width:${(100 * energy) / most}%` }));
  if (reference) bar.append(make("i", { class: "mark", style: `left:${(100 * reference.energy) / most}%` }));
  return lowerCell(
    label,
    make("p", { class: "energy", "aria-label": `${label}: gradient energy ${energy.toFixed(0)}` }, bar, make("b", { text: energy.toFixed(0) })),
    curve(`${label}, a`, a, reference?.a, bins),
    make("p", { class: "axis" }, make("span", { text: "green" }), make("span", { text: overlap ? `a · overlap ${fixed(overlap.a)}` : "a" }), make("span", { text: "red" })),
    curve(`${label}, b`, b, reference?.b, bins),
    make("p", { class: "axis" }, make("span", { text: "blue" }), make("span", { text: overlap ? `b · overlap ${fixed(overlap.b)}` : "b" }), make("span", { text: "yellow" })),
  );
}

// Square roots: there are so many grays in the middle that the colors would not be visible next to them.
/** @param {string} name @param {number[]} shares @param {number[] | undefined} photos @param {number[]} bins */
function curve(name, shares, photos, [from, to, count]) {
  const step = (to - from) / count;
  const points = (/** @type {number[]} */ values) =>
    values
      .map((share, index) => [from + (index + 0.5) * step, Math.sqrt(share)])
      .filter(([value]) => Math.abs(value) <= REACH)
      .map(([value, height]) => `${(50 + (50 * value) / REACH).toFixed(1)},${(40 - 40 * height).toFixed(2)}`);
  const own = points(shares);
  const ends = [own[0].split(",")[0], own.at(-1).split(",")[0]];
  const box = document.createElement("div");
  box.innerHTML =
    `<svg class="spread" viewBox="0 0 100 40" preserveAspectRatio="none" role="img"><line class="zero" x1="0" y1="40" x2="100" y2="40"/>` +
    `<polygon class="fill" points="${ends[0]},40 ${own.join(" ")} ${ends[1]},40"/><polyline class="line" points="${own.join(" ")}"/>` +
    (photos ? `<polyline class="photos" points="${points(photos).join(" ")}"/>` : "") +
    "</svg>";
  box.firstElementChild.setAttribute("aria-label", `Colors of ${name}`);
  return box.firstElementChild;
}

/** @param {(selector: string) => any} find @param {any} answer @param {number} photos columns without a score */
export function showScores(find, answer, photos) {
  const list = (numbers) => numbers.map(fixed).join(" · ");
  find(".scores").replaceChildren(
    find(".scores .head"),
    ...Array.from({ length: photos }, blankCell),
    ...answer.columns.map(({ label, ours, paper }) =>
      lowerCell(
        label,
        make("dl", { "aria-label": label },
          make("dt", { text: "paper" }), make("dd", { text: paper ? list(paper) : "not in it" }),
          make("dt", { text: "ours" }), make("dd", { text: ours ? list(ours) : "not scored yet" })),
      ),
    ),
  );
}
