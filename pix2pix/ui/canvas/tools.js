// @ts-check
// The tools, their keys and their icons, as data. Knows nothing about the page or the pixels.

export const ICONS = {
  pen: "M4 20l1.2-4.6L16.4 4.2a1.7 1.7 0 0 1 2.4 0l1 1a1.7 1.7 0 0 1 0 2.4L8.6 18.8 4 20zM14.5 6.1l3.4 3.4",
  brush: "M20 4c-3 .8-7.6 4.7-9.6 7.600l2 2C15.3 11.6 19.2 7 20 4zM9.6 12.800c-2.2-.2-3.6 1-4 3.2-.2 1.3-.8 2.2-2 2.8 1 .8 2.4 1.2 3.8 1.2 2.7 0 4.4-1.9 4.2-4.6",
  eraser: "M9 20l-5-5a1.6 1.6 0 0 1 0-2.300l8.2-8.200a1.6 1.6 0 0 1 2.3 0l5 5a1.6 1.6 0 0 1 0 2.300L11.3 20H9zM8 8.700l7.3 7.300M11 20h9",
  line: "M5 19L19 5M3.5 19a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0M17.5 5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
  ellipse: "M3 12a9 6.5 0 1 0 18 0 9 6.5 0 1 0-18 0",
  rectangle: "M4 6h16v12H4z",
  fill: "M11 3.500l7.5 7.500a1.5 1.5 0 0 1 0 2.100l-5.4 5.400a1.5 1.5 0 0 1-2.1 0l-6-6a1.5 1.5 0 0 1 0-2.100L12 4.500M4.6 11.500h14.300M20.5 16.500c1 1.5 1.5 2.3 1.5 3a1.5 1.5 0 0 1-3 0c0-.7.5-1.5 1.5-3z",
  pick: "M13 7l4 4M11.5 8.500l-6.8 6.800c-.8.8-1.2 1.8-1.2 2.900L3 21l2.8-.5c1.1 0 2.1-.4 2.9-1.200l6.8-6.800M14.5 5.500l2-2a2.5 2.5 0 0 1 4 4l-2 2",
  select: "M5 3l14 8-6 1.500L10 19z",
  row: "M3 7h4v10H3zM10 7h4v10h-4zM17 7h4v10h-4z",
  snap: "M4 4h16v16H4zM12 4v16M4 12h16",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9 9h6v6H9z",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  link: "M9.5 14.500l5-5M8 11l-2.500 2.500a3.5 3.5 0 0 0 5 5L13 16M16 13l2.500-2.500a3.5 3.5 0 0 0-5-5L11 8",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4",
  card: "M4 5h16v14H4zM12 5v14M14.5 15.500h3M6.5 9.500c1-2 2-2 2.5 0s-1.5 3-2.5 5",
  duplicate: "M8 8h12v12H8zM16 8V4H4v12h4",
  remove: "M5 5l14 14M19 5L5 19",
  mirror: "M12 3v18M9 7L3.5 17H9zM15 7l5.5 10H15z",
  steady: "M3 15c3-7 5.5-7 8-1.500S16.5 19 21 9",
  undo: "M8.5 5L4 9.5 8.5 14M4.5 9.500H14a5.5 5.5 0 0 1 0 11h-3",
  redo: "M15.5 5L20 9.5 15.5 14M19.5 9.500H10a5.5 5.5 0 0 0 0 11h3",
  clear: "M5 7h14M10 7V4.500h4V7M6.5 7l1 13h9l1-13M10 11v5.500M14 11v5.5",
  example: "M4 7h3.500l8 10H20M4 17h3.500l2.3-2.900M13.2 9.900L15.5 7H20M17.5 4.500L20 7l-2.5 2.500M17.5 14.500L20 17l-2.5 2.5",
  upload: "M12 16V4.500M7.5 9L12 4.5 16.5 9M4.5 15.500v4h15v-4",
  camera: "M4 8h3.500l1.500-2.500h6L16.5 8H20v11H4zM8.700 13.200a3.3 3.3 0 1 0 6.6 0 3.3 3.3 0 1 0-6.6 0",
  trace: "M4 5.500h16v13H4zM4 16l5-5.5 4 4.5 2.5-2.500L20 17M15.5 9.500h.01",
  dice: "M4.5 4.5h15v15h-15zM8.4 8.5a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M14.6 8.5a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M8.4 15.5a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M14.6 15.5a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0",
  download: "M12 4.500V16M7.5 11.500L12 16l4.5-4.500M4.5 16v3.500h15V16",
  share: "M12 15V3.500M8 7.500l4-4 4 4M6 11H4.500v9.500h15V11H18",
  side: "M3.5 5h7.500v14H3.500zM13 5h7.500v14H13z",
  slider: "M3.5 5h17v14h-17zM12 3v18M9.5 10.500L8 12l1.5 1.500M14.5 10.500L16 12l-1.5 1.5",
};

