// @ts-check
// What the canvas asks a server for, answered in this browser: the functions of pix2pix/ui/panels/draw.py.

const TRACER = "photo2edges"; // the task whose model turns photos into lines

/** @typedef {import("./worker.js").Model} Model */

export class ModelServer {
  /**
   * @param {{ worker: string, settings: import("./worker.js").Settings, models: Model[],
   *   examples: Record<string, { name: string, file: string }[]> }} page what the exported page holds
   * @param {{ onProgress: (name: string, share: number) => void, onReady: (name: string, backend: any) => void,
   *   onFailure: (name: string, reason: string) => void }} told
   */
  constructor(page, told) {
    this.examples = page.examples;
    this.models = new Map(page.models.map((model) => [model.name, model]));
    this.told = told;
    /** @type {Set<string>} models that can be asked */
    this.ready = new Set();
    /** @type {Map<string, Promise<any>>} */
    this.loading = new Map();
    /** @type {Map<number, { done: (reply: any) => void, failed: (error: Error) => void }>} */
    this.waiting = new Map();
    this.number = 0;
    this.worker = new Worker(page.worker, { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.hear({ error: "this browser cannot run the page's worker" });
    this.call("settings", page.settings);
  }

  /** @param {any} message of the worker */
  hear({ number, progress, name, reply, error }) {
    if (progress !== undefined) return this.told.onProgress(name, progress);
    const heard = number ? [number] : [...this.waiting.keys()]; // without a number: the worker itself failed
    for (const each of heard) {
      const { done, failed } = this.waiting.get(each);
      this.waiting.delete(each);
      if (error) failed(new Error(error));
      else done(reply);
    }
  }

  /** @param {string} kind @param {any} content @returns {Promise<any>} */
  call(kind, content) {
    const number = ++this.number;
    return new Promise((done, failed) => {
      this.waiting.set(number, { done, failed });
      this.worker.postMessage({ number, kind, content });
    });
  }

  /** Begins to load a model unless it is there or on its way. @param {string} name @returns {Promise<any>} */
  load(name) {
    if (!this.loading.has(name)) {
      this.told.onProgress(name, 0);
      const loading = this.call("load", this.models.get(name));
      this.loading.set(name, loading);
      loading.then(
        (backend) => {
          this.ready.add(name);
          this.told.onReady(name, backend);
        },
        (error) => {
          this.loading.delete(name); // the next drawing tries again
          this.told.onFailure(name, error.message);
        },
      );
    }
    return this.loading.get(name);
  }

  /** One picture; "busy" while its model is on its way. @param {any} request as the canvas sends it */
  async live({ task, drawing, seed, color, exact, large, visit }) {
    if (!this.models.has(task)) return { error: `No model for “${task}” is on this page.` };
    try {
      if (!this.ready.has(task)) {
        const loading = this.load(task);
        // A live request is asked again, with the newest drawing; the others wait for their only answer.
        if (!exact && !String(visit).endsWith("-film")) {
          await Promise.race([loading, new Promise((done) => setTimeout(done, 200))]);
          if (!this.ready.has(task)) return { busy: true };
        }
        await loading;
      }
      const content = { name: task, drawing, seed: seed || 0, color: color || "", large: Boolean(exact && large) };
      return { hint: "", action: "", ...(await this.call("draw", content)) };
    } catch (error) {
      return { error: `The model could not be used: ${/** @type {Error} */ (error).message}.` };
    }
  }

  /** A drawing of the project's own, none twice before all have been seen. @param {{ task: string, seen?: string[], name?: string }} request */
  async example({ task, seen = [], name = "" }) {
    const all = this.examples[task] || [];
    if (name) {
      const named = all.find((one) => one.name === name);
      return named ? { name, drawing: named.file } : { error: `the link names the example “${name}”, which is not here` };
    }
    const last = seen.slice(-1)[0];
    const fresh = [all.filter((one) => !seen.includes(one.name)), all.filter((one) => one.name !== last), all].find((some) => some.length);
    if (!fresh) return { name: "", drawing: "" };
    const chosen = seen.length ? fresh[Math.floor(Math.random() * fresh.length)] : fresh[0];
    return { name: chosen.name, drawing: chosen.file };
  }

  /** A photo → lines to draw on. @param {{ photo: string }} request */
  async photo_to_lines({ photo }) {
    const reply = await this.live({ task: TRACER, drawing: photo, seed: 0, exact: true, visit: "photos" });
    return reply.picture ? { drawing: reply.picture } : reply;
  }

  get traces() {
    return this.models.has(TRACER);
  }
}
