/** Land, water, borders and names: the ground the records stand on. */

import { askJson } from "../net.js";
import { drawLabels } from "./labels.js";
import { pane } from "./state.js";

const GROUND = {
  neighbours: { z: 210, className: "land land-neighbour" },
  countries: { z: 220, className: "land land-country" },
  lakes: { z: 230, className: "water" },
  admin1: { z: 240, className: "border border-admin1" },
};

export default async function reference(map, { layers }) {
  // Each has a pane of its own, so whichever comes first is drawn first.
  const files = await Promise.all(layers.map(async ({ id, url }) => {
    const data = await askJson(url);
    if (data && id in GROUND) draw(map, id, data);
    if (data && id === "countries") outline(map, data);
    return [id, data?.features];
  }));
  drawLabels(map, Object.fromEntries(files));
}

function draw(map, id, data) {
  const { z, className } = GROUND[id];
  L.geoJSON(data, {
    pane: pane(map, id, z, false),
    renderer: L.svg({ pane: id, padding: 0.5 }),
    interactive: false,
    smoothFactor: 1.2,
    style: ({ properties }) => (properties.border
      ? { className: "border border-neighbour", fill: false } : { className, fill: id !== "admin1", stroke: true }),
    pmIgnore: true,
  }).addTo(map);
}

/** Borders of the five once more, above the water and the provinces. */
function outline(map, data) {
  pane(map, "borders", 250, false);
  L.geoJSON(data, {
    pane: "borders",
    renderer: L.svg({ pane: "borders", padding: 0.5 }),
    interactive: false,
    smoothFactor: 1.2,
    style: { className: "border border-country", fill: false },
    pmIgnore: true,
  }).addTo(map);
}
