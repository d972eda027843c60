// The Draw page: pointers, keys and buttons → marks on a surface → pictures from the server.
//
// Runs once when Gradio has put canvas.html on the page, after surfaces.js and tools.js, which stand
// above it in the same function. Gradio gives: element, props, server, trigger, watch.
//   props.tasks      the cards: name, title, line, canvas, palette, ground, brush, ready, thumb, …
//   props.start      the task to open with, its first drawing and the finished picture
//   props.value      what the rest of the page reads: { task, drawing, seed }, set when the pen lifts
//   server.live      (drawing, task, seed) → picture; see pix2pix/ui/draw.py
// The server never pushes; this side asks, with one request in flight and the newest drawing only.

const find = (selector) => element.querySelector(selector);
const studio = find(".studio");
const sheet = find(".sheet");
const stage = find(".stage");
const pictureCanvas = find(".picture");
const beforeCanvas = find(".before");
const fileInput = find(".file");
const seedInput = find(".seed input");
const liveSwitch = find(".live input");
const splitInput = find(".split");
const sheetContext = sheet.getContext("2d");
const pictureContext = pictureCanvas.getContext("2d");

const tasks = Object.fromEntries(props.tasks.map((task) => [task.name, task]));
const visit = Math.random().toString(36).slice(2);
const SEED = 0; // fixed until the visitor rolls the dice, so that the live picture does not flicker
const HISTORY = 12;
const MEMORY = "pix2pix-studio";

const desks = {}; // one for each task that was opened: its drawing, undo steps, picture, tool in hand
let desk = null;
let stroke = null; // what the pen is doing between down and up
let live = true;
let view = "side";
let uploadFor = "place";
const history = [];

// --- desks: every task keeps its own drawing ----------------------------------------------------

function openDesk(name) {
  if (desks[name]) return desks[name];
  const task = tasks[name];
  const kit = KITS[task.canvas];
  desks[name] = {
    task,
    surface: makeSurface(task),
    steps: new Steps(),
    tool: kit.tools[0] || null,
    width: kit.width,
    value: task.canvas === "labels" ? Math.max(0, task.palette.findIndex(([label]) => label === task.brush)) : true,
    mirror: false,
    steady: task.canvas === "lines",
    seed: SEED,
    picture: null, // the last picture, as a bitmap
    pictureUrl: "",
    drawingUrl: "", // the drawing that picture was made from
    hint: "",
    examples: [], // names of those that were on the sheet already
    loaded: false, // whether the server has answered for this task before
  };
  return desks[name];
}

async function chooseTask(name, { fresh = true } = {}) {
  finishStroke();
  asking = false;
  const isNew = !desks[name];
  desk = openDesk(name);
  studio.dataset.kind = desk.task.canvas;
  studio.dataset.task = name;
  for (const card of studio.querySelectorAll(".card")) {
    card.setAttribute("aria-checked", String(card.dataset.task === name));
    card.tabIndex = card.dataset.task === name ? 0 : -1;
  }
  buildDock();
  seedInput.value = desk.seed;
  showHint(desk.hint);
  find(".task-line").textContent = desk.task.line;
  find(".licence").textContent = desk.task.licence || "";
  render();
  showPicture();
  tellPage("select");
  if (isNew && fresh) await putExample({ keep: false });
}

function tellPage(event) {
  props.value = { task: desk.task.name, drawing: desk.surface.ready ? desk.surface.toDataURL() : null, seed: desk.seed };
  // Only while the model card is open, which follows the task.
  if (event && document.querySelector("#model-card .prose")?.offsetParent) trigger("select");
}

// A reload, or Gradio's own theme switch, must not lose a drawing.
function remember() {
  const drawings = {};
  for (const [name, { surface, task }] of Object.entries(desks)) {
    if (surface.ready && (task.canvas === "lines" || task.canvas === "labels")) drawings[name] = surface.canvas.toDataURL();
  }
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify({ task: desk.task.name, drawings }));
  } catch {
    // A full or forbidden store costs the visitor only the drawing's survival of a reload.
  }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(MEMORY)) || {};
  } catch {
    return {};
  }
}

// --- drawing ------------------------------------------------------------------------------------

let renderWaits = false;

