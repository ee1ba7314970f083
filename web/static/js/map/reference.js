/** Land, water, borders and names: the ground the records stand on. */

import { askJson } from "../net.js";
import { drawLabels } from "./labels.js";
import { pane } from "./state.js";

// From below; one drawing for all of it.
const GROUND = {
  neighbours: "land land-neighbour",
  countries: "land land-country",
  lakes: "water",
  admin1: "border border-admin1",
  borders: "border border-country",
};
const PADDING = 0.3;

export default async function reference(map, { layers }) {
  pane(map, "ground", 210, false);
  const ground = { renderer: L.svg({ pane: "ground", padding: PADDING }), drawn: {} };
  const files = await Promise.all(layers.map(async ({ id, url }) => {
    const data = await askJson(url);
    if (data && id in GROUND) draw(map, ground, id, data);
    // The five once more, above the water and the provinces.
    if (data && id === "countries") draw(map, ground, "borders", data);
    return [id, data?.features];
  }));
  drawLabels(map, Object.fromEntries(files));
}

function draw(map, { renderer, drawn }, id, data) {
  const isLine = id === "admin1" || id === "borders";
  drawn[id] = L.geoJSON(data, {
    pane: "ground",
    renderer,
    interactive: false,
    smoothFactor: 1.2,
    style: ({ properties }) => (properties.border
      ? { className: "border border-neighbour", fill: false } : { className: GROUND[id], fill: !isLine }),
    pmIgnore: true,
  }).addTo(map);
  // Whichever file comes first, the order is the same.
  for (const each of Object.keys(GROUND)) drawn[each]?.bringToFront();
}
