// @ts-check
// Training, replayed: a slider over the steps of a run, the drawing by each, and the run's losses.

import { address } from "../address.js";
import { lossChart } from "./learn_charts.js";
import { Requests } from "./learn_request.js";
import { decode } from "./panel.js";

const PACE = 900; // ms a step while it plays
const CURVES = { D: "D’s loss", G_gan: "G: −log D(x, G(x, z))", G_l1: "G: L1" };
const CHANCE = { D: Math.LN2, G_gan: Math.LN2 };

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const requests = new Requests(lesson, section, "learn_replay");
  const slider = find(".slide input");
  /** @type {number[]} */
  let steps = [];
  /** @type {any[]} */
  let charts = [];
  /** @type {Map<number, any>} pictures of the drawing as it is, by step */
  let kept = new Map();
  let filling = 0;
  let playing = 0;

  const step = () => steps[Number(slider.value)];

  async function open() {
    if (!steps.length) {
      const found = await new Requests(lesson, section, "learn_curves").once({});
      if (!found) return;
      steps = found.steps;
      find(".run").textContent = found.run;
      slider.max = steps.length - 1;
      charts = Object.entries(CURVES)
        .filter(([name]) => found.curves[name])
        .map(([name, title]) => lossChart({ title, at: found.at, values: found.curves[name], last: steps.at(-1), chance: CHANCE[name] }));
      find(".curves").replaceChildren(...charts);
    }
    restore();
  }

  function restore() {
    const asked = steps.indexOf(Number(address.get("step") || NaN));
    slider.value = address.get("step") && asked >= 0 ? asked : steps.length - 1;
    moved();
  }

  function moved() {
    find(".slide output").textContent = step().toLocaleString("en");
    charts.forEach((chart) => chart.mark(step()));
    lesson.place({ step: step() });
    if (kept.has(step())) show(kept.get(step()));
    else ask();
  }

  function ask() {
    const { drawing } = lesson;
    requests.newest({ drawing, seed: lesson.seed, step: step() }, (answer) => {
      if (drawing !== lesson.drawing) return;
      kept.set(answer.step, answer);
      if (answer.step === step()) show(answer);
      fill();
    });
  }

  /** The other steps, one after the other, while nothing else is asked for. */
  function fill() {
    clearTimeout(filling);
    filling = setTimeout(async () => {
      const missing = steps.find((each) => !kept.has(each));
      if (missing === undefined || requests.busy || section.offsetParent === null) return;
      const { drawing } = lesson;
      const answer = await requests.once({ drawing, seed: lesson.seed, step: missing }, { quiet: true });
      if (!answer || drawing !== lesson.drawing) return;
      kept.set(missing, answer);
      fill();
    }, 120);
  }

  async function show(answer) {
    const image = await decode(answer.picture);
    if (answer.step !== step()) return;
    const picture = find(".picture");
    picture.src = image.src;
    section.dataset.step = String(answer.step);
    find("figcaption .step").textContent = `Step ${answer.step.toLocaleString("en")}`;
    find(".numbers").textContent = `sharpness ${answer.energy.toFixed(0)} (|∇L|²) · ${answer.to_last.toFixed(1)} of 255 from the last step`;
  }

  function drawn() {
    kept = new Map();
    if (steps.length) ask();
  }

  function stop() {
    clearInterval(playing);
    playing = 0;
    find("[data-do=play]").textContent = "Play";
  }

  function play() {
    if (playing) return stop();
    if (Number(slider.value) === steps.length - 1) slider.value = 0;
    else slider.value = Number(slider.value) + 1;
    moved();
    find("[data-do=play]").textContent = "Stop";
    playing = setInterval(() => {
      if (!kept.has(step())) return; // the picture first
      if (Number(slider.value) === steps.length - 1) return stop();
      slider.value = Number(slider.value) + 1;
      moved();
    }, PACE);
  }

  slider.addEventListener("input", () => {
    stop();
    moved();
  });
  find("[data-do=play]").addEventListener("click", () => steps.length && play());
  return { open, drawn, restore: () => steps.length && restore(), close: stop };
}
