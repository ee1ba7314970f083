/** The legend: only what the map shows. */

import { el } from "../dom.js";
import { recordLayer } from "./state.js";

const SMALL = 800;
const KEY = "qadam.legend";

export function legendControl(sections) {
  const control = L.control({ position: "bottomleft" });
  control.onAdd = (map) => {
    const body = el("div", { class: "legend-body" });
    const box = el("details", { class: "legend", open: wanted() ?? map.getSize().x > SMALL }, el("summary", {}, "Legend"), body);
    const fill = () => {
      body.replaceChildren(...sections.map(section).filter(Boolean));
      box.hidden = !body.hasChildNodes();
    };
    for (const name of ["qadam:drawn", "qadam:layers"]) map.getContainer().addEventListener(name, fill);
    map.on("layeradd layerremove", ({ layer }) => { if (layer instanceof L.LayerGroup) fill(); });
    box.querySelector("summary").addEventListener("click", () => keep(!box.open));
    fill();
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;

    function section({ collection, title, by, rows }) {
      const layer = recordLayer(collection);
      if (!layer || !map.hasLayer(layer.group)) return null;
      const present = new Set(layer.features.map((feature) => feature.properties[by]));
      const shown = rows.filter((row) => row.values.some((value) => present.has(value)));
      if (!shown.length) return null;
      return el("section", { "aria-label": title }, el("p", { class: "legend-title" }, title),
        el("ul", {}, ...shown.map((row) => el("li", {}, el("span", { class: `key key-${by} ${by}-${row.key}`, "aria-hidden": "true" }), row.label))));
    }
  };
  return control;
}

/** Open or folded as the reader last left it on a wide map; null where they never touched it. */
function wanted() {
  if (innerWidth <= SMALL) return null;
  try { return { open: true, folded: false }[localStorage.getItem(KEY)] ?? null; } catch { return null; }
}

function keep(open) {
  if (innerWidth <= SMALL) return;
  try { localStorage.setItem(KEY, open ? "open" : "folded"); } catch { /* a private window keeps nothing */ }
}
