/** Records without a mark of their own: their bare shapes, each with its name. */

import { act } from "./marks.js";
import { shapesPane, stack } from "./state.js";

export function shapes(map) {
  shapesPane(map);
  const group = L.featureGroup();
  return {
    group,
    draw(features) {
      group.clearLayers();
      for (const feature of features) group.addLayer(add(map, feature));
      stack("shapes", group);
    },
    highlight() {},
    find() {},
  };
}

function add(map, feature) {
  const look = { pane: "shapes", pmIgnore: true, className: "bare-shape" };
  const layer = L.geoJSON(feature.geometry, {
    ...look,
    style: look,
    pointToLayer: (_point, place) => L.circleMarker(place, { ...look, radius: 6 }),
  });
  layer.eachLayer((path) => act(map, path, feature, []));
  return layer;
}