/** @param {string} name @returns {string} SVG */
export function icon(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${ICONS[name]}"/></svg>`;
}

// For each canvas kind: its tools, the first one selected at the start; widths in model pixels.
/** @type {Record<string, { tools: string[], switches: string[], widths: number[], width: number }>} */
export const KITS = {
  lines: {
    tools: ["pen", "eraser", "line", "ellipse", "select"],
    switches: ["mirror", "steady"],
    widths: [1, 2, 4, 8],
    width: 2,
  },
  labels: {
    tools: ["rectangle", "row", "brush", "fill", "line", "ellipse", "pick", "select"],
    switches: ["mirror", "snap"],
    widths: [2, 5, 10, 20],
    width: 5,
  },
  mask: { tools: ["brush", "rectangle", "eraser"], switches: [], widths: [6, 14, 28, 56], width: 28 },
  photo: { tools: [], switches: [], widths: [], width: 1 },
};

// name: [word on the page, key, what it does]
/** @type {Record<string, [string, string, string]>} */
export const COMMANDS = {
  pen: ["Pen", "P", "Draw freely"],
  brush: ["Brush", "B", "Paint freely"],
  eraser: ["Eraser", "E", "Rub out"],
  line: ["Line", "L", "Drag a straight line"],
  ellipse: ["Ellipse", "O", "Drag an ellipse"],
  rectangle: ["Box", "R", "Drag a rectangle"],
  row: ["Row", "W", "Drag a row of boxes, for example windows"],
  select: ["Select", "Q", "Choose, move, scale, duplicate (Ctrl+D) and delete what you drew"],
  fill: ["Fill", "F", "Fill an area"],
  pick: ["Pick", "I", "Pick up a color from the canvas"],
  mirror: ["Mirror", "M", "Draw both halves at once"],
  steady: ["Steady", "S", "Smooth out a shaky hand"],
  snap: ["Grid", "G", "Boxes, lines and moves snap to a grid"],
  undo: ["Undo", "Ctrl+Z", "Take back"],
  redo: ["Redo", "Ctrl+Shift+Z", "Do again"],
  clear: ["Clear", "Delete", "Empty the canvas"],
  example: ["Example", "X", "Put another drawing on the canvas"],
  upload: ["Upload", "U", "Open a picture; pasting or dropping one works too"],
  trace: ["From a photo", "T", "Turn a photo into lines to draw on"],
  camera: ["Camera", "K", "Take a picture, or let what the camera sees become the picture live"],
  dice: ["New seed", "N", "Another random seed for the dropout noise"],
  download: ["Save", "D", "Download the picture as PNG, as large as you choose or as your photo"],
  share: ["Share", "A", "Send, copy or save the picture, a card, a film or a link"],
  side: ["Side by side", "C", "Drawing left, picture right"],
  slider: ["Slider", "C", "Drawing over picture, with a handle to drag"],
  live: ["Live", "V", "The picture follows the pen"],
};

/** @param {string} name */
export function tooltip(name) {
  const [word, key, text] = COMMANDS[name];
  return `${word} (${key}): ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