function render() {
  if (renderWaits) return;
  renderWaits = true;
  requestAnimationFrame(() => {
    renderWaits = false;
    if (!desk) return;
    const { surface } = desk;
    const [width, height] = [surface.width * surface.scale, surface.height * surface.scale];
    for (const canvas of [sheet, beforeCanvas]) {
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    }
    const wide = surface.width >= surface.height;
    sheet.style.width = wide ? "100%" : `${(100 * surface.width) / surface.height}%`;
    sheet.style.height = wide ? `${(100 * surface.height) / surface.width}%` : "100%";
    surface.paintOn(sheetContext);
    if (view === "slider") beforeCanvas.getContext("2d").drawImage(sheet, 0, 0);
    find(".invite").hidden = surface.ready;
    sheet.setAttribute("aria-label", sheetLabel());
    for (const [name, list] of [["undo", desk.steps.done], ["redo", desk.steps.undone]]) {
      const button = find(`[data-do="${name}"]`);
      if (button) button.disabled = !list.length;
    }
  });
}

function sheetLabel() {
  const { task } = desk;
  const tool = desk.tool ? `, ${COMMANDS[desk.tool][0].toLowerCase()} in hand` : "";
  return `Your drawing for ${task.title}${tool}. Arrow keys move the pen, the space bar puts it down and lifts it.`;
}

function toModel(event) {
  const box = sheet.getBoundingClientRect();
  const { surface } = desk;
  return {
    x: ((event.clientX - box.left) / box.width) * surface.width,
    y: ((event.clientY - box.top) / box.height) * surface.height,
    // A mouse or finger reports 0.5 (or 0); only a real pen changes the width.
    push: event.pointerType === "pen" && event.pressure ? 0.4 + 1.2 * event.pressure : 1,
  };
}

function applyMark(mark) {
  desk.surface.mark(mark);
  if (desk.mirror) desk.surface.mark(mirrored(mark, desk.surface.width));
}

function markValue() {
  if (desk.tool === "eraser") return false;
  return desk.task.canvas === "labels" ? desk.value : true;
}

function markWidth(push) {
  // Rubbing out wants a broader tip than drawing.
  const width = desk.tool === "eraser" && desk.task.canvas === "lines" ? Math.max(8, desk.width * 4) : desk.width;
  return width * push;
}

const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

function startStroke(point) {
  const { surface, tool } = desk;
  if (!surface.ready || !tool) return;
  if (tool === "pick") {
    chooseValue(surface.pick(point));
    chooseTool("rectangle");
    return;
  }
  const base = surface.snapshot();
  if (tool === "fill") {
    surface.flood(point, desk.value);
    if (desk.mirror) surface.flood({ x: surface.width - point.x, y: point.y }, desk.value);
    desk.steps.keep(base);
    settle();
    return;
  }
  stroke = { base, start: point, last: point, target: point, joint: point };
  if (tool === "pen" || tool === "brush" || tool === "eraser") {
    applyMark({ shape: "dot", points: [point], width: markWidth(point.push), value: markValue() });
    changed();
  }
}

function extendStroke(point) {
  const { surface, tool } = desk;
  const [width, value] = [markWidth(point.push), markValue()];
  stroke.target = point;
  if (tool === "line" || tool === "rectangle" || tool === "ellipse") {
    // The shape is drawn anew from the state before it, so the picture can follow while it is dragged.
    surface.restore(stroke.base);
    applyMark({ shape: tool, points: [stroke.start, point], width, value });
  } else if (desk.task.canvas === "lines") {
    const pull = desk.steady ? 0.4 : 1;
    const next = {
      x: stroke.last.x + (point.x - stroke.last.x) * pull,
      y: stroke.last.y + (point.y - stroke.last.y) * pull,
    };
    const joint = middle(stroke.last, next);
    applyMark({ shape: "curve", points: [stroke.joint, stroke.last, joint], width, value });
    [stroke.last, stroke.joint] = [next, joint];
  } else {
    applyMark({ shape: "line", points: [stroke.last, point], width, value });
    stroke.last = point;
  }
  changed();
}

function finishStroke() {
  if (!stroke) return;
  if (desk.task.canvas === "lines" && (desk.tool === "pen" || desk.tool === "eraser")) {
    // The steadied line lags behind the pen: let it arrive.
    const [width, value] = [markWidth(stroke.target.push), markValue()];
    applyMark({ shape: "curve", points: [stroke.joint, stroke.last, stroke.target], width, value });
  }
  desk.steps.keep(stroke.base);
  stroke = null;
  settle();
}

