/** The form: how complete the record is, more partners, the place in words, and nothing typed is lost. */

import { el } from "./dom.js";
import { askJson } from "./net.js";

const form = document.getElementById("edit-form");
const place = document.getElementById("geometry");
const read = document.getElementById("geometry-read");
const TYPING_MS = 400;
let timer;
let turn = 0;
let sent = false;

document.querySelector("#faults, #alike, #conflict")?.focus();
complete();
const untouched = written();

form.addEventListener("input", complete);
form.addEventListener("change", complete);
form.addEventListener("submit", () => { sent = true; });
addEventListener("beforeunload", (event) => {
  if (!sent && written() !== untouched) event.preventDefault();
});
addEventListener("pageshow", () => { sent = false; });

for (const link of document.querySelectorAll(".fault-summary a")) {
  link.addEventListener("click", (event) => {
    const field = document.querySelector(link.hash);
    if (!field) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    field.focus();
  });
}

place.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => look(true), TYPING_MS); });
place.addEventListener("change", (event) => { if (event.detail?.drawn) look(false); });
if (place.value.trim()) look(false);

const add = document.querySelector("[data-add-partner]");
if (add) {
  add.hidden = false;
  add.addEventListener("click", () => {
    const list = document.querySelector(".partner-list");
    const row = list.lastElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("input, select")) field.value = "";
    list.append(row);
    row.querySelector("input").focus();
  });
}

/** How many of the named questions have an answer; a row of partners counts once. */
function complete() {
  const names = new Set([...form.elements].filter((one) => one.name && !["hidden", "submit"].includes(one.type) && one.name !== "reason").map((one) => one.name));
  const data = new FormData(form);
  const said = [...names].filter((name) => data.getAll(name).some((value) => String(value).trim()));
  const percent = Math.round((said.length / names.size) * 100);
  const box = document.querySelector(".complete");
  box.hidden = false;
  box.querySelector("progress").value = percent;
  box.querySelector("output").textContent = `${percent}% (${said.length} of ${names.size})`;
}

function written() {
  return new URLSearchParams(new FormData(form)).toString();
}

/** Ask the server what it reads in the box; where it was typed, show that on the map. */
async function look(typed) {
  const mine = ++turn;
  if (!place.value.trim()) { tell("", false); if (typed) draw(null); return; }
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, geometry: place.value, ref: place.dataset.ref });
  const said = await askJson(place.dataset.read, { method: "POST", body, headers: { Accept: "application/json" } });
  if (mine !== turn || !said) return;
  tell(said.sentence, said.fault, said.near);
  if (typed && said.geometry) draw(said.geometry);
}

function draw(geometry) {
  place.dispatchEvent(new CustomEvent("qadam:shape", { detail: { geometry } }));
}

function tell(sentence, isFault, near = []) {
  read.replaceChildren(...(sentence ? [el("p", {}, sentence), ...near.map(list)] : []));
  read.classList.toggle("is-fault", Boolean(isFault));
}

/** What lies around the place; links open beside the form, which is not stored yet. */
function list({ title, first }) {
  return el("details", { class: "read-near" }, el("summary", {}, title), el("ul", {}, ...first.map(({ name, url, distance }) =>
    el("li", {}, el("a", { href: url, target: "_blank", rel: "noopener" }, name), el("span", { class: "quiet" }, distance)))));
}
