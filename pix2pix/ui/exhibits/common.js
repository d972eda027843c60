// What the scripts of the Samples and the Patch sizes tab share; each one's own script follows below.
//
// Gradio gives: element, props, trigger, watch. The visitor's wish goes to the server as
// props.value = { asks: true, … }; the answer comes back in props.value, without `asks`.

const root = element.querySelector(".exhibit");
const find = (selector) => root.querySelector(selector);
const PATIENCE = 60000;

// Gradio pads its components; this one begins where the tab's own edge is.
for (let one = root.parentElement; one && !one.matches("[role=tabpanel]"); one = one.parentElement) {
  if (one.querySelectorAll("section.exhibit").length === 1) one.style.padding = "0";
}

function make(tag, attributes = {}, ...children) {
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

function say(text, kind = "") {
  const status = find(".status");
  status.textContent = text;
  status.dataset.kind = kind;
}

// --- asking the server: one request at a time, the newest wish next ---------------------------------

let waiting = 0;
let next = null;
let slow = 0;
let shown = ""; // print of what is on the page

function ask(wish) {
  if (waiting) {
    next = wish;
    return;
  }
  root.dataset.busy = "true";
  slow = setTimeout(() => say(wish.words || "One moment…"), 400);
  waiting = setTimeout(() => {
    arrived();
    say("The server did not answer; please try again in a moment.", "error");
  }, PATIENCE);
  props.value = { ...wish, asks: true, seen: shown };
  trigger("submit");
}

function arrived() {
  clearTimeout(slow);
  clearTimeout(waiting);
  waiting = 0;
  root.dataset.busy = "false";
}

function onAnswer(show) {
  watch("value", () => {
    const answer = props.value;
    if (!waiting || !answer || answer.asks) return;
    arrived();
    if (answer.error) {
      say(answer.error, "error");
    } else {
      say("");
      if (!answer.same) {
        shown = answer.seen;
        show(answer);
      }
    }
    root.dataset.answers = String(Number(root.dataset.answers || 0) + 1);
    if (next) {
      const wish = next;
      next = null;
      ask(wish);
    }
  });
}

// Each time the tab is opened.
function onOpen(open) {
  let there = false;
  new IntersectionObserver(() => {
    const now = root.offsetParent !== null;
    if (now && !there) open();
    there = now;
  }).observe(root);
}

// --- groups of radio buttons: the arrow keys move, as screen readers expect --------------------------

function radios(group, options, chosen, choose) {
  const check = (value) => {
    for (const button of group.children) {
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
    const items = [...group.children];
    const goal = items[(items.indexOf(event.target) + by + items.length) % items.length];
    goal.focus();
    goal.click();
    event.preventDefault();
  });
}

async function decode(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

function save(canvas, name) {
  canvas.toBlob((blob) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
}