function cancelStroke() {
  if (!stroke) return;
  desk.surface.restore(stroke.base);
  stroke = null;
  changed();
}

function travel(direction) {
  cancelStroke();
  const { surface, steps } = desk;
  const state = direction === "undo" ? steps.undo(surface.snapshot()) : steps.redo(surface.snapshot());
  if (!state) return;
  surface.restore(state);
  settle();
}

function clearSheet() {
  const { surface, steps } = desk;
  if (!surface.ready) return;
  cancelStroke();
  steps.keep(surface.snapshot());
  surface.clear();
  settle({ entry: "new" });
}

// --- pictures from elsewhere onto the sheet ----------------------------------------------------

// Not through an <img>: its decode() waits for the next frame of the page.
async function decode(source) {
  if (typeof source !== "string") return createImageBitmap(source);
  const [head, content] = source.split(",");
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: head.slice(5, head.indexOf(";")) }));
}

function place(image, { keep = true } = {}) {
  cancelStroke();
  if (keep) desk.steps.keep(desk.surface.snapshot());
  desk.surface.place(image, image.width, image.height);
  render();
}

const MAX_UPLOAD = 20 * 1024 * 1024;

async function takeFile(file, purpose = "place") {
  if (file.size > MAX_UPLOAD) return say(`${file.name || "That file"} has more than 20 MB; a smaller one, please.`);
  let image;
  try {
    image = await decode(file);
  } catch {
    return say(`${file.name || "That"} could not be read as a picture (PNG, JPEG, WebP, BMP or GIF, please).`);
  }
  if (purpose === "trace") return trace(image);
  place(image);
  settle({ entry: "new" });
  if (desk.task.canvas === "lines" && looksLikePhoto(image)) {
    say("This looks like a photo.", { action: "Turn it into lines", then: () => trace(image, { keep: false }) });
  }
}

// A drawing is mostly white paper; a photo hardly ever is.
function looksLikePhoto(image) {
  const [, context] = makeCanvas(64, 64);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 64, 64);
  context.drawImage(image, 0, 0, 64, 64);
  const { data } = context.getImageData(0, 0, 64, 64);
  let white = 0;
  for (let i = 0; i < data.length; i += 4) white += Math.min(data[i], data[i + 1], data[i + 2]) > 200;
  return white < 0.4 * 64 * 64;
}

async function trace(image, options) {
  // The middle square, as the training photos were cropped.
  const side = Math.min(image.width, image.height);
  const [canvas, context] = makeCanvas(SIDE, SIDE);
  context.imageSmoothingQuality = "high";
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2];
  context.drawImage(image, left, top, side, side, 0, 0, SIDE, SIDE);
  say("Looking for lines…");
  const target = desk;
  const reply = await ask(() => server.photo_to_lines({ photo: canvas.toDataURL("image/jpeg", 0.95) }));
  if (reply.error) return say(reply.error);
  const lines = await decode(reply.drawing);
  if (desk !== target) return;
  place(lines, options);
  say("");
  settle({ entry: "new" });
}

async function putExample({ keep = true } = {}) {
  const target = desk;
  const reply = await ask(() => server.example({ task: desk.task.name, seen: desk.examples }));
  if (desk !== target) return;
  if (reply.error) return say(reply.error);
  if (!reply.drawing) return changed({ settled: true });
  if (target.examples.includes(reply.name)) target.examples = []; // all have been seen: from the start
  target.examples.push(reply.name);
  const image = await decode(reply.drawing);
  if (desk !== target) return;
  place(image, { keep });
  settle({ entry: "new" });
}

async function ask(call) {
  try {
    return await call();
  } catch {
    return { error: "The server did not answer; please try again in a moment." };
  }
}

// --- the live picture --------------------------------------------------------------------------

let dirty = null; // the desk whose drawing the server has not seen yet
let inFlight = false;
let number = 0;
let changedAt = 0;
let entryWanted = "";
let pace = 0; // pictures a second, smoothed

function changed({ settled = false } = {}) {
  render();
  changedAt = performance.now();
  if (!desk.task.ready || !desk.surface.ready) return;
  if (live || settled) {
    studio.dataset.settled = "false";
    dirty = desk;
    pump();
  }
}

// The pen is up: the drawing counts, for the history, the other tabs and a reload.
function settle({ entry = "join" } = {}) {
  if (entryWanted !== "new") entryWanted = entry;
  asking = false;
  studio.classList.toggle("stale", !live);
  changed();
  tellPage();
  remember();
}

