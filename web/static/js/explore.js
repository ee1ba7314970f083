/** The map page: filters, list, sheet and map speak of the same question. */

import { form, watch } from "./filters.js";
import { followMap } from "./inview.js";
import { addressOf, load } from "./live.js";
import { recordLayer, recordLayers, say, theMap } from "./map/state.js";
import { isPhone, set } from "./panel.js";
import { mark, open } from "./sheet.js";

const PLACE_MS = 5000;

watch(show);
form.addEventListener("change", ({ target }) => { if (target.name === "country") zoomToCountries(); });

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const row = event.target.closest("[data-open]");
  if (!row) return;
  event.preventDefault();
  openRecord(row.dataset.open, row.dataset.ref, true);
});

for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(name, (event) => {
    const row = event.target.closest?.("[data-open]");
    if (row) recordLayer(row.dataset.open)?.highlight(row.dataset.ref, on);
  });
}

document.addEventListener("qadam:open", ({ detail }) => openRecord(detail.collection, detail.ref, false));
document.addEventListener("qadam:hover", ({ detail }) => {
  document.querySelector(`.card[data-ref="${CSS.escape(detail.ref)}"]`)?.classList.toggle("is-lit", detail.on);
});
// Marks that come out of a cluster, or are drawn anew, know nothing of the open card.
for (const name of ["qadam:settled", "qadam:drawn"]) document.addEventListener(name, () => mark());
document.addEventListener("qadam:found", (event) => {
  event.preventDefault();
  const { kind, ref, lat, lon } = event.detail;
  if (kind === "places") theMap.then((map) => showPlace(map, [lat, lon], event.detail.title));
  else openRecord(kind, ref, true);
});

followMap(form, follow);
start();

/** An address may name a record (#P-000001) or a place (#lat,lon,zoom). */
async function start() {
  const anchor = decodeURIComponent(location.hash.slice(1));
  const place = anchor.split(",").map(Number);
  if (place.length === 3 && place.every(Number.isFinite)) {
    (await theMap).setView([place[0], place[1]], place[2]);
  } else if (/^[PDC]-/.test(anchor)) {
    const collection = { P: "projects", D: "deposits", C: "corridors" }[anchor[0]];
    await drawn(collection);
    openRecord(collection, anchor, true);
  }
}

/** Wait until the map shows the records of a collection. */
function drawn(collection) {
  return new Promise((resolve) => {
    if (recordLayer(collection)?.features.length) resolve();
    document.addEventListener("qadam:drawn", ({ detail }) => { if (detail.collection === collection) resolve(); });
  });
}

/** The list follows the map: same place in the history, nothing to draw anew. */
async function follow() {
  const address = addressOf(form);
  history.replaceState(null, "", address + location.hash);
  if (await load(address)) mark();
}

async function show(address) {
  const query = new URL(address, location.href).searchParams;
  if (!await load(address)) return;
  mark();
  await Promise.all(recordLayers().map((layer) => layer.refresh(query)));
}

async function zoomToCountries() {
  const codes = [...form.querySelectorAll("[name=country]:checked")].map((box) => box.value);
  say(await theMap, "qadam:zoom", { codes });
}

async function openRecord(collection, ref, move) {
  const map = await theMap;
  const found = await open(collection, ref);
  if (!found) return;
  if (isPhone()) set("peek");
  const bounds = recordLayer(collection)?.find(ref);
  if (move && bounds) bring(map, bounds);
  if (!move && !isPhone()) document.querySelector(`.card[data-ref="${CSS.escape(ref)}"]`)?.scrollIntoView({ block: "nearest" });
}

/** Go to a town, and name it there for a while. */
function showPlace(map, at, name) {
  map.flyTo(at, 9, { duration: 0.6 });
  const sign = document.createElement("strong");
  sign.textContent = name;
  const tip = L.tooltip({ direction: "top", className: "tip", opacity: 1 }).setLatLng(at).setContent(sign).addTo(map);
  setTimeout(() => tip.remove(), PLACE_MS);
}

/** Move the map so that a record is seen beside the sheet; never zoom out. */
function bring(map, bounds) {
  const side = isPhone() ? [0, map.getSize().y * 0.6] : [400, 0];
  const zoom = Math.max(map.getZoom(), Math.min(map.getBoundsZoom(bounds, false, L.point(40, 40)), 8));
  const centre = map.project(bounds.getCenter(), zoom).add([side[0] / 2, side[1] / 2]);
  map.flyTo(map.unproject(centre, zoom), zoom, { duration: 0.5 });
}
