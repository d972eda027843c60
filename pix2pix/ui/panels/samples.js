// @ts-check
// The Samples panel. props: counts, trained_rate, heat.

import { saveFile, toBlob } from "../canvas/images.js";
import { PanelPage, decode, make, radios } from "./panel.js";

/** @param {import("./panel.js").Host} host */
export function mount(host) {
  const page = new PanelPage(host, show);
  const find = page.find.bind(page);
  const seedInput = find(".seed input");
  const rateInput = find(".rate input");
  const wish = { source: "canvas", name: "", count: 9 };
  let answer = null;

  function wanted(changes = {}) {
    return {
      ...wish,
      seed: Math.max(0, Math.min(999999, Math.round(Number(seedInput.value)) || 0)),
      rate: Number(rateInput.value),
      layers: [...page.root.querySelectorAll("[data-layer]")].map((/** @type {any} */ box) => box.checked),
      words: `Making ${wish.count} pictures…`,
      ...changes,
    };
  }

  const again = () => page.ask(wanted());

  function show(found) {
    answer = found;
    wish.source = found.source;
    wish.name = found.name;
    find(".stage").hidden = false;
    find("[data-do=grid]").disabled = false;
    find("[data-do=mine]").hidden = found.source === "canvas";
    find("[data-do=other]").textContent = found.source === "canvas" ? "An example" : "Another example";
    fill(find(".grid"), found.pictures, false);
    find(".colored").hidden = !found.wished.length;
    fill(find(".colored .grid"), found.wished, true);
    find(".drawing").src = found.drawing;
    find(".name").textContent = found.source === "canvas" ? `Your drawing: ${found.title}` : `Example: ${found.name}`;
    find(".chosen").src = found.pictures[0].picture;
    find(".kept").textContent = `Seed ${found.pictures[0].seed}`;
    find(".mean").src = found.mean;
    find(".mean-name").textContent = `Mean of the ${found.pictures.length}`;
    find(".sigma").src = found.sigma;
    find(".sigma").alt = `Standard deviation at each pixel, from 0 to ${found.top} levels of 255 and more`;
    find(".top").textContent = `${found.top}+ of 255`;
    find(".number").textContent = found.mean_sigma.toFixed(found.mean_sigma < 10 ? 2 : 1);
    find(".words").textContent = found.words;
    page.say(`${found.pictures.length} pictures in ${found.seconds.toFixed(2)} s; the encoder ran once for all of them.`);
  }

  /** @param {HTMLElement} grid @param {{ seed: number, picture: string }[]} samples @param {boolean} colored */
  function fill(grid, samples, colored) {
    grid.style.setProperty("--n", String(colored ? samples.length : Math.sqrt(samples.length)));
    grid.replaceChildren(
      ...samples.map(({ seed, picture }) => {
        const label = `Sample with seed ${seed}${colored ? " and its color" : ""}: make it the main picture`;
        return make(
          "button",
          {
            type: "button", "aria-pressed": "false", "data-seed": seed, "aria-label": label,
            onclick: (/** @type {Event} */ event) => choose(event.currentTarget, seed, picture, colored),
          },
          make("img", { src: picture, alt: "" }),
          make("span", { text: `seed ${seed}` }),
        );
      }),
    );
  }

  /** @param {any} button @param {number} seed @param {string} picture @param {boolean} colored */
  function choose(button, seed, picture, colored) {
    for (const other of page.root.querySelectorAll(".grid button")) other.setAttribute("aria-pressed", String(other === button));
    find(".chosen").src = picture;
    if (!answer.repeatable) {
      find(".kept").textContent = `Seed ${seed}; not the noise of training, so it stays on this tab`;
      return;
    }
    find(".kept").textContent = `Seed ${seed}, now on the Draw tab too`;
    const drawing = answer.source === "canvas" ? null : answer.drawing;
    host.props.value = { asks: true, task: answer.task, seed, drawing, colored };
    host.trigger("select");
  }

  async function saveGrid() {
    const images = await Promise.all(answer.pictures.map(({ picture }) => decode(picture)));
    const [{ naturalWidth: width, naturalHeight: height }] = images;
    const across = Math.sqrt(images.length);
    const gap = 4;
    const canvas = make("canvas", { width: across * (width + gap) - gap, height: across * (height + gap) - gap });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    images.forEach((image, index) => {
      context.drawImage(image, (index % across) * (width + gap), Math.floor(index / across) * (height + gap));
    });
    saveFile(await toBlob(canvas), `pix2pix-${answer.task}-samples-${answer.pictures[0].seed}.png`);
  }

  radios(find(".count"), host.props.counts.map((count) => [count, String(count)]), wish.count, (count) => {
    wish.count = count;
    again();
  });
  find(".heat").style.background = host.props.heat;
  seedInput.addEventListener("change", again);
  rateInput.addEventListener("input", () => (find(".rate output").textContent = Number(rateInput.value).toFixed(2)));
  rateInput.addEventListener("change", again);
  for (const box of page.root.querySelectorAll("[data-layer]")) box.addEventListener("change", again);

  page.onButtons({
    more: () => {
      seedInput.value = (wanted().seed + wish.count) % 1000000;
      again();
    },
    mine: () => page.ask(wanted({ source: "canvas", name: "" })),
    other: () => page.ask(wanted({ source: "example", name: "", avoid: wish.name })),
    grid: saveGrid,
  });

  page.onOpen(() => {
    if (wish.source === "canvas") again();
  });
}
