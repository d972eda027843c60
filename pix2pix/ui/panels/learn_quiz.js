// @ts-check
// Real or fake? A session of the paper's study, and a room that adds up a class's results.

import { address } from "../address.js";
import { Requests } from "./learn_request.js";
import { decode, make } from "./panel.js";

const COUNT = 700; // ms for the number of the trial, before its picture
const VERDICT = 900; // ms for right or wrong, in practice
const NEWS = 5000; // ms between looks at a room's result

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @typedef {{ count: number, of: number, share: number, low: number, high: number }} Figure */

/** A share with its interval on a rail from 0 to 100 %. @param {string} name @param {Figure} figure */
function bar(name, { count, of, share, low, high }) {
  const said = `${count} of ${of} taken for photos; 95 % interval ${low.toFixed(0)} to ${high.toFixed(0)} %`;
  return make("div", { class: "figure", title: said, role: "img", "aria-label": `${name}: ${share.toFixed(0)} %, ${said}` },
    make("span", { text: name }),
    make("span", { class: "rail" },
      make("i", { style: `left: ${low}%; width: ${high - low}%` }),
      make("u", { style: `left: ${share}%` })),
    make("b", { text: `${share.toFixed(0)} %` }));
}

/** @param {Figure} made @param {Figure} real @param {string} who */
const inWords = (made, real, who) =>
  `${who} took ${made.count} of ${made.of} colored pictures for photos: ${made.share.toFixed(0)} %, ` +
  `95 % interval ${made.low.toFixed(0)} to ${made.high.toFixed(0)} %. Of the photos, ${real.count} of ${real.of}.`;

/** @param {import("./learn.js").Lesson} lesson @param {HTMLElement} section */
export function mount(lesson, section) {
  /** @type {(selector: string) => any} */
  const find = (selector) => section.querySelector(selector);
  const { practice, scored, exposure, ready } = lesson.host.props.quiz;
  const questions = new Requests(lesson, section, "next_question");
  const rooms = new Requests(lesson, section, "class_result");
  const stage = find(".stage");
  const buttons = /** @type {HTMLButtonElement[]} */ ([...section.querySelectorAll("[data-answer]")]);
  const picture = find("canvas").getContext("2d");
  const total = practice + scored;
  /** @type {{ seed: number | null, said_photo: boolean[], pictures: string[] } | null} */
  let session = null;
  let room = "";
  let news = 0;

  /** @param {string} name rest, shown or choose @param {string} [words] */
  function phase(name, words = "") {
    stage.dataset.phase = name;
    find(".count").textContent = words;
    for (const button of buttons) button.disabled = name !== "choose";
  }

  const idle = () => phase("rest", ready ? "Press Start" : "This exhibit needs the checkpoint gray2color");

  function start() {
    session = { seed: null, said_photo: [], pictures: [] };
    find(".mine").hidden = find(".review").hidden = true;
    find(".progress i").style.width = "0";
    find("[data-do=start]").textContent = "Start again";
    phase("rest", "Ready?");
    next();
  }

  async function next() {
    const mine = session;
    if (!mine) return;
    const answer = await questions.once({ seed: mine.seed, said_photo: mine.said_photo });
    if (session !== mine) return;
    if (!answer) {
      session = null;
      idle();
      return;
    }
    mine.seed = answer.seed;
    find(".progress i").style.width = `${(100 * answer.number) / total}%`;
    if (answer.made) {
      finish(mine, answer);
      return;
    }
    const image = await decode(answer.picture);
    mine.pictures.push(answer.picture);
    if (answer.right !== undefined) {
      const was = answer.was_made ? "the network colored it" : "it was a photo";
      phase("rest", answer.right ? `Right, ${was}.` : `No, ${was}.`);
      await pause(VERDICT);
    }
    if (answer.number === practice) {
      phase("rest", "Now it counts.");
      await pause(VERDICT);
    }
    if (session !== mine) return;
    phase("rest", answer.practice ? `Practice ${answer.number + 1} of ${practice}` : `${answer.number + 1 - practice} of ${scored}`);
    await pause(COUNT);
    if (session !== mine) return;
    picture.drawImage(image, 0, 0, 256, 256);
    phase("shown");
    await pause(exposure);
    if (session !== mine) return;
    phase("choose", "Which was it?");
  }

  /** @param {any} mine @param {any} answer */
  function finish(mine, answer) {
    session = null;
    phase("rest", `${answer.made.share.toFixed(0)} % taken for photos`);
    show(find(".mine"), answer, "You");
    for (const made of [true, false]) {
      find(`.thumbs.${made ? "made" : "real"}`).replaceChildren(
        ...mine.pictures.flatMap((/** @type {string} */ url, /** @type {number} */ at) => {
          if (at < practice || answer.made_trials[at] !== made) return [];
          return [make("img", { src: url, alt: "", "data-wrong": String(mine.said_photo[at] === made) })];
        }),
      );
    }
    find(".review").hidden = false;
    if (room) look({ seed: mine.seed, said_photo: mine.said_photo });
  }

  /** @param {any} part @param {any} answer @param {string} who */
  function show(part, answer, who) {
    part.hidden = false;
    part.querySelector(".figures").replaceChildren(bar("Colored", answer.made), bar("Photos", answer.real));
    part.querySelector("p").textContent = inWords(answer.made, answer.real, who);
  }

  /** @param {boolean} saidPhoto */
  function choose(saidPhoto) {
    if (stage.dataset.phase !== "choose" || !session) return;
    session.said_photo.push(saidPhoto);
    phase("rest");
    next();
  }

  /** The room's result, with a session added or without. @param {any} [finished] */
  async function look(finished = {}) {
    const answer = await rooms.once({ code: room, ...finished }, { quiet: !finished.seed });
    if (!answer) return;
    room = answer.code;
    lesson.place({ room });
    find(".room").hidden = false;
    find(".room b").textContent = room;
    find(".room a").href = address.with({ tab: "learn", exhibit: "quiz", room });
    find("[data-do=room]").hidden = true;
    find(".class").hidden = false;
    if (answer.made) show(find(".class"), answer, answer.sessions === 1 ? "One session" : `${answer.sessions} sessions together`);
    else find(".together").textContent = "Nobody in this room has finished yet.";
  }

  async function credit() {
    const list = find(".credits ul");
    if (list.children.length) return;
    const rows = await lesson.host.server.quiz_credits({});
    const link = (/** @type {string} */ text, /** @type {string} */ href) =>
      href ? make("a", { href, text, target: "_blank", rel: "noopener" }) : text;
    list.replaceChildren(...rows.map((/** @type {any} */ row) =>
      make("li", {}, link(row.title, row.source), `, ${row.author}, `, link(row.license, row.terms))));
  }

  find("[data-do=start]").addEventListener("click", start);
  find("[data-do=room]").addEventListener("click", () => look());
  for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.answer === "photo"));
  document.addEventListener("keydown", (event) => {
    if (section.offsetParent === null || /** @type {Element} */ (event.target).matches("input, textarea")) return;
    if (event.key === "1" || event.key === "2") choose(event.key === "1");
  });
  idle();
  find("[data-do=start]").disabled = !ready;

  return {
    open: () => {
      credit();
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
      idle();
    },
  };
}
