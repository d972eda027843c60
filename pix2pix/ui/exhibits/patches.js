
// --- the Patch sizes tab: props.rows, props.verdict, props.colours, props.photos -----------------------

const ZOOM = 3; // of the loupe, against the picture as it is shown
const SIDE = 256;
const REACH = 50; // of the colour histograms: hardly a pixel of a façade lies beyond
const wish = { row: "patch", source: "canvas", name: "" };
const board = find(".board");
const sights = find(".sights");
let cells = {}; // by checkpoint: { canvas, cursor, column, at }
let selected = null;

const wanted = (changes = {}) => ({ ...wish, words: "Asking every model…", ...changes });
const fixed = (number) => number.toFixed(2).replace(/^0\./, ".");

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
  showNumbers(answer, others.slice(1));
  showScores(answer, others.length - 1);
  find(".field-drawing").src = answer.drawing;
  const judged = answer.columns.filter((column) => column.patches);
  const kept = judged.find((column) => column.checkpoint === selected?.checkpoint);
  const first = kept || judged.find((column) => column.checkpoint === "facades") || judged[0];
  find(".field").hidden = !first;
  if (first) {
    const { size } = first.patches;
    const middle = [Math.floor(size / 2), Math.floor(size / 2)];
    select(first.checkpoint, ...(kept ? [selected.across, selected.down].map((at) => Math.min(at, size - 1)) : middle));
  }
  say(`${answer.note} ${judged.length ? `All models in ${answer.seconds.toFixed(1)} s.` : ""}`);
}

// --- pictures and the loupe ----------------------------------------------------------------------------

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

const cell = (label, ...content) => make("div", { class: "cell" }, make("p", { class: "label", text: label }), ...content);

// In the bands further down the heading is only wanted where the columns are no longer above each other.
const later = (label, ...content) => make("div", { class: "cell" }, make("p", { class: "label echo", text: label }), ...content);

const loupe = { x: 0.5, y: 0.5 };

function look(x, y) {
  loupe.x = Math.max(0, Math.min(1, x));
  loupe.y = Math.max(0, Math.min(1, y));
  sights.classList.add("looking");
  for (const lens of sights.querySelectorAll(".lens")) {
    const side = lens.parentElement.clientWidth;
    const width = lens.offsetWidth;
    const inside = width - 4; // without the rim
    lens.style.left = `${Math.max(0, Math.min(side - width, loupe.x * side - width / 2))}px`;
    lens.style.top = `${Math.max(0, Math.min(side - width, loupe.y * side - width / 2))}px`;
    lens.style.backgroundSize = `${ZOOM * side}px ${ZOOM * side}px`;
    // The point that is looked at lies in the middle of the lens.
    lens.style.backgroundPosition = `${inside / 2 - loupe.x * ZOOM * side}px ${inside / 2 - loupe.y * ZOOM * side}px`;
  }
}

const away = () => sights.classList.remove("looking");

