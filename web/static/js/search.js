/** Suggestions under the search box; without this script the box opens the search page. */

import { el } from "./dom.js";
import { askJson } from "./net.js";

const KINDS = { projects: "Projects", deposits: "Deposits", places: "Places" };
const WAIT_MS = 160;

const form = document.querySelector("form[data-suggest]");
const input = form?.querySelector("input");
const list = form?.querySelector(".suggestions");
let asked = 0;
let timer;

if (form) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, WAIT_MS); });
  input.addEventListener("focus", () => { if (list.hasChildNodes()) open(true); });
  input.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) open(false); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
  });
}

async function suggest() {
  const text = input.value.trim();
  const turn = ++asked;
  if (text.length < 2) { list.replaceChildren(); open(false); return; }
  const hits = await askJson(`${form.dataset.suggest}?${new URLSearchParams({ q: text })}`);
  if (hits && turn === asked) show(hits);
}

function show(hits) {
  const parts = Object.entries(KINDS).flatMap(([kind, title]) => {
    const found = hits.filter((hit) => hit.kind === kind);
    return found.length ? [el("h3", {}, title), ...found.map(row)] : [];
  });
  list.replaceChildren(...(parts.length ? parts : [el("p", {}, "Nothing has this name.")]));
  open(true);
}

function row(hit, place) {
  const link = el("a", { class: "suggestion", role: "option", id: `hit-${hit.kind}-${place}`, href: hit.url, tabindex: "-1", "aria-selected": "false" },
    hit.title, el("span", {}, hit.note));
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    // The map page shows the hit on its map; elsewhere the link is followed.
    const goes = document.dispatchEvent(new CustomEvent("qadam:found", { detail: hit, cancelable: true }));
    if (!goes) { event.preventDefault(); open(false); }
  });
  return link;
}

function onKey(event) {
  const rows = [...list.querySelectorAll(".suggestion")];
  const at = rows.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") { open(false); return; }
  if (event.key === "Enter" && at >= 0 && !list.hidden) { event.preventDefault(); rows[at].click(); return; }
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || !rows.length) return;
  event.preventDefault();
  open(true);
  const next = rows[(at + (event.key === "ArrowDown" ? 1 : rows.length - (at < 0 ? 0 : 1)) + rows.length) % rows.length];
  rows.forEach((one) => one.setAttribute("aria-selected", String(one === next)));
  input.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function open(on) {
  list.hidden = !on;
  input.setAttribute("aria-expanded", String(on));
  if (!on) input.removeAttribute("aria-activedescendant");
}
