/** The shortest lines between a record and what lies near it. */

import { pane } from "./state.js";

export function links(map) {
  pane(map, "links", 415, false);
  const group = L.featureGroup();
  return {
    group,
    draw(features) {
      for (const { geometry, properties } of features) {
        L.geoJSON(geometry, {
          pane: "links", interactive: false, pmIgnore: true,
          style: { className: properties.matters ? "link link-matters" : "link" },
        }).addTo(group);
      }
    },
    highlight() {},
    find() {},
  };
}
