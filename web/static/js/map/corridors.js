/** Corridors: dashed lines, coloured by whose territory the route depends on. */

import { act } from "./marks.js";
import { shapesPane, stack } from "./state.js";

export function corridors(map) {
  shapesPane(map);
  const group = L.featureGroup();
  const marks = new Map();
  return {
    group,
    draw(features) {
      group.clearLayers();
      marks.clear();
      for (const feature of features) marks.set(feature.id, add(feature));
      stack("corridors", group);
    },
    highlight: (ref, on) => marks.get(ref)?.eachLayer((path) => path.getElement()?.classList.toggle("is-lit", on)),
    find: (ref) => marks.get(ref)?.getBounds(),
  };

  function add(feature) {
    const { route } = feature.properties;
    const options = { pane: "shapes", pmIgnore: true };
    // A wide unseen line under the thin one: easier to hit with a finger.
    const target = L.geoJSON(feature.geometry, { ...options, style: { className: "corridor-target" } });
    const line = L.geoJSON(feature.geometry, { ...options, interactive: false, style: { className: `corridor route-${route}` } });
    target.eachLayer((path) => act(map, path, feature, [feature.properties.what]));
    group.addLayer(line).addLayer(target);
    return line;
  }
}