async function pump() {
  if (inFlight || !dirty) return;
  const request = { desk: dirty, since: changedAt, final: !stroke, number: ++number, drawing: dirty.surface.toDataURL() };
  const { task, seed, loaded } = dirty;
  dirty = null;
  inFlight = true;
  const slow = setTimeout(() => wait(loaded ? "One moment…" : `Loading the model for ${task.title}…`), 350);
  let reply;
  try {
    reply = await server.live({
      visit, task: task.name, seed, number: request.number, drawing: request.drawing, settled: request.final,
    });
  } catch {
    reply = { again: 1500 };
    say("The server did not answer; trying again.");
  }
  clearTimeout(slow);
  inFlight = false;
  if (reply.busy) reply.again = 250;
  if (reply.again) {
    dirty = dirty || request.desk;
    setTimeout(pump, reply.again);
    return;
  }
  wait("");
  // The next drawing goes out before this picture is shown: the server need not wait for the screen.
  pump();
  if (reply.picture) await take(request, reply);
  else if (reply.error) say(reply.error);
}

let shown = 0; // number of the request whose picture is on the page
let shownAt = 0;

async function take({ desk: asked, since, final, number: taken, drawing }, reply) {
  const image = await decode(reply.picture);
  if (taken < shown) return; // a later one was decoded sooner
  shown = taken;
  const now = performance.now();
  Object.assign(asked, { picture: image, pictureUrl: reply.picture, drawingUrl: drawing, loaded: true });
  if (final) asked.hint = reply.hint || "";
  if (asked !== desk) return;
  showPicture();
  studio.classList.remove("stale");
  if (stroke && shownAt) pace = pace ? 0.8 * pace + 200 / (now - shownAt) : 1000 / (now - shownAt);
  shownAt = stroke ? now : 0;
  if (!stroke) pace = 0;
  const rate = pace ? ` · ${pace.toFixed(0)} pictures a second` : "";
  find(".latency").textContent = `${Math.round(now - since)} ms from stroke to picture${rate}`;
  const settled = final && !stroke && !dirty && !inFlight;
  if (final) showHint(asked.hint);
  if (settled) record();
  // For benchmarks/live.py and the browser tests.
  studio.dataset.forward = String(1000 * reply.seconds);
  studio.dataset.pictures = String(Number(studio.dataset.pictures || 0) + 1);
  studio.dataset.settled = String(settled);
}

function showPicture() {
  const { picture } = desk;
  const [width, height] = picture ? [picture.width, picture.height] : [SIDE, SIDE];
  if (pictureCanvas.width !== width || pictureCanvas.height !== height) {
    [pictureCanvas.width, pictureCanvas.height] = [width, height];
  }
  if (picture) pictureContext.drawImage(picture, 0, 0);
  else pictureContext.clearRect(0, 0, width, height);
  studio.classList.toggle("no-picture", !picture);
  pictureCanvas.setAttribute(
    "aria-label",
    picture ? `The picture made from your drawing: ${desk.task.title}` : "No picture yet",
  );
  for (const name of ["download", "share"]) find(`[data-do="${name}"]`).disabled = !picture;
}

function wait(text) {
  const note = find(".wait");
  note.textContent = text;
  note.hidden = !text;
}

let asking = false; // a question with a button stays until it is answered or the drawing goes on

function say(text, { action, then } = {}) {
  const hint = find(".hint");
  hint.textContent = text;
  asking = Boolean(action);
  if (!action) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: action, onclick: then });
  hint.append(" ", button);
}

function showHint(text) {
  if (!asking) say(text);
}

// --- the visit's last pictures -----------------------------------------------------------------

function record() {
  const now = Date.now();
  const entry = {
    task: desk.task.name,
    seed: desk.seed,
    state: desk.surface.snapshot(),
    picture: desk.picture,
    pictureUrl: desk.pictureUrl,
    drawingUrl: desk.drawingUrl,
    hint: desk.hint,
    at: now,
  };
  const last = history[0];
  const joins = last && last.task === entry.task && last.seed === entry.seed && entryWanted !== "new" && now - last.at < 3000;
  if (last && last.drawingUrl === entry.drawingUrl && last.seed === entry.seed) history[0] = entry;
  else if (joins) history[0] = entry; // strokes in quick succession are one picture in the making
  else history.unshift(entry);
  history.splice(HISTORY);
  entryWanted = "";
  showHistory();
}

