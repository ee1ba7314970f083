/** "Only in this view": the list holds what the map looks at, and follows it. */

import { theMap } from "./map/state.js";

const SETTLED_MS = 300;
// The first moves are the page's own, while it finds its place.
const STARTED_MS = 1200;

/** Keep the form's box equal to the view while the mark is set; `changed` asks the question anew. */
export async function followMap(form, changed) {
  const mark = document.getElementById("in-view");
  const box = form.elements.bbox;
  const map = await theMap;
  let timer;
  mark.closest("label").hidden = false;
  mark.addEventListener("change", () => { box.value = mark.checked ? seen(map) : ""; changed(); });
  addEventListener("popstate", () => { mark.checked = Boolean(box.value); });
  setTimeout(() => map.on("moveend", () => {
    if (!mark.checked) return;
    clearTimeout(timer);
    timer = setTimeout(() => { box.value = seen(map); changed(); }, SETTLED_MS);
  }), STARTED_MS);
}

function seen(map) {
  const view = map.getBounds();
  const edge = (value, most) => Math.min(Math.max(value, -most), most).toFixed(3);
  return [edge(view.getWest(), 180), edge(view.getSouth(), 90), edge(view.getEast(), 180), edge(view.getNorth(), 90)].join(",");
}
