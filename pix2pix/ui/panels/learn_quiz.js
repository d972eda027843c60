// @ts-check
// Real or fake? A session of the paper's study, and a room that adds up a class's results.

import { address } from "../address.js";
import { Requests } from "./learn_request.js";
import { decode, radios } from "./panel.js";

const GAP = 350; // ms of empty screen before each picture
const NEWS = 5000; // ms between looks at a room's result

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const { opponents, practice, scored, exposure, photos } = lesson.host.props.quiz;
  const questions = new Requests(lesson, section, "next_question");
  const rooms = new Requests(lesson, section, "class_result");
  const stage = find(".stage");
  const [first, second] = /** @type {any} */ (section.querySelectorAll("[data-answer]"));
  const picture = find("canvas").getContext("2d");
  const total = practice + scored;
  let session = null; // { checkpoint, seed, chose_first }
  let checkpoint = opponents.length ? opponents[0][0] : "";
  let room = "";
  let news = 0;

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
    next();
  }

  async function next() {
    const mine = session;
    const answer = await questions.once({ ...mine });
    if (!answer || session !== mine || answer.number !== session.chose_first.length) return;
    session.seed = answer.seed;
    find(".progress i").style.width = `${(100 * answer.number) / total}%`;
    if (answer.words) {
      phase("rest", `${answer.share.toFixed(0)} % taken for real`);
      find(".words").textContent = answer.words;
      session = null;
      if (room) look({ checkpoint: mine.checkpoint, seed: mine.seed, chose_first: mine.chose_first });
      return;
    }
    const images = await Promise.all(answer.pictures.map(decode));
    if (answer.right !== undefined) {
      phase("rest", answer.right ? "Right." : "No, it was the other one.");
      await pause(900);
    }
    if (answer.number === practice) {
      phase("rest", "Now it counts.");
      await pause(1200);
    }
    for (const [index, name] of ["first", "second"].entries()) {
      phase("rest", index ? "" : answer.practice ? `Practice ${answer.number + 1} of ${practice}` : `${answer.number + 1 - practice} of ${scored}`);
      await pause(index ? GAP : 2 * GAP);
      if (session !== mine) return;
      picture.drawImage(images[index], 0, 0, 256, 256);
      phase(name);
      await pause(exposure);
      if (session !== mine) return;
    }
    phase("choose", "Which one was real?");
  }

  function choose(chose) {
    if (stage.dataset.phase !== "choose") return;
    session.chose_first.push(chose);
    phase("rest");
    next();
  }

  /** The room's result, with a session added or without. @param {any} [finished] */
  async function look(finished = {}) {
    const answer = await rooms.once({ code: room, ...finished });
    if (!answer) return;
    room = answer.code;
    lesson.place({ room });
    find(".room").hidden = false;
    find(".room b").textContent = room;
    find(".room a").href = address.with({ tab: "learn", exhibit: "quiz", room });
    find("[data-do=room]").hidden = true;
    find(".together").textContent = answer.words || "Nobody in this room has finished yet.";
  }

  radios(find(".who"), opponents, checkpoint, (value) => {
    checkpoint = value;
    if (session) start();
  });
  find(".who").hidden = opponents.length < 2;
  find("[data-do=start]").addEventListener("click", start);
  find("[data-do=room]").addEventListener("click", () => look());
  first.addEventListener("click", () => choose(true));
  second.addEventListener("click", () => choose(false));
  document.addEventListener("keydown", (event) => {
    if (section.offsetParent === null || /** @type {Element} */ (event.target).matches("input, textarea")) return;
    if (event.key === "1" || event.key === "2") choose(event.key === "1");
  });
  phase("rest", photos ? "Press Start" : "No photos are here");
  find("[data-do=start]").disabled = !photos;
  if (!photos) find(".words").textContent = "This exhibit needs real façade photos with their label maps: start the studio with PIX2PIX_DATA=FOLDER.";

  return {
    open: () => {
      if (address.get("room") && address.get("room") !== room) {
        room = address.get("room");
        look();
      }
      clearInterval(news);
      news = setInterval(() => section.offsetParent !== null && room && !session && look(), NEWS);
    },
    drawn: () => {},
    close: () => {
      clearInterval(news);
      session = null;
      phase("rest", photos ? "Press Start" : "No photos are here");
    },
  };
}
