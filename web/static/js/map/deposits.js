/** Deposits: diamonds, quieter than any project; areas as faint shapes with a diamond inside. */

import { el } from "../dom.js";
import { act } from "./marks.js";
import { pane, shapesPane, stack } from "./state.js";

// On the map of one record the deposits carry their names, as long as they can be read.
const MOST_NAMED = 14;

/** A diamond where Leaflet would draw a circle. */
const Diamond = L.CircleMarker.extend({
  _updatePath() {
    const { x, y } = this._point;
    const r = this._radius;
    this._renderer._setPath(this, this._empty() ? "M0 0" : `M${x - r} ${y}L${x} ${y - r}L${x + r} ${y}L${x} ${y + r}Z`);
  },
});

export function deposits(map, { url }) {
  shapesPane(map);
  pane(map, "deposits", 420);
  const renderer = L.svg({ pane: "deposits", padding: 0.3 });
  const areas = L.featureGroup();
  const diamonds = L.featureGroup();
  const marks = new Map();
  let isFew = false;
  map.on("zoomend", () => marks.forEach((mark) => mark.setRadius(radius())));
  // Between many marks only the larger ones are drawn at full size on a small map.
  const radius = () => (!url ? 7 : map.getZoom() < 5.5 ? 3 : map.getZoom() < 7 ? 4 : 5.5);
  return {
    group: L.layerGroup([areas, diamonds]),
    draw(features) {
      areas.clearLayers();
      diamonds.clearLayers();
      marks.clear();
      isFew = features.length <= MOST_NAMED;
      for (const feature of features) marks.set(feature.id, add(feature));
      stack("deposit-areas", areas);
    },
    highlight: (ref, on) => marks.get(ref)?.getElement()?.classList.toggle("is-lit", on),
    find: (ref) => marks.get(ref) && L.latLngBounds([marks.get(ref).getLatLng(), marks.get(ref).getLatLng()]),
  };

  function add(feature) {
    const { properties, geometry } = feature;
    const [lon, lat] = properties.at ?? geometry.coordinates;
    const className = `deposit group-${properties.group} place-${properties.precision}`;
    if (geometry.type !== "Point") {
      L.geoJSON(geometry, {
        pane: "shapes", interactive: false, pmIgnore: true,
        style: { className: `deposit-area group-${properties.group}` },
        pointToLayer: (_, at) => L.circleMarker(at, { pane: "shapes", radius: 2 }),
      }).addTo(areas);
    }
    const mark = new Diamond([lat, lon], { pane: "deposits", renderer, className, radius: radius(), pmIgnore: true });
    act(map, mark, feature, [properties.what]);
    if (!url && isFew) name(mark, properties.name);
    return mark.addTo(diamonds);
  }
}

/** The deposit's name beside its mark, instead of a tooltip over it. */
function name(mark, text) {
  mark.unbindTooltip();
  mark.bindTooltip(() => el("span", {}, text), { permanent: true, direction: "right", offset: [6, 0], className: "name" });
}
