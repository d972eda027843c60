// @ts-check
// The Real or fake? panel. props: opponents, practice, scored, exposure (ms).

import { PanelPage, decode, radios } from "./panel.js";

const GAP = 350; // ms of empty screen before each picture

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {import("./panel.js").Host} host */
export function mount(host) {
  const page = new PanelPage(host, show);
  const find = page.find.bind(page);
  const stage = find(".stage");
  const [first, second] = /** @type {any} */ (page.root.querySelectorAll("[data-answer]"));
  const picture = find("canvas").getContext("2d");
  const total = host.props.practice + host.props.scored;
  let session = null; // { checkpoint, seed, chose_first }
  let checkpoint = host.props.opponents.length ? host.props.opponents[0][0] : "";

  function phase(name, words = "") {
    stage.dataset.phase = name;
    find(".count").textContent = words;
    first.disabled = second.disabled = name !== "choose";
  }

  function start() {
    session = { checkpoint, seed: null, chose_first: [] };
    find(".words").textContent = "";
    find("[data-do=start]").textContent = "Start again";
    phase("rest", "Ready?");
    page.ask({ ...session, words: "The first pair is being made…" });
  }

  async function show(answer) {
    if (!session || answer.number !== session.chose_first.length) return;
    session.seed = answer.seed;
    find(".progress i").style.width = `${(100 * answer.number) / total}%`;
    if (answer.words) {
      phase("rest", `${answer.share.toFixed(0)} % taken for real`);
      find(".words").textContent = answer.words;
      session = null;
      return;
    }
    const mine = session;
    const images = await Promise.all(answer.pictures.map(decode));
    if (answer.right !== undefined) {
      phase("rest", answer.right ? "Right." : "No, it was the other one.");
      await pause(900);
    }
    if (answer.number === host.props.practice) {
      phase("rest", "Now it counts.");
      await pause(1200);
    }
    for (const [index, name] of ["first", "second"].entries()) {
      phase("rest", index ? "" : answer.practice ? `Practice ${answer.number + 1} of ${host.props.practice}` : `${answer.number + 1 - host.props.practice} of ${host.props.scored}`);
      await pause(index ? GAP : 2 * GAP);
      if (session !== mine) return;
      picture.drawImage(images[index], 0, 0, 256, 256);
      phase(name);
      await pause(host.props.exposure);
      if (session !== mine) return;
    }
    phase("choose", "Which one was real?");
  }

  function choose(chose) {
    if (stage.dataset.phase !== "choose") return;
    session.chose_first.push(chose);
    phase("rest");
    page.ask({ ...session });
  }

  radios(find(".who"), host.props.opponents, checkpoint, (value) => {
    checkpoint = value;
    if (session) start();
  });
  find(".who").hidden = host.props.opponents.length < 2;
  find("[data-do=start]").addEventListener("click", start);
  first.addEventListener("click", () => choose(true));
  second.addEventListener("click", () => choose(false));
  document.addEventListener("keydown", (event) => {
    if (page.root.offsetParent === null || /** @type {Element} */ (event.target).matches("input, textarea")) return;
    if (event.key === "1" || event.key === "2") choose(event.key === "1");
  });
  phase("rest", "Press Start");
}
