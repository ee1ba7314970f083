/** The sheet beside the map: one record in short, fetched as the server rendered it. */

import { recordLayer } from "./map/state.js";
import { ask } from "./net.js";

const sheet = document.getElementById("sheet");
const body = sheet.querySelector(".sheet-body");
const frame = document.querySelector(".explore");
let before = null;
let shown = null;

sheet.querySelector(".sheet-close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !sheet.hidden && !event.defaultPrevented) close();
});

/** Show a record; `name` is its collection's part of the address. */
export async function open(collection, ref) {
  light(false);
  const answer = await ask(`/${collection}/${encodeURIComponent(ref)}/card`);
  if (!answer?.ok) return false;
  // The server's own escaped page part; it is parsed without running anything.
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  body.replaceChildren(...part.body.childNodes);
  body.scrollTop = 0;
  if (sheet.hidden) before = document.activeElement;
  sheet.hidden = false;
  frame.classList.add("has-sheet");
  body.focus({ preventScroll: true });
  mark({ collection, ref });
  history.replaceState(history.state, "", `#${ref}`);
  return true;
}

export function close() {
  if (sheet.hidden) return;
  light(false);
  sheet.hidden = true;
  frame.classList.remove("has-sheet");
  mark(null);
  history.replaceState(history.state, "", location.pathname + location.search);
  before?.focus?.({ preventScroll: true });
}

/** Say in the list and on the map which record is open; also after either has changed. */
export function mark(record = shown) {
  shown = record;
  light(true);
  for (const row of document.querySelectorAll("[data-open][aria-current]")) row.removeAttribute("aria-current");
  if (record) document.querySelector(`[data-ref="${CSS.escape(record.ref)}"]`)?.setAttribute("aria-current", "true");
}

function light(on) {
  if (shown) recordLayer(shown.collection)?.highlight(shown.ref, on);
}
