// @ts-check
// The requests of an exhibit: one in flight, and the newest wish next.

/** @typedef {import("./learn.js").Lesson} Lesson */

export class Requests {
  /** @param {Lesson} lesson @param {HTMLElement} section @param {string} name of the server function */
  constructor(lesson, section, name) {
    this.lesson = lesson;
    this.section = section;
    this.name = name;
    this.number = 0;
    this.busy = false;
    /** @type {any} */
    this.next = null;
  }

  /**
   * The newest wish is what counts; its answer goes to `show`.
   * @param {Record<string, any>} wish @param {(answer: any) => void} show
   */
  async newest(wish, show) {
    this.next = { wish, show };
    if (this.busy) return;
    this.busy = true;
    while (this.next) {
      const { wish: now, show: then } = this.next;
      this.next = null;
      const answer = await this.once(now);
      if (answer && !this.next) then(answer);
    }
    this.busy = false;
  }

  /** Counts the exhibit's requests under way, of all its Requests. @param {number} more */
  underWay(more) {
    const { dataset } = this.section;
    dataset.requests = String(Number(dataset.requests || 0) + more);
    dataset.busy = String(dataset.requests !== "0");
  }

  /**
   * One request, its answer, or null where there is none; the reason is said.
   * @param {Record<string, any>} wish @param {{ quiet?: boolean }} [options] quiet: nobody waits for it
   */
  async once(wish, { quiet = false } = {}) {
    const { lesson, section } = this;
    this.underWay(1);
    const slow = setTimeout(() => !quiet && lesson.say("One moment…"), 600);
    let answer;
    try {
      answer = await lesson.host.server[this.name]({ ...wish, visit: `${lesson.visit}-${this.name}`, number: ++this.number });
    } catch {
      answer = { error: "The server did not answer; please try again in a moment." };
    }
    clearTimeout(slow);
    this.underWay(-1);
    if (!answer || answer.superseded) return null;
    lesson.say(answer.error || "", answer.error ? "error" : "");
    section.dataset.answers = String(Number(section.dataset.answers || 0) + 1);
    return answer.error ? null : answer;
  }
}