function showHistory() {
  find(".visit").hidden = history.length < 2;
  find(".history").replaceChildren(
    ...history.map((entry, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "past";
      button.title = `${tasks[entry.task].title}, seed ${entry.seed}: bring back`;
      button.setAttribute("aria-label", `Bring back picture ${index + 1}: ${button.title}`);
      button.innerHTML = `<img alt="" src="${entry.pictureUrl}"><img alt="" class="draft" src="${entry.drawingUrl}">`;
      button.onclick = () => recall(entry);
      return button;
    }),
  );
}

async function recall(entry) {
  await chooseTask(entry.task, { fresh: false });
  desk.steps.keep(desk.surface.snapshot());
  desk.surface.restore(entry.state);
  const { picture, pictureUrl, drawingUrl, hint, seed } = entry;
  Object.assign(desk, { picture, pictureUrl, drawingUrl, hint, seed });
  seedInput.value = seed;
  dirty = null;
  shown = ++number; // what is still under way belongs to another drawing
  studio.dataset.settled = "true";
  render();
  showPicture();
  showHint(hint);
  tellPage();
  remember();
}

// --- files to take home ------------------------------------------------------------------------

// Live pictures travel as JPEG because it is quick; what is kept is made once more, exact.
async function exactPicture() {
  const drawing = desk.drawingUrl || desk.surface.toDataURL();
  const reply = await ask(() =>
    server.live({ visit, number: ++number, task: desk.task.name, seed: desk.seed, drawing, exact: true }),
  );
  return reply.picture ? decode(reply.picture) : desk.picture;
}

function save(canvas, name) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
}

async function download() {
  const picture = await exactPicture();
  const [canvas, context] = makeCanvas(picture.width, picture.height);
  context.drawImage(picture, 0, 0);
  save(canvas, `pix2pix-${desk.task.name}-${desk.seed}.png`);
}

async function shareCard() {
  const picture = await exactPicture();
  const [canvas, context] = makeCanvas(1200, 720);
  const style = getComputedStyle(studio);
  const colour = (name) => style.getPropertyValue(name).trim();
  context.fillStyle = colour("--paper") || "#f5f2ea";
  context.fillRect(0, 0, 1200, 720);
  const drawing = await decode(desk.drawingUrl);
  for (const [image, left] of [[drawing, 48], [picture, 616]]) {
    context.fillStyle = "#fff";
    context.fillRect(left, 48, 536, 536);
    context.imageSmoothingEnabled = image === picture || desk.task.canvas !== "labels";
    context.imageSmoothingQuality = "high";
    const [x, y, width, height] = contain(image.width, image.height, 536, 536);
    context.drawImage(image, left + x, 48 + y, width, height);
  }
  context.fillStyle = colour("--ink") || "#23211c";
  context.font = "600 40px 'Iowan Old Style', Palatino, Georgia, serif";
  context.fillText(desk.task.title, 48, 656);
  context.fillStyle = colour("--soft") || "#625d52";
  context.font = "22px system-ui, sans-serif";
  context.textAlign = "right";
  context.fillText(`drawn by hand, pictured by pix2pix · seed ${desk.seed}`, 1152, 654);
  save(canvas, `pix2pix-${desk.task.name}-${desk.seed}-card.png`);
}

// --- the page around the sheet -----------------------------------------------------------------

function buildCards() {
  const card = (task) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "card";
    button.dataset.task = task.name;
    const picture = task.thumb ? `<img alt="" src="${task.thumb}">` : `<span class="blank">${icon(KITS[task.canvas].tools[0] || "trace")}</span>`;
    const line = task.ready ? task.line : "Weights not trained yet";
    button.innerHTML = `${picture}<span class="words"><strong></strong><small></small></span>`;
    button.querySelector("strong").textContent = task.title;
    button.querySelector("small").textContent = line;
    button.title = task.ready ? task.line : `${task.line} Its weights are not trained yet.`;
    if (task.ready) {
      button.setAttribute("role", "radio");
      button.onclick = () => chooseTask(task.name);
    } else {
      button.setAttribute("aria-disabled", "true");
      button.disabled = true;
    }
    return button;
  };
  const [ready, later] = [props.tasks.filter((task) => task.ready), props.tasks.filter((task) => !task.ready)];
  find(".cards").replaceChildren(...ready.map(card));
  find(".tasks").classList.toggle("many", ready.length > 4);
  find(".empty").hidden = ready.length > 0;
  const details = find(".later");
  details.hidden = !later.length;
  details.querySelector("summary").textContent = `${later.length} more to come`;
  details.querySelector(".cards").replaceChildren(...later.map(card));
}

