/** The shortest lines between a record and what lies near it, and how far is near. */

import { el } from "../dom.js";
import { shapesPane, stack } from "./state.js";

const WORDS = { reach: (km) => `${km} km`, doubt: (km) => `± ${km} km` };

export function links(map, { rings = [] }) {
  shapesPane(map);
  const around = L.featureGroup();
  const lines = L.featureGroup();
  return {
    group: L.layerGroup([around, lines]),
    draw(features) {
      for (const ring of rings) around.addLayer(circle(ring));
      for (const { geometry, properties } of features) {
        L.geoJSON(geometry, {
          pane: "shapes", interactive: false, pmIgnore: true,
          style: { className: properties.matters ? "link link-matters" : "link" },
        }).addTo(lines);
      }
      stack("rings", around);
      stack("links", lines);
    },
    highlight() {},
    find() {},
  };
}

/** A circle of so many kilometres, with its radius written at the top. */
function circle({ at: [lon, lat], km, kind, colour }) {
  const ring = L.circle([lat, lon], {
    radius: km * 1000, pane: "shapes", interactive: false, pmIgnore: true, className: `${kind} ${colour}`,
  });
  ring.on("add", () => {
    const top = L.latLng(ring.getBounds().getNorth(), lon);
    L.tooltip({ permanent: true, direction: "top", className: "name name-quiet", offset: [0, 4] })
      .setLatLng(top).setContent(el("span", {}, WORDS[kind](km))).addTo(ring._map);
  });
  return ring;
}
