// @ts-check
// One step of the game: step D, step G, both × 100, on the visitor's own copy of the small networks.

import { address } from "../address.js";
import { Requests } from "./learn_request.js";
import { make, radios } from "./panel.js";

const HUNDRED = 100;
const PICTURES = ["real", "fake", "real_map", "fake_map", "gan_wish", "l1_wish"];

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const requests = new Requests(lesson, section, "learn_game");
  find(".scale i").style.background = lesson.host.props.verdict;
  let token = "";
  /** @type {number[]} */
  let steps = [];
  let start = null;
  let lambda = 100;
  let running = false;
  let last = null; // what was shown before, for the arrows
  let newest = 0;

  async function open() {
    if (!steps.length) {
      const found = await new Requests(lesson, section, "learn_curves").once({});
      if (!found) return;
      steps = found.steps;
      const asked = Number(address.get("from") || NaN);
      start = steps.includes(asked) ? asked : steps[Math.floor((2 * steps.length) / 3)];
      radios(find(".start"), steps.map((step) => [step, step >= 1000 ? `${step / 1000}k` : String(step)]), start, (step) => {
        start = Number(step);
        lesson.place({ from: start });
        begin();
      });
      radios(find(".lambda"), [[100, "100"], [0, "0"]], lambda, (value) => (lambda = Number(value)));
    }
    if (!token) begin();
  }

  /** A fresh copy on the drawing as it is. */
  async function begin() {
    running = false;
    const mine = ++newest;
    const answer = await requests.once({ move: "new", drawing: lesson.drawing, seed: lesson.seed, step: start, token });
    if (!answer || mine !== newest) return;
    token = answer.token;
    last = null;
    show(answer);
  }

  /** @param {string} move @param {number} [count] */
  async function play(move, count = 1) {
    const mine = newest;
    const answer = await requests.once({ move, count, token, lambda_l1: lambda });
    if (!answer || mine !== newest) return false;
    show(answer);
    return true;
  }

  async function hundred() {
    if (running) {
      running = false;
      return;
    }
    running = true;
    find("[data-do=hundred]").textContent = "Stop";
    const each = lesson.host.props.most_steps;
    for (let done = 0; running && done < HUNDRED; done += each) {
      if (section.offsetParent === null || !(await play("both", each))) break;
    }
    running = false;
    find("[data-do=hundred]").textContent = "Both × 100";
  }

  function show(answer) {
    for (const name of PICTURES) find(`img.${name}`).src = answer[name];
    const { losses, scores } = answer;
    find(".real-name").textContent = answer.photo ? "y, the photo" : "y, a stand-in";
    find(".stands-in").textContent = answer.photo
      ? ""
      : "No photo belongs to this drawing, so y is the picture that the larger shipped model makes of it.";
    find(".adam").textContent = answer.resumed
      ? "Adam (learning rate 0.0002) goes on with the run’s second moments, without its momentum."
      : "Adam starts afresh: its first step moves every weight by the learning rate, 0.0002.";
    find(".score-real").textContent = change(scores.real, last?.scores.real);
    find(".score-fake").textContent = change(scores.fake, last?.scores.fake);
    find(".moves").textContent = `Steps so far: D ${answer.steps_d}, G ${answer.steps_g}`;
    const fixed = (/** @type {number} */ value) => value.toFixed(3);
    const weighed = answer.lambda_l1 ? ` + ${answer.lambda_l1} × ${fixed(losses.G_l1)}` : " + 0 × L1";
    find(".formulas").replaceChildren(
      formula("D minimizes", "½ [ −log D(x, y) − log(1 − D(x, G(x, z))) ]", `½ [ ${fixed(losses.D_real)} + ${fixed(losses.D_fake)} ] = `, losses.D, last?.losses.D),
      formula("G minimizes", "−log D(x, G(x, z)) + λ ‖y − G(x, z)‖₁", `${fixed(losses.G_gan)}${weighed} = `, losses.G, last?.losses.G),
      make("p", { class: "soft", text: `Each log is a mean over the patches, ${answer.field}×${answer.field} pixels each; L1 over all pixels and colors, which lie in −1 … 1.` }),
    );
    Object.assign(section.dataset, { real: scores.real, fake: scores.fake, d: losses.D, g: losses.G, stepsD: answer.steps_d, stepsG: answer.steps_g });
    last = answer;
  }

  /** @param {number} now @param {number | undefined} before */
  const change = (now, before) => `${now.toFixed(3)}${before === undefined || Math.abs(now - before) < 5e-4 ? "" : now > before ? " ↑" : " ↓"}`;

  function formula(who, terms, numbers, value, before) {
    return make("p", {}, make("span", { class: "soft", text: who }), make("span", { class: "terms", text: terms }),
      make("span", { class: "terms", text: `= ${numbers}` }, make("b", { text: change(value, before) })));
  }

  find("[data-do=stepD]").addEventListener("click", () => !running && play("D"));
  find("[data-do=stepG]").addEventListener("click", () => !running && play("G"));
  find("[data-do=hundred]").addEventListener("click", hundred);
  find("[data-do=reset]").addEventListener("click", begin);
  return {
    open,
    drawn: (/** @type {boolean} */ settled) => settled && steps.length && begin(),
    close: () => (running = false),
    restore: () => {
      const asked = Number(address.get("from") || NaN);
      if (steps.includes(asked) && asked !== start) find(`.start [data-value="${asked}"]`).click();
    },
  };
}
