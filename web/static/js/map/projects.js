/** Projects: a disc each, clustered; and the line or area where there is one. */

import { icon } from "../dom.js";
import { clusterIcon } from "./cluster.js";
import { act, name } from "./marks.js";
import { pane, say, shapesPane, stack } from "./state.js";

const SIZE = 26;

export function projects(map, { sprite, chosen }) {
  shapesPane(map);
  pane(map, "discs", 630);
  const shapes = L.featureGroup();
  const discs = L.markerClusterGroup({
    // Never off: what shares a place is spread out by a click, however near one looks.
    maxClusterRadius: (zoom) => (zoom < 9 ? 44 : zoom < 12 ? 30 : 18),
    iconCreateFunction: clusterIcon,
    showCoverageOnHover: false,
    spiderfyOnMaxZoom: true,
    spiderLegPolylineOptions: { className: "spider-leg", weight: 1 },
    clusterPane: "discs",
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    pmIgnore: true,
  });
  const marks = new Map();
  discs.on("animationend spiderfied unspiderfied", () => say(map, "qadam:settled"));
  return {
    group: L.layerGroup([shapes, discs]),
    draw(features) {
      shapes.clearLayers();
      discs.clearLayers();
      marks.clear();
      for (const feature of features) marks.set(feature.id, add(feature));
      discs.addLayers([...marks.values()].map((mark) => mark.disc));
      stack("areas", shapes);
      say(map, "qadam:settled");
    },
    highlight(ref, on) {
      const mark = marks.get(ref);
      if (!mark) return;
      const seen = discs.getVisibleParent(mark.disc);
      seen?.getElement()?.classList.toggle("is-lit", on);
      if (on) seen?.setZIndexOffset(1000); else seen?.setZIndexOffset(0);
      mark.shape?.eachLayer?.((path) => path.getElement()?.classList.toggle("is-lit", on));
    },
    find: (ref) => marks.get(ref) && bounds(marks.get(ref)),
  };

  function add(feature) {
    const { properties, geometry } = feature;
    const lines = [properties.sector, [properties.status, power(properties.mw)].filter(Boolean).join(" · ")];
    const disc = L.marker(position(feature), {
      icon: discIcon(sprite, feature, feature.id === chosen),
      pane: "discs",
      riseOnHover: true,
      family: properties.family,
      pmIgnore: true,
    });
    act(map, disc, feature, lines);
    name(disc, `${properties.name}, ${properties.sector}`);
    const shape = geometry.type === "Point" ? null : draw(feature, lines);
    return { disc, shape };
  }

  function draw(feature, lines) {
    const family = `family-${feature.properties.family}`;
    const guess = feature.properties.precision === "schematic" ? " is-guess" : "";
    const options = { pane: "shapes", pmIgnore: true, pointToLayer: (_, at) => L.circleMarker(at, { pane: "shapes", radius: 5 }) };
    const casing = L.geoJSON(feature.geometry, { ...options, interactive: false, style: { className: "shape-casing" } });
    const area = feature.geometry.type.includes("Polygon") ? " shape-area" : feature.geometry.type.includes("Point") ? " shape-point" : "";
    const shape = L.geoJSON(feature.geometry, { ...options, style: { className: `shape ${family}${guess}${area}` } });
    shape.eachLayer((path) => act(map, path, feature, lines));
    shapes.addLayer(casing).addLayer(shape);
    return shape;
  }
}

function position({ properties, geometry }) {
  const [lon, lat] = properties.at ?? geometry.coordinates;
  return L.latLng(lat, lon);
}

function bounds({ disc, shape }) {
  return shape ? shape.getBounds() : L.latLngBounds([disc.getLatLng(), disc.getLatLng()]);
}

function discIcon(sprite, { properties }, isChosen) {
  const className = `disc family-${properties.family} place-${properties.precision}${isChosen ? " is-chosen" : ""}`;
  const size = isChosen ? SIZE + 8 : SIZE;
  const made = L.divIcon({ className, html: false, iconSize: [size, size] });
  // Most of many marks are never seen: their glyph is drawn when they come out of their cluster.
  made.createIcon = (old) => {
    const element = L.DivIcon.prototype.createIcon.call(made, old);
    element.replaceChildren(icon(sprite, properties.glyph, "disc-glyph"));
    return element;
  };
  return made;
}

function power(mw) {
  if (mw === null || mw === undefined) return "";
  return mw >= 1000 ? `${(mw / 1000).toLocaleString("en", { maximumFractionDigits: 2 })} GW`
    : `${mw.toLocaleString("en")} MW`;
}
