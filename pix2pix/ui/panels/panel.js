// @ts-check
// What all panels share: asking the server, and the parts of their pages.
//
// A panel's script exports mount(host); host is what Gradio gives: element, props, server, trigger, watch.
// The visitor's wish goes to the server as props.value = { asks: true, … }; the answer comes back in
// props.value, without `asks`.

const PATIENCE = 60000; // ms until a request counts as lost

/**
 * @typedef {{ element: HTMLElement, props: any, server: any, trigger: (event: string) => void,
 *   watch: (name: string, then: () => void) => void }} Host
 */

/**
 * An element with attributes (class, text, on… and any other) and children.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {...any} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") one.className = value;
    else if (name === "text") one.textContent = value;
    else if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) one.setAttribute(name, value);
  }
  one.append(...children.filter((child) => child !== null && child !== undefined));
  return one;
}

/** The page of a panel and its requests: one in flight, and the newest wish next. */
export class PanelPage {
  /** @param {Host} host @param {(answer: any) => void} show what to do with an answer */
  constructor(host, show) {
    this.host = host;
    /** @type {HTMLElement} */
    this.root = host.element.querySelector(".panel");
    this.waiting = 0;
    this.next = null;
    this.slow = 0;
    this.shown = ""; // fingerprint of what is on the page
    this.removePadding();
    host.watch("value", () => this.take(show));
  }

  /** @param {string} selector @returns {any} */
  find(selector) {
    return this.root.querySelector(selector);
  }

  // Gradio pads its components; a panel begins at the tab's own edge.
  removePadding() {
    for (let one = this.root.parentElement; one && !one.matches("[role=tabpanel]"); one = one.parentElement) {
      if (one.querySelectorAll("section.panel").length === 1) one.style.padding = "0";
    }
  }

  /** The line for messages. @param {string} text @param {string} [kind] "error" */
  say(text, kind = "") {
    const status = this.find(".status");
    status.textContent = text;
    status.dataset.kind = kind;
  }

  /** @param {Record<string, any>} wish words: what to say while it takes long */
  ask(wish) {
    if (this.waiting) {
      this.next = wish;
      return;
    }
    this.root.dataset.busy = "true";
    this.slow = setTimeout(() => this.say(wish.words || "One moment…"), 400);
    this.waiting = setTimeout(() => {
      this.arrived();
      this.say("The server did not answer; please try again in a moment.", "error");
    }, PATIENCE);
    this.host.props.value = { ...wish, asks: true, seen: this.shown };
    this.host.trigger("submit");
  }

  arrived() {
    clearTimeout(this.slow);
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.root.dataset.busy = "false";
  }

  /** @param {(answer: any) => void} show */
  take(show) {
    const answer = this.host.props.value;
    if (!this.waiting || !answer || answer.asks) return;
    this.arrived();
    if (answer.error) {
      this.say(answer.error, "error");
    } else {
      this.say("");
      if (!answer.same) {
        this.shown = answer.seen;
        show(answer);
      }
    }
    this.root.dataset.answers = String(Number(this.root.dataset.answers || 0) + 1);
    if (this.next) {
      const wish = this.next;
      this.next = null;
      this.ask(wish);
    }
  }

  /** Each time the tab is opened. @param {() => void} open */
  onOpen(open) {
    let there = false;
    new IntersectionObserver(async () => {
      const now = this.root.offsetParent !== null;
      const opens = now && !there;
      there = now;
      if (!opens) return;
      await canvasReady();
      open();
    }).observe(this.root);
  }

  /** Buttons with data-do. @param {Record<string, () => void>} actions */
  onButtons(actions) {
    this.root.addEventListener("click", (event) => {
      const button = /** @type {HTMLButtonElement} */ (/** @type {Element} */ (event.target).closest("[data-do]"));
      if (button && !button.disabled) actions[button.dataset.do]?.();
    });
  }
}

/** A link may open a panel before the canvas has its drawing. */
async function canvasReady() {
  for (let tries = 0; tries < 200; tries++) {
    if (document.querySelector(".studio[data-open=yes]")) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/**
 * A group of radio buttons; the arrow keys move, as screen readers expect.
 * @param {HTMLElement} group @param {[any, string][]} options value and text
 * @param {any} chosen @param {(value: any) => void} choose
 */
export function radios(group, options, chosen, choose) {
  const check = (/** @type {any} */ value) => {
    for (const button of /** @type {Iterable<HTMLElement>} */ (group.children)) {
      const on = button.dataset.value === String(value);
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
  };
  group.replaceChildren(
    ...options.map(([value, text]) =>
      make("button", {
        type: "button", role: "radio", "data-value": value, text,
        onclick: () => {
          check(value);
          choose(value);
        },
      }),
    ),
  );
  check(chosen);
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const items = /** @type {HTMLElement[]} */ ([...group.children]);
    const from = items.indexOf(/** @type {HTMLElement} */ (event.target));
    const goal = items[(from + by + items.length) % items.length];
    goal.focus();
    goal.click();
    event.preventDefault();
  });
}

/** @param {string} url @returns {Promise<HTMLImageElement>} */
export async function decode(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