function lookAt(event) {
  // A finger drags: the browser keeps its events with the picture that it touched first.
  const frame = event.target.closest(".sight");
  if (!frame) return away();
  const box = frame.getBoundingClientRect();
  look((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
}
sights.addEventListener("pointermove", lookAt);
sights.addEventListener("pointerdown", lookAt);
sights.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && away());
sights.addEventListener("keydown", (event) => {
  const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Escape") return away();
  if (!by) return;
  const step = event.shiftKey ? 0.1 : 0.025;
  look(loupe.x + step * by[0], loupe.y + step * by[1]);
  event.preventDefault();
});

// --- patch maps ------------------------------------------------------------------------------------------

function showMaps(columns, photos) {
  const head = find(".maps .head");
  const empty = Array.from({ length: photos }, () => make("div", { class: "cell blank" }));
  cells = {};
  find(".maps").replaceChildren(head, ...empty, ...columns.map((column) => (column.picture ? mapCell(column) : make("div", { class: "cell blank" }))));
}

function mapCell(column) {
  const { label, patches, checkpoint } = column;
  if (!patches) {
    return later(label, make("div", { class: "frame gap" }, make("p", { text: "No map: this model was trained without a discriminator." })));
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
  return later(
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
    const [red, green, blue] = props.colours[place.scores[i]];
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

// --- sharpness, colour, FCN-score ----------------------------------------------------------------------

function showNumbers(answer, photos) {
  const { reference, bins } = answer;
  const columns = [...photos, ...answer.columns];
  const most = Math.max(1e-9, reference?.energy || 0, ...columns.map((column) => column.energy || 0));
  find(".reference").textContent = reference
    ? `Dashed, and the mark: the training photos (${reference.energy.toFixed(0)}). Overlap 1 would be the same colours.`
    : "The training photos’ own numbers are not kept with these checkpoints.";
  find(".numbers").replaceChildren(
    find(".numbers .head"),
    ...columns.map((column) => (column.picture ? numberCell(column, reference, bins, most) : make("div", { class: "cell blank" }))),
  );
}

function numberCell({ label, a, b, energy, overlap }, reference, bins, most) {
  const bar = make("span", { class: "rail" }, make("i", { style: `width:${(100 * energy) / most}%` }));
  if (reference) bar.append(make("i", { class: "mark", style: `left:${(100 * reference.energy) / most}%` }));
  return later(
    label,
    make("p", { class: "energy", "aria-label": `${label}: gradient energy ${energy.toFixed(0)}` }, bar, make("b", { text: energy.toFixed(0) })),
    curve(`${label}, a`, a, reference?.a, bins),
    make("p", { class: "axis" }, make("span", { text: "green" }), make("span", { text: overlap ? `a · overlap ${fixed(overlap.a)}` : "a" }), make("span", { text: "red" })),
    curve(`${label}, b`, b, reference?.b, bins),
    make("p", { class: "axis" }, make("span", { text: "blue" }), make("span", { text: overlap ? `b · overlap ${fixed(overlap.b)}` : "b" }), make("span", { text: "yellow" })),
  );
}

// Square roots: the greys in the middle are so many that the colours would not be seen beside them.
function curve(name, shares, photos, [from, to, count]) {
  const step = (to - from) / count;
  const points = (values) =>
    values
      .map((share, index) => [from + (index + 0.5) * step, Math.sqrt(share)])
      .filter(([value]) => Math.abs(value) <= REACH)
      .map(([value, height]) => `${(50 + (50 * value) / REACH).toFixed(1)},${(40 - 40 * height).toFixed(2)}`);
  const own = points(shares);
  const ends = [own[0].split(",")[0], own.at(-1).split(",")[0]];
  const box = document.createElement("div");
  box.innerHTML =
    `<svg class="spread" viewBox="0 0 100 40" preserveAspectRatio="none" role="img"><line class="zero" x1="0" y1="40" x2="100" y2="40"/>` +
    `<polygon class="fill" points="${ends[0]},40 ${own.join(" ")} ${ends[1]},40"/><polyline class="line" points="${own.join(" ")}"/>` +
    (photos ? `<polyline class="photos" points="${points(photos).join(" ")}"/>` : "") +
    "</svg>";
  box.firstChild.setAttribute("aria-label", `Colours of ${name}`);
  return box.firstChild;
}

function showScores(answer, photos) {
  const list = (numbers) => numbers.map(fixed).join(" · ");
  find(".scores").replaceChildren(
    find(".scores .head"),
    ...Array.from({ length: photos }, () => make("div", { class: "cell blank" })),
    ...answer.columns.map(({ label, ours, paper }) =>
      later(
        label,
        make("dl", { "aria-label": label },
          make("dt", { text: "paper" }), make("dd", { text: list(paper) }),
          make("dt", { text: "ours" }), make("dd", { text: ours ? list(ours) : "not scored yet" })),
      ),
    ),
  );
}

// --- wiring ------------------------------------------------------------------------------------------------

radios(find(".rows"), props.rows.map(({ name, title }) => [name, title]), wish.row, (row) => {
  wish.row = row;
  ask(wanted());
});
find(".verdict i").style.background = props.verdict;
find("[data-do=validation]").hidden = !props.photos;
const ACTIONS = {
  mine: () => ask(wanted({ source: "canvas", name: "" })),
  other: () => ask(wanted({ source: "example", name: "", avoid: wish.name || "none" })),
  validation: () => ask(wanted({ source: "validation", name: "", avoid: wish.name })),
};
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && !button.disabled) ACTIONS[button.dataset.do]();
});

onAnswer(show);
let wished = "canvas"; // an example stands in while the canvas holds no façade: look again when the tab opens
for (const name of Object.keys(ACTIONS)) {
  find(`[data-do=${name}]`).addEventListener("click", () => (wished = name === "mine" ? "canvas" : name));
}
onOpen(() => {
  if (wished === "canvas") ask(wanted({ source: "canvas", name: "" }));
});
