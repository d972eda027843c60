// @ts-check
// L1 or adversary: the runs of the same network with another λ, picked by a slider.

import { address } from "../address.js";
import { histogramChart } from "./learn_charts.js";
import { Requests } from "./learn_request.js";
import { make } from "./panel.js";

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const requests = new Requests(lesson, section, "learn_objective");
  const slider = find(".slide input");
  /** @type {[string, string, boolean][]} λ, what it minimizes, whether it is here */
  let points = [];
  /** @type {Map<string, any>} */
  let kept = new Map();

  const value = () => points[Number(slider.value)][0];

  async function open() {
    if (!points.length) {
      const found = await new Requests(lesson, section, "learn_points").once({});
      if (!found) return;
      points = found.points.filter((/** @type {any} */ [, , here]) => here);
      if (!points.length) return lesson.say("None of these runs is here.", "error");
      slider.max = points.length - 1;
    }
    restore();
  }

  function restore() {
    const asked = address.get("lambda") === "inf" ? "∞" : address.get("lambda") || "100";
    slider.value = Math.max(0, points.findIndex(([each]) => each === asked));
    moved();
  }

  function moved() {
    find(".slide output").textContent = value();
    lesson.place({ lambda: value() === "∞" ? "inf" : value() });
    if (kept.has(value())) show(kept.get(value()));
    else ask();
  }

  function ask() {
    const { drawing } = lesson;
    requests.newest({ drawing, seed: lesson.seed, value: value() }, (answer) => {
      if (drawing !== lesson.drawing) return;
      kept.set(answer.value, answer);
      if (answer.value === value()) show(answer);
    });
  }

  function show(answer) {
    find(".picture").src = answer.picture;
    find(".which").textContent = `λ = ${answer.value}: ${answer.words}`;
    section.dataset.value = answer.value;
    section.dataset.energy = String(answer.energy);
    const axis = (/** @type {"a" | "b"} */ name, left, right) =>
      make("div", {},
        histogramChart(name, answer[name], answer.photos?.[name], answer.bins),
        make("p", { class: "axis" }, make("span", { text: left }),
          make("span", { text: answer.overlap ? `${name}: overlap with the training photos ${answer.overlap[name].toFixed(2)}` : name }),
          make("span", { text: right })));
    find(".histograms").replaceChildren(
      axis("a", "green", "red"),
      axis("b", "blue", "yellow"),
      make("p", { class: "soft", text: `Sharpness |∇L|² ${answer.energy.toFixed(0)}${answer.photos ? `, the training photos ${answer.photos.energy.toFixed(0)}` : ""}` }),
    );
  }

  slider.addEventListener("input", () => points.length && moved());
  return {
    open,
    restore: () => points.length && restore(),
    drawn: () => {
      kept = new Map();
      if (points.length) ask();
    },
  };
}