function commandButton(name, { role, checked } = {}) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.do = name;
  button.title = tooltip(name);
  button.innerHTML = `${icon(name)}<span>${COMMANDS[name][0]}</span>`;
  button.setAttribute("aria-label", `${COMMANDS[name][0]}: ${COMMANDS[name][2]}`);
  button.setAttribute("aria-keyshortcuts", COMMANDS[name][1].replace("Ctrl", "Control"));
  if (role === "radio") {
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(checked));
  } else if (role === "toggle") {
    button.setAttribute("aria-pressed", String(checked));
  }
  return button;
}

function buildDock() {
  const { task } = desk;
  const kit = KITS[task.canvas];
  const radio = (name) => commandButton(name, { role: "radio", checked: name === desk.tool });
  find(".tools").replaceChildren(...kit.tools.map(radio));
  find(".switches").replaceChildren(
    ...kit.switches.map((name) => commandButton(name, { role: "toggle", checked: desk[name] })),
  );
  stage.classList.toggle("mirrored", desk.mirror);
  find(".widths").replaceChildren(
    ...kit.widths.map((width, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.width = width;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(width === desk.width));
      button.setAttribute("aria-label", `Width ${width} pixels`);
      button.title = `Width ${width} ([ thinner, ] thicker)`;
      const dot = 4 + 5 * index;
      button.innerHTML = `<span class="dot" style="width:${dot}px;height:${dot}px"></span>`;
      button.onclick = () => chooseWidth(width);
      return button;
    }),
  );
  find(".swatches").replaceChildren(
    ...task.palette.map(([label, [r, g, b]], index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.value = index;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(index === desk.value));
      const key = index < 9 ? ` (${index + 1})` : "";
      button.title = `Paint ${label}${key}`;
      button.innerHTML = `<i style="background:rgb(${r},${g},${b})"></i><span></span>`;
      button.querySelector("span").textContent = label;
      button.onclick = () => chooseValue(index);
      return button;
    }),
  );
  find(".steps").replaceChildren(...["undo", "redo", "clear"].map((name) => commandButton(name)));
  const sources = task.examples ? ["example", "upload"] : ["upload"];
  if (task.canvas === "lines") sources.push("trace");
  find(".sources").replaceChildren(...sources.map((name) => commandButton(name)));
  const aside = document.createElement("span");
  aside.className = "aside";
  aside.textContent = "or paste, or drop";
  find(".sources").append(aside);
  find(".invite").innerHTML = `${icon("upload")}<span>${task.canvas === "mask" ? "Upload a photo, then brush something out" : "Upload a photo"}</span>`;
}

function checkOne(group, selector) {
  for (const button of find(group).children) button.setAttribute("aria-checked", String(button.matches(selector)));
}

function chooseTool(name) {
  if (!KITS[desk.task.canvas].tools.includes(name)) return;
  finishStroke();
  desk.tool = name;
  checkOne(".tools", `[data-do="${name}"]`);
  stage.dataset.tool = name;
  render();
}

function chooseWidth(width) {
  desk.width = width;
  checkOne(".widths", `[data-width="${width}"]`);
}

function chooseValue(index) {
  desk.value = index;
  checkOne(".swatches", `[data-value="${index}"]`);
  if (desk.tool === "pick") chooseTool("rectangle");
}

function toggle(name) {
  if (!KITS[desk.task.canvas].switches.includes(name)) return;
  desk[name] = !desk[name];
  find(`[data-do="${name}"]`).setAttribute("aria-pressed", String(desk[name]));
  stage.classList.toggle("mirrored", desk.mirror);
}

function setSeed(seed) {
  desk.seed = Math.max(0, Math.min(999999, Math.round(seed) || 0));
  seedInput.value = desk.seed;
  entryWanted = "new";
  changed({ settled: true });
  tellPage();
}

function setView(name) {
  view = name;
  studio.dataset.view = name;
  checkOne(".views", `[data-do="${name}"]`);
  if (name === "slider") moveSplit();
  render();
}

function moveSplit() {
  find(".frame").style.setProperty("--split", `${splitInput.value}%`);
}

