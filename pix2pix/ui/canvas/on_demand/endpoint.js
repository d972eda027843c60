// @ts-check
// The endpoint /translate, called as any program calls it: upload, start, wait for the event, fetch the picture.
//
// Files go there because they are larger than what the canvas's own functions take.

const PATIENCE = 180000; // ms for all of it
const NO_ANSWER = "the server did not answer";

/**
 * A file → the PNG that the server makes of it. Rejects with one line where it does not.
 * @param {Blob} file @param {{ task: string, seed: number, color: string, size: string }} wanted color "": as the seed draws it
 * @returns {Promise<Blob>}
 */
export async function translateFile(file, { task, seed, color, size }) {
  const signal = AbortSignal.timeout(PATIENCE);
  const form = new FormData();
  form.append("files", file, `picture.${file.type.split("/")[1] || "png"}`);
  const [path] = JSON.parse(await text("upload", { method: "POST", body: form, signal }));
  const image = { path, meta: { _type: "gradio.FileData" } };
  const body = JSON.stringify({ data: [image, task, seed, color || "seed", size] });
  const headers = { "content-type": "application/json" };
  const { event_id } = JSON.parse(await text("call/translate", { method: "POST", headers, body, signal }));
  const events = await text(`call/translate/${event_id}`, { signal });
  const [, kind, data] = [...events.matchAll(/^event: (complete|error)\ndata: (.*)$/gm)].at(-1) || [];
  const found = data ? JSON.parse(data) : null;
  if (kind !== "complete") throw new Error((found && (found.error || found)) || NO_ANSWER);
  return call(`file=${found[0].path}`, { signal });
}

/** @param {string} route @param {RequestInit} options */
const text = async (route, options) => (await call(route, options)).text();

/** The whole answer. @param {string} route @param {RequestInit} options @returns {Promise<Blob>} */
async function call(route, options) {
  let reply, content;
  try {
    reply = await fetch(new URL(`gradio_api/${route}`, document.baseURI), options);
    content = await reply.blob();
  } catch {
    throw new Error(NO_ANSWER);
  }
  if (reply.ok) return content;
  const told = await content.text().then(JSON.parse).catch(() => null);
  throw new Error(told?.error || "the server refused it");
}
