// @ts-check
// A loupe over several pictures at once: at the same place of each. Knows only the frames (.sight) and their
// lenses (.lens).

const ZOOM = 3; // against the picture as it is shown

/** @param {HTMLElement} sights the element that holds the frames, which may change */
export function attachLoupe(sights) {
  const loupe = { x: 0.5, y: 0.5 };

  /** @param {number} x @param {number} y shares of the picture */
  function look(x, y) {
    loupe.x = Math.max(0, Math.min(1, x));
    loupe.y = Math.max(0, Math.min(1, y));
    sights.classList.add("looking");
    for (const lens of /** @type {Iterable<any>} */ (sights.querySelectorAll(".lens"))) {
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

  /** @param {PointerEvent} event */
  function lookAt(event) {
    // A finger drags: the browser keeps its events with the picture that it touched first.
    const frame = /** @type {Element} */ (event.target).closest(".sight");
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
}
