// @ts-check
// The list of panels, which follows the address (?tab=NAME), and the switch for light and dark.

import { address } from "../address.js";

const LIGHT = "pix2pix-studio-light";
const MOON = "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z";

/** @param {{ element: HTMLElement, props: any }} host props.tabs: name and title of each panel */
export function mount({ element, props }) {
  listTabs(element.querySelector(".tabs"), props.tabs);
  buildLamp(element.querySelector(".lamp"));
}

/** Gradio's own button for a panel, which is there but not seen. @param {string} name */
const gradioTab = (name) => /** @type {HTMLElement} */ (document.querySelector(`#tabs [data-tab-id="${name}"]`));

/** @param {HTMLElement} list @param {{ name: string, title: string }[]} tabs */
function listTabs(list, tabs) {
  const first = tabs[0].name;
  const buttons = tabs.map(({ name, title }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.dataset.tab = name;
    button.setAttribute("role", "tab");
    button.onclick = () => {
      address.set({ tab: name === first ? "" : name });
      show(name);
    };
    return button;
  });
  list.replaceChildren(...buttons);

  /** @param {string} name */
  function show(name) {
    for (const button of buttons) {
      const on = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
      if (on) list.scrollTo({ left: button.offsetLeft - list.clientWidth / 2 + button.offsetWidth / 2 });
    }
    document.documentElement.dataset.tab = name;
    press(name, 100);
  }

  /** Gradio may still be building its tabs. @param {string} name @param {number} tries */
  function press(name, tries) {
    const there = gradioTab(name);
    if (there?.getAttribute("aria-selected") === "true") return;
    there?.click();
    if (tries) setTimeout(() => document.documentElement.dataset.tab === name && press(name, tries - 1), 50);
  }

  const wanted = () => {
    const name = address.get("tab");
    return tabs.some((tab) => tab.name === name) ? name : first;
  };
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const from = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const goal = buttons[(from + by + buttons.length) % buttons.length];
    goal.focus();
    goal.click();
    event.preventDefault();
  });
  address.onChange(() => show(wanted()));
  show(wanted());
}

// Gradio's own switch reloads the page; this one only turns the light on or off.
/** @param {HTMLButtonElement} lamp */
function buildLamp(lamp) {
  lamp.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${MOON}"/></svg>`;
  /** @param {boolean} dark */
  const shine = (dark) => {
    document.body.classList.toggle("dark", dark);
    lamp.setAttribute("aria-pressed", String(dark));
    lamp.title = dark ? "Light page" : "Dark page";
  };
  let kept = null;
  try {
    kept = localStorage.getItem(LIGHT);
  } catch {
    // Private windows may forbid it.
  }
  const asked = address.get("__theme");
  shine(kept && !asked ? kept === "dark" : document.body.classList.contains("dark"));
  lamp.addEventListener("click", () => {
    const dark = !document.body.classList.contains("dark");
    shine(dark);
    try {
      localStorage.setItem(LIGHT, dark ? "dark" : "light");
    } catch {
      // As above.
    }
  });
}