function setLive(on) {
  live = on;
  liveSwitch.checked = on;
  find(".make").hidden = on;
  if (on) changed();
}

function chooseFile(purpose) {
  uploadFor = purpose;
  fileInput.value = "";
  fileInput.click();
}

const ACTIONS = {
  undo: () => travel("undo"),
  redo: () => travel("redo"),
  clear: clearSheet,
  example: () => desk.task.examples && putExample(),
  upload: () => chooseFile("place"),
  trace: () => desk.task.canvas === "lines" && chooseFile("trace"),
  mirror: () => toggle("mirror"),
  steady: () => toggle("steady"),
  dice: () => setSeed(Math.floor(Math.random() * 10000)),
  download: () => desk.picture && download(),
  share: () => desk.picture && shareCard(),
  side: () => setView("side"),
  slider: () => setView("slider"),
  live: () => setLive(!live),
  make: () => changed({ settled: true }),
};

function act(name) {
  if (ACTIONS[name]) ACTIONS[name]();
  else chooseTool(name);
}

// --- keys --------------------------------------------------------------------------------------

const keys = {};
for (const [name, [, key]] of Object.entries(COMMANDS)) {
  if (key.length === 1 && name !== "side" && name !== "slider") keys[key.toLowerCase()] = name;
}

function stepThrough(list, current, by) {
  return list[Math.max(0, Math.min(list.length - 1, list.indexOf(current) + by))];
}

function onKey(event) {
  if (!desk || !element.isConnected || studio.offsetParent === null || event.altKey) return;
  if (event.target.closest?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "z") travel(event.shiftKey ? "redo" : "undo");
  else if (command && key === "y") travel("redo");
  else if (command) return;
  else if (key === "delete") clearSheet();
  else if (key === "escape") cancelStroke();
  else if (key === "c") setView(view === "side" ? "slider" : "side");
  else if (key === "[" || key === "]") {
    chooseWidth(stepThrough(KITS[desk.task.canvas].widths, desk.width, key === "[" ? -1 : 1));
  } else if (/^[1-9]$/.test(key) && desk.task.palette[key - 1]) chooseValue(key - 1);
  else if (keys[key]) act(keys[key]);
  else return;
  event.preventDefault();
}

// Groups of radio buttons move with the arrow keys, as screen readers expect.
function onGroupKey(event) {
  const group = event.target.closest("[role=radiogroup]");
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!group || !by) return;
  const items = [...group.querySelectorAll("[role=radio]")];
  const next = items[(items.indexOf(event.target.closest("[role=radio]")) + by + items.length) % items.length];
  next.focus();
  next.click();
  group.querySelectorAll("[role=radio]")[items.indexOf(next)]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

// Drawing without a pointer: arrows move a cross, the space bar puts the pen down and lifts it.
let cross = { x: SIDE / 2, y: SIDE / 2, push: 1 };

