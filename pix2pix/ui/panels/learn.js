// @ts-check
// The Learn panel: chooses an exhibit, keeps the drawing that all share, and presents.
// props: palette, heat, verdict, most_steps, quiz. An exhibit's script is loaded when it is opened.

import { address } from "../address.js";
import { Sketch } from "./learn_sketch.js";
import { PanelPage, radios } from "./panel.js";

/** @type {[string, string][]} */
const EXHIBITS = [
  ["replay", "Training, replayed"],
  ["skips", "Skips"],
  ["game", "One step"],
  ["objective", "L1 or adversary?"],
  ["quiz", "Real or fake?"],
];
const PATIENCE = 8000; // ms to wait for the Draw tab's drawing at most

/**
 * What an exhibit is given. drawing, seed: of all exhibits. place: its part of the address.
 * @typedef {{ host: import("./panel.js").Host, page: PanelPage, drawing: string, seed: number, visit: string,
 *   say: (text: string, kind?: string) => void, place: (changes: Record<string, any>) => void }} Lesson
 * @typedef {{ open: () => void, drawn: (settled: boolean) => void, close?: () => void, restore?: () => void }} Exhibit
 */

/** @param {import("./panel.js").Host} host */
export function mount(host) {
  const page = new PanelPage(host, take);
  const { root } = page;
  /** @type {Record<string, Exhibit>} */
  const loaded = {};
  let current = "";
  let source = { source: "canvas", name: "" };
  /** @type {Lesson} */
  const lesson = {
    host, page, drawing: "", seed: 0, visit: Math.random().toString(36).slice(2),
    say: (text, kind = "") => page.say(text, kind),
    place: (changes) => address.set(changes, { replace: true }),
  };
  const sketch = new Sketch(page, host.props.palette, (drawing, settled) => {
    lesson.drawing = drawing;
    page.find("[data-do=give]").hidden = false;
    page.find("[data-do=mine]").hidden = false;
    page.find(".name").textContent = "Changed here";
    source = { source: "here", name: "" };
    page.shown = "";
    loaded[current]?.drawn(settled);
  });

  /** @param {any} found */
  async function take(found) {
    source = { source: found.source, name: found.name };
    Object.assign(lesson, { drawing: found.drawing, seed: found.seed });
    page.find(".name").textContent = found.source === "canvas" ? "Your drawing on the Draw tab" : `Example: ${found.name}`;
    page.find("[data-do=give]").hidden = found.source === "canvas";
    page.find("[data-do=mine]").hidden = found.source === "canvas";
    page.find(".lesson").hidden = false;
    await sketch.show(found.drawing);
    if (current) loaded[current]?.drawn(true);
    else await choose(named() || "replay", { first: true });
  }

  const named = () => (EXHIBITS.some(([name]) => name === address.get("exhibit")) ? address.get("exhibit") : "");

  /** @param {string} name @param {{ first?: boolean, quiet?: boolean }} [options] quiet: the address says it already */
  async function choose(name, { first = false, quiet = false } = {}) {
    if (name === current) return;
    loaded[current]?.close?.();
    current = name;
    root.dataset.exhibit = name;
    page.say("");
    for (const article of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".exhibit"))) {
      article.hidden = article.dataset.exhibit !== name;
    }
    root.querySelectorAll(".exhibits button").forEach((/** @type {any} */ button) => {
      const on = button.dataset.value === name;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    });
    if (!quiet) address.set({ tab: "learn", exhibit: name }, { replace: first });
    if (!loaded[name]) {
      const section = /** @type {HTMLElement} */ (root.querySelector(`.exhibit[data-exhibit=${name}]`));
      const { mount } = await import(`./learn_${name}.js`);
      loaded[name] = mount(lesson, section);
    }
    if (current === name) loaded[name].open();
  }

  /** @param {number} by */
  function turn(by) {
    const at = EXHIBITS.findIndex(([name]) => name === current) + by;
    if (EXHIBITS[at]) choose(EXHIBITS[at][0]);
  }

  /** @param {boolean} on */
  function present(on) {
    document.body.classList.toggle("presenting", on);
    page.find("[data-do=present]").setAttribute("aria-pressed", String(on));
    if (on) document.documentElement.requestFullscreen?.().catch(() => {}); // the page alone will do
    else if (document.fullscreenElement) document.exitFullscreen();
  }
  const presenting = () => document.body.classList.contains("presenting");

  radios(page.find(".exhibits"), EXHIBITS, "replay", (name) => choose(name));
  page.onButtons({
    mine: () => page.ask({ source: "canvas", name: "" }),
    other: () => page.ask({ source: "example", name: "", avoid: source.name }),
    undo: () => sketch.undo(),
    present: () => present(!presenting()),
    print: () => window.print(),
    give: () => {
      host.props.value = { asks: true, drawing: lesson.drawing, seed: lesson.seed };
      host.trigger("select");
      page.say("Now on the Draw tab too.");
    },
  });
  document.addEventListener("keydown", (event) => {
    const at = /** @type {Element} */ (event.target);
    if (root.offsetParent === null || event.ctrlKey || event.metaKey || event.altKey || at.matches("input[type=number], textarea")) return;
    if (event.key === "f" || event.key === "F") present(!presenting());
    else if (event.key === "Escape" && presenting()) present(false);
    else if (presenting() && event.key === "PageDown") turn(1);
    else if (presenting() && event.key === "PageUp") turn(-1);
    else return;
    event.preventDefault();
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && presenting()) present(false);
  });
  const fold = (/** @type {boolean} */ open) => root.querySelectorAll("details").forEach((one) => (one.open = open));
  window.addEventListener("beforeprint", () => fold(true));
  window.addEventListener("afterprint", () => fold(false));
  address.onChange(async () => {
    if (root.offsetParent === null || !named()) return;
    await choose(named(), { quiet: true });
    loaded[current]?.restore?.();
  });
  new IntersectionObserver(() => {
    if (root.offsetParent === null && presenting()) present(false);
    if (root.offsetParent === null) loaded[current]?.close?.();
  }).observe(root);
  page.onOpen(async () => {
    if (current && named() && named() !== current) await choose(named(), { quiet: true }); // back or forward
    else if (current) address.set({ exhibit: current }, { replace: true });
    if (source.source !== "canvas") return;
    await drawTab();
    page.ask({ source: "canvas", name: "", words: "Opening…" });
  });
}

/** Resolves when the Draw tab has its drawing: with a link to this tab both open at the same time. */
function drawTab() {
  return new Promise((/** @type {(value?: any) => void} */ done) => {
    const until = performance.now() + PATIENCE;
    const look = () => {
      const studio = /** @type {HTMLElement} */ (document.querySelector(".studio"));
      if (studio?.dataset.open === "yes" || performance.now() > until) done();
      else setTimeout(look, 50);
    };
    look();
  });
}
