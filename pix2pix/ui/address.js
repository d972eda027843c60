// @ts-check
// The page's state in its address: ?tab=…&task=…&seed=…&example=… and more, and #d=… for a drawing.
//
// One instance for the whole page (`address`); every panel may keep parameters of its own in it:
//   address.get("exhibit")                       what the address says now, "" for nothing
//   address.set({ exhibit: "noise" })            a step that "back" takes back
//   address.set({ seed: 4 }, { replace: true })  the same place, described again
//   address.onChange((address) => …)             after back or forward, never after set
// An empty value removes a parameter. Parameters of others (?__theme=dark) stay.

export class Address {
  /** @param {Window} view */
  constructor(view) {
    this.view = view;
    /** @type {((address: Address) => void)[]} */
    this.listeners = [];
    view.addEventListener("popstate", () => this.listeners.forEach((then) => then(this)));
  }

  /** @param {string} name @returns {string} */
  get(name) {
    const { search, hash } = this.view.location;
    if (name === "d") return new URLSearchParams(hash.slice(1)).get("d") || "";
    return new URLSearchParams(search).get(name) || "";
  }

  /** The address with some parameters changed. @param {Record<string, string | number | null | undefined>} changes */
  with(changes) {
    const url = new URL(this.view.location.href);
    for (const [name, value] of Object.entries(changes)) {
      const text = value === null || value === undefined ? "" : String(value);
      if (name === "d") url.hash = text ? `d=${text}` : "";
      else if (text) url.searchParams.set(name, text);
      else url.searchParams.delete(name);
    }
    return url.href;
  }

  /** @param {Record<string, string | number | null | undefined>} changes @param {{ replace?: boolean }} [options] */
  set(changes, { replace = false } = {}) {
    const href = this.with(changes);
    if (href === this.view.location.href) return;
    if (replace) this.view.history.replaceState(this.view.history.state, "", href);
    else this.view.history.pushState(null, "", href);
  }

  /** @param {(address: Address) => void} then */
  onChange(then) {
    this.listeners.push(then);
  }
}

export const address = new Address(window);