function onSheetKey(event) {
  const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const { surface } = desk;
  if (by) {
    const reach = event.shiftKey ? 16 : 4;
    cross = {
      x: Math.max(0, Math.min(surface.width, cross.x + reach * by[0])),
      y: Math.max(0, Math.min(surface.height, cross.y + reach * by[1])),
      push: 1,
    };
    if (stroke) extendStroke(cross);
  } else if (event.key === " " || event.key === "Enter") {
    if (stroke) finishStroke();
    else startStroke(cross);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const mark = find(".cross");
  mark.style.display = "block";
  mark.style.left = `${sheet.offsetLeft + (cross.x / surface.width) * sheet.offsetWidth}px`;
  mark.style.top = `${sheet.offsetTop + (cross.y / surface.height) * sheet.offsetHeight}px`;
}

// --- pointers ----------------------------------------------------------------------------------

const touches = new Set();
let pointer = null;

sheet.addEventListener("pointerdown", (event) => {
  if (!desk) return;
  if (event.pointerType === "touch") {
    touches.add(event.pointerId);
    if (touches.size > 1) {
      // A second finger means: move the page, not draw.
      pointer = null;
      cancelStroke();
      return;
    }
  }
  if (event.button !== 0 || pointer !== null) return;
  event.preventDefault();
  sheet.focus({ preventScroll: true });
  find(".cross").style.display = "none";
  pointer = event.pointerId;
  sheet.setPointerCapture(pointer);
  startStroke(toModel(event));
});

sheet.addEventListener("pointermove", (event) => {
  moveCursor(event);
  if (event.pointerId !== pointer || !stroke) return;
  const events = event.getCoalescedEvents?.() || [];
  for (const each of events.length ? events : [event]) extendStroke(toModel(each));
});

function lift(event) {
  touches.delete(event.pointerId);
  if (event.pointerId !== pointer) return;
  pointer = null;
  if (event.type === "pointercancel") cancelStroke();
  else finishStroke();
}
sheet.addEventListener("pointerup", lift);
sheet.addEventListener("pointercancel", lift);
sheet.addEventListener("contextmenu", (event) => event.preventDefault());

// A ring as wide as the tip, so that one sees what will be painted or rubbed out.
const cursor = find(".cursor");

function moveCursor(event) {
  if (!desk) return;
  const free = ["pen", "brush", "eraser"].includes(desk.tool);
  const size = (markWidth(1) / desk.surface.width) * sheet.offsetWidth;
  cursor.style.display = free && event.pointerType !== "touch" && size > 5 ? "block" : "none";
  const box = stage.getBoundingClientRect();
  cursor.style.width = cursor.style.height = `${size}px`;
  cursor.style.transform = `translate(${event.clientX - box.left - size / 2}px, ${event.clientY - box.top - size / 2}px)`;
}
sheet.addEventListener("pointerleave", () => (cursor.style.display = "none"));

// --- wiring ------------------------------------------------------------------------------------

studio.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && !button.disabled) act(button.dataset.do);
});
studio.addEventListener("keydown", onGroupKey);
sheet.addEventListener("keydown", onSheetKey);
window.addEventListener("keydown", onKey);

fileInput.addEventListener("change", () => fileInput.files[0] && takeFile(fileInput.files[0], uploadFor));
window.addEventListener("paste", (event) => {
  if (studio.offsetParent === null) return;
  const item = [...(event.clipboardData?.items || [])].find((each) => each.type.startsWith("image/"));
  if (!item) return;
  event.preventDefault();
  takeFile(item.getAsFile());
});
for (const [type, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
  stage.addEventListener(type, (event) => {
    event.preventDefault();
    stage.classList.toggle("dropping", over);
    if (type === "drop" && event.dataTransfer.files[0]) takeFile(event.dataTransfer.files[0]);
  });
}

seedInput.addEventListener("change", () => setSeed(Number(seedInput.value)));
liveSwitch.addEventListener("change", () => setLive(liveSwitch.checked));
splitInput.addEventListener("input", moveSplit);
find(".enlarge").addEventListener("click", () => studio.classList.toggle("large"));

// Another tab may put a drawing or a seed here by setting the component's value.
watch("value", async () => {
  const value = props.value;
  if (!value || !tasks[value.task]?.ready) return;
  await chooseTask(value.task, { fresh: false });
  if (value.drawing) place(await decode(value.drawing));
  desk.seed = value.seed ?? desk.seed;
  seedInput.value = desk.seed;
  settle({ entry: "new" });
});

function buildResults() {
  find(".views").replaceChildren(
    ...["side", "slider"].map((name) => commandButton(name, { role: "radio", checked: name === view })),
  );
  find(".roll").replaceChildren(commandButton("dice"));
  find(".keep").replaceChildren(commandButton("download"), commandButton("share"));
  const make = document.createElement("button");
  Object.assign(make, { type: "button", className: "make", textContent: "Make the picture", hidden: true });
  make.dataset.do = "make";
  find(".frame").append(make);
}

async function open() {
  buildCards();
  buildResults();
  setView("side");
  const { start } = props;
  const memory = remembered();
  const name = tasks[memory.task]?.ready ? memory.task : start.task;
  for (const [each, url] of Object.entries(memory.drawings || {})) {
    if (!tasks[each]) continue;
    const image = await decode(url);
    openDesk(each).surface.place(image, image.width, image.height);
  }
  const kept = Boolean(desks[name]);
  await chooseTask(name, { fresh: false });
  if (kept) {
    settle({ entry: "new" });
  } else if (start.drawing) {
    desk.examples = [start.example];
    place(await decode(start.drawing), { keep: false });
    if (start.picture) {
      desk.picture = await decode(start.picture);
      desk.pictureUrl = start.picture;
      desk.drawingUrl = desk.surface.toDataURL();
      showPicture();
      record();
      tellPage();
    } else {
      settle({ entry: "new" });
    }
  }
  studio.dataset.open = "yes";
}

open();
