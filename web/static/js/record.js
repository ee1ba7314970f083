/** A record's page: a row of the table lights its mark on the map, and the reverse; a click on the map opens it. */

import { recordLayer } from "./map/state.js";

for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(name, (event) => {
    const row = event.target.closest?.("[data-open]");
    if (row) recordLayer(row.dataset.open)?.highlight(row.dataset.ref, on);
  });
}

document.addEventListener("qadam:hover", ({ detail }) => {
  document.querySelector(`[data-ref="${CSS.escape(detail.ref)}"]`)?.classList.toggle("is-lit", detail.on);
});

document.addEventListener("qadam:open", ({ detail }) => {
  const address = `/${detail.collection}/${encodeURIComponent(detail.ref)}`;
  if (address !== location.pathname) location.href = address;
});
