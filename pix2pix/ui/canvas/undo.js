// @ts-check
// Undo and redo of any kind of state.

/** @template State */
export class UndoStack {
  constructor(limit = 60) {
    this.limit = limit;
    /** @type {State[]} */
    this.done = [];
    /** @type {State[]} */
    this.undone = [];
  }

  /** @param {State} state as it was before a change */
  push(state) {
    this.done.push(state);
    if (this.done.length > this.limit) this.done.shift();
    this.undone = [];
  }

  /** @param {State} state the present one @returns {State | null} the one before it */
  undo(state) {
    if (!this.done.length) return null;
    this.undone.push(state);
    return this.done.pop();
  }

  /** @param {State} state the present one @returns {State | null} the one that was undone last */
  redo(state) {
    if (!this.undone.length) return null;
    this.done.push(state);
    return this.undone.pop();
  }
}
