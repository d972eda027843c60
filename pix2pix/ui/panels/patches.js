// @ts-check
// The panels Patch sizes and Losses and skips. props: rows, verdict, colors, photos.

import { address } from "../address.js";
import { attachLoupe } from "./loupe.js";
import { blankCell, cell, lowerCell, showNumbers, showScores } from "./patch_numbers.js";
import { PanelPage, decode, make, radios } from "./panel.js";

const SIDE = 256;

/** @param {import("./panel.js").Host} host */
export function mount(host) {
  const page = new PanelPage(host, show);
  const find = page.find.bind(page);
  const { rows } = host.props;
  const linked = () => rows.find(({ name }) => name === address.get("row"))?.name;
  const wish = { row: linked() || rows[0].name, source: "canvas", name: "" };
  const board = find(".board");
  const sights = find(".sights");
  let cells = {}; // by checkpoint: { canvas, cursor, column, at }
  let selected = null;

  const wanted = (changes = {}) => ({ ...wish, words: "Asking every model…", ...changes });

  function show(answer) {
    Object.assign(wish, { source: answer.source, name: answer.name });
    board.hidden = false;
    find(".look").textContent = answer.look;
    find("[data-do=mine]").hidden = answer.source === "canvas" || answer.stands_in;
    find("[data-do=other]").textContent = answer.source === "canvas" ? "An example" : "Another example";
    find(".missing").hidden = !answer.missing;
    find(".missing").textContent = answer.missing;
    const others = [{ label: "Drawing", picture: answer.drawing, crisp: true }];
    if (answer.photo) others.push({ label: "Real photo", ...answer.photo });
    board.style.setProperty("--models", others.length + answer.columns.length);
    showPictures([...others, ...answer.columns]);
    showMaps(answer.columns, others.length - 1);
    showNumbers(find, answer, others.slice(1));
    showScores(find, answer, others.length - 1);
    find(".field-drawing").src = answer.drawing;
    const judged = answer.columns.filter((column) => column.patches);
    const kept = judged.find((column) => column.checkpoint === selected?.checkpoint);
    const first = kept || judged.find((column) => column.checkpoint === "facades-patch70") || judged[0];
    find(".field").hidden = !first;
    if (first) {
      const { size } = first.patches;
      const middle = [Math.floor(size / 2), Math.floor(size / 2)];
      select(first.checkpoint, ...(kept ? [selected.across, selected.down].map((at) => Math.min(at, size - 1)) : middle));
    }
    page.say(`${answer.note} ${judged.length ? `All models in ${answer.seconds.toFixed(1)} s.` : ""}`);
  }

  function showPictures(columns) {
    sights.replaceChildren(
      ...columns.map(({ label, picture, crisp, why, checkpoint }) => {
        if (!picture) return cell(label, make("div", { class: "frame gap" }, make("p", { text: why })));
        const frame = make(
          "div",
          { class: "frame sight", "data-checkpoint": checkpoint },
          make("img", { src: picture, alt: `${label}`, draggable: "false", class: crisp ? "crisp" : "" }),
          make("span", { class: "box" }),
          make("span", { class: crisp ? "lens crisp" : "lens", style: `background-image:url(${picture})` }),
        );
        return cell(label, frame);
      }),
    );
  }

  function showMaps(columns, photos) {
    const head = find(".maps .head");
    const empty = Array.from({ length: photos }, blankCell);
    cells = {};
    find(".maps").replaceChildren(head, ...empty, ...columns.map((column) => (column.picture ? mapCell(column) : blankCell())));
  }

  function mapCell(column) {
    const { label, patches, checkpoint } = column;
    if (!patches) {
      return lowerCell(label, make("div", { class: "frame gap" }, make("p", { text: "No map: this model was trained without a discriminator." })));
    }
    const { size } = patches;
    const canvas = make("canvas", {
      class: "map", width: size, height: size, tabindex: "0", role: "img", "data-checkpoint": checkpoint,
      "aria-label": `Scores of the ${label} model's discriminator, ${size} by ${size} patches, mean ${patches.mean.toFixed(2)}. Arrow keys choose a patch.`,
    });
    const cursor = make("span", { class: "cursor" });
    const place = { column, canvas, cursor, scores: null };
    cells[checkpoint] = place;
    paintMap(place);
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const at = (share) => Math.max(0, Math.min(size - 1, Math.floor(share * size)));
      select(checkpoint, at((event.clientX - box.left) / box.width), at((event.clientY - box.top) / box.height));
    });
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!by) return;
      const from = selected?.checkpoint === checkpoint ? selected : { across: Math.floor(size / 2), down: Math.floor(size / 2) };
      const step = event.shiftKey ? Math.ceil(size / 10) : 1;
      const inside = (value) => Math.max(0, Math.min(size - 1, value));
      select(checkpoint, inside(from.across + step * by[0]), inside(from.down + step * by[1]));
      event.preventDefault();
    });
    return lowerCell(
      label,
      make("div", { class: "frame" }, canvas, cursor),
      make("p", { class: "under" }, make("b", { text: `${size} × ${size}` }), ` scores, each sees ${patches.field} × ${patches.field} · mean ${patches.mean.toFixed(2)}`),
    );
  }

  async function paintMap(place) {
    const { canvas, column } = place;
    const image = await decode(column.patches.scores);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    place.scores = new Uint8Array(canvas.width * canvas.height);
    for (let i = 0; i < place.scores.length; i++) {
      place.scores[i] = picture.data[4 * i];
      const [red, green, blue] = host.props.colors[place.scores[i]];
      picture.data.set([red, green, blue, 255], 4 * i);
    }
    context.putImageData(picture, 0, 0);
    if (selected?.checkpoint === column.checkpoint) select(column.checkpoint, selected.across, selected.down);
  }

  function select(checkpoint, across, down) {
    selected = { checkpoint, across, down };
    for (const place of Object.values(cells)) place.cursor.classList.toggle("on", place.column.checkpoint === checkpoint);
    const { column, cursor, scores } = cells[checkpoint];
    const { size, spans, field } = column.patches;
    Object.assign(cursor.style, {
      left: `${(100 * (across + 0.5)) / size}%`, top: `${(100 * (down + 0.5)) / size}%`,
      width: `${100 / size}%`, height: `${100 / size}%`,
    });
    const [[left, right], [top, bottom]] = [spans[across], spans[down]];
    const frames = [...sights.querySelectorAll(".sight")];
    const targets = [
      ...find(".seen").querySelectorAll(".box"),
      ...frames.map((frame) => frame.querySelector(".box")),
    ];
    targets.forEach((box) => {
      const frame = box.closest(".sight");
      const on = !frame || frame === frames[0] || frame.dataset.checkpoint === checkpoint;
      box.classList.toggle("on", on);
      box.dataset.span = [left, top, right, bottom].join(" ");
      Object.assign(box.style, {
        left: `${(100 * left) / SIDE}%`, top: `${(100 * top) / SIDE}%`,
        width: `${(100 * (right - left + 1)) / SIDE}%`, height: `${(100 * (bottom - top + 1)) / SIDE}%`,
      });
    });
    find(".field-picture").src = column.picture;
    find(".field-name").textContent = `${column.label}’s picture`;
    const score = scores ? `: ${(scores[down * size + across] / 255).toFixed(2)}` : "";
    find(".field-title").textContent = `The ${column.label} model’s score at column ${across + 1}, row ${down + 1}${score}`;
    const [wide, tall] = [right - left + 1, bottom - top + 1];
    const clipped = wide < field || tall < field;
    find(".field-words").textContent =
      `It sees ${field} × ${field} pixels of drawing and picture` +
      (clipped ? `, of which ${wide} × ${tall} lie inside; beyond the border there are zeros.` : `: columns ${left} to ${right}, rows ${top} to ${bottom}.`);
    showArithmetic(column, across, down);
  }

  // From the score back to the picture: each convolution widens what is seen.
  function showArithmetic({ patches }, across, down) {
    const lines = [];
    let seen = 1;
    const [columns, rows] = [[across, across], [down, down]];
    [...patches.layers].reverse().forEach(([kernel, stride, padding], index) => {
      const widened = (seen - 1) * stride + kernel;
      for (const range of [columns, rows]) {
        range[0] = range[0] * stride - padding;
        range[1] = range[1] * stride - padding + kernel - 1;
      }
      lines.push([
        `conv\u00a0${patches.layers.length - index}:\u00a0${kernel}×${kernel}, stride\u00a0${stride}`,
        `(${seen} − 1) · ${stride} + ${kernel} = ${widened}`,
        `${columns[0]} … ${columns[1]}`.replaceAll("-", "−"),
        `${rows[0]} … ${rows[1]}`.replaceAll("-", "−"),
      ]);
      seen = widened;
    });
    find(".sum tbody").replaceChildren(...lines.map((line) => make("tr", {}, ...line.map((text) => make("td", { text })))));
    find(".field-note").textContent =
      "Counted from 0; a negative number lies in the zero padding. Only convolutions are counted: the normalisation between " +
      "them also uses the mean and spread of the whole picture.";
  }

  find(".rows").hidden = rows.length < 2;
  radios(find(".rows"), rows.map((row) => [row.name, row.title]), wish.row, (row) => {
    wish.row = row;
    address.set({ row: row === rows[0].name ? "" : row }, { replace: true });
    page.ask(wanted());
  });
  find(".verdict i").style.background = host.props.verdict;
  find("[data-do=validation]").hidden = !host.props.photos;
  const ACTIONS = {
    mine: () => page.ask(wanted({ source: "canvas", name: "" })),
    other: () => page.ask(wanted({ source: "example", name: "", avoid: wish.name || "none" })),
    validation: () => page.ask(wanted({ source: "validation", name: "", avoid: wish.name })),
  };
  page.onButtons(ACTIONS);
  attachLoupe(sights);
  let wished = "canvas"; // an example stands in while the canvas holds no façade: look again when the tab opens
  for (const name of Object.keys(ACTIONS)) {
    find(`[data-do=${name}]`).addEventListener("click", () => (wished = name === "mine" ? "canvas" : name));
  }
  page.onOpen(() => {
    if (wished === "canvas") page.ask(wanted({ source: "canvas", name: "" }));
  });
}
