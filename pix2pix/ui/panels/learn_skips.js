// @ts-check
// What the skips carry: a switch and a bar for each skip, and the feature maps of a layer.

import { address } from "../address.js";
import { Requests } from "./learn_request.js";
import { make } from "./panel.js";

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const requests = new Requests(lesson, section, "learn_skips");
  const slider = find(".layer");
  let cut = new Set();
  /** @type {number[]} */
  let skips = [];
  /** @type {any[]} name, side, channels */
  let layers = [];
  let layer = "encoder 1";

  function restore() {
    const words = address.get("cut");
    const all = skips.length ? skips : [2, 4, 8, 16, 32, 64, 128];
    cut = new Set(words === "all" ? all : words.split(",").map(Number).filter((side) => all.includes(side)));
    const asked = address.get("layer").replace("-", " ");
    if (/^(encoder [1-8]|decoder [1-7])$/.test(asked)) layer = asked;
    ask(true);
  }

  /** @param {boolean} settled */
  function ask(settled) {
    const wish = { drawing: lesson.drawing, seed: lesson.seed, cut: [...cut], layer, settled };
    requests.newest(wish, show);
  }

  function place() {
    const all = skips.length && skips.every((side) => cut.has(side));
    lesson.place({ cut: all ? "all" : [...cut].sort((a, b) => a - b).join(","), layer: layer.replace(" ", "-") });
  }

  function show(answer) {
    if (!skips.length) {
      skips = answer.skips;
      layers = answer.layers;
      slider.max = layers.length - 1;
      build();
    }
    slider.value = layers.findIndex(([name]) => name === answer.layer);
    const [, side, channels] = layers[Number(slider.value)];
    find(".slide output").textContent = `${answer.layer} · ${channels} maps of ${side}×${side}`;
    find(".whole").src = answer.whole;
    find(".cut").src = answer.cut;
    section.dataset.moved = String(answer.moved);
    find(".moved").textContent = cut.size ? `Cut: moved by ${answer.moved.toFixed(1)} of 255` : "Nothing cut";
    press();
    if (answer.effects) showEffects(answer.effects);
    if (answer.bottleneck) find(".bottleneck img").src = answer.bottleneck;
    if (answer.effects) find(".bottleneck").hidden = !answer.bottleneck;
    find(".maps").replaceChildren(
      ...answer.maps.map((map) =>
        make("figure", {},
          make("img", { src: map.picture, alt: `Channel ${map.channel}${map.like ? `, like ${map.like}` : ""}` }),
          make("figcaption", { text: map.like || " ", title: `Channel ${map.channel}, strength ${map.strength.toFixed(2)}` }))),
    );
    section.dataset.layer = answer.layer;
  }

  function build() {
    const rows = [...skips, "all"];
    find(".switches").replaceChildren(
      ...rows.map((side) =>
        make("button",
          { type: "button", class: "switch", "data-side": side, "aria-pressed": "false", onclick: () => toggle(side) },
          make("span", { class: "which", text: side === "all" ? "all" : `${side}×${side}` }),
          make("span", { class: "rail" }, make("i")), make("b", { text: "" }))),
    );
  }

  function toggle(side) {
    if (side === "all") cut = skips.every((each) => cut.has(each)) ? new Set() : new Set(skips);
    else if (!cut.delete(side)) cut.add(side);
    press();
    place();
    ask(false);
  }

  function press() {
    section.querySelectorAll(".switch").forEach((/** @type {any} */ button) => {
      const { side } = button.dataset;
      const on = side === "all" ? skips.every((each) => cut.has(each)) : cut.has(Number(side));
      button.setAttribute("aria-pressed", String(on));
      button.setAttribute("aria-label", `${side === "all" ? "All skips" : `The skip of ${side} by ${side} maps`}: ${on ? "cut" : "on"}`);
    });
  }

  function showEffects(effects) {
    const most = Math.max(...effects.map(([, moved]) => moved), 1e-9);
    effects.forEach(([sides, moved]) => {
      const name = sides.length === 1 ? sides[0] : "all";
      const button = find(`.switch[data-side="${name}"]`);
      button.querySelector("i").style.width = `${(100 * moved) / most}%`;
      button.querySelector("b").textContent = moved.toFixed(1);
    });
  }

  slider.addEventListener("input", () => {
    if (!layers.length) return;
    layer = layers[Number(slider.value)][0];
    place();
    ask(false);
  });
  return { open: restore, restore, drawn: (/** @type {boolean} */ settled) => ask(settled) };
}
