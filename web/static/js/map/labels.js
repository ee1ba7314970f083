/** Names on the map: as many as there is room for, the weightiest first. */

import { el } from "../dom.js";
import { pane } from "./state.js";

const KM_PER_PIXEL_AT_0 = 156.543;
// The smallest town that is named at each zoom.
const TOWNS = [[5, 900_000], [6, 250_000], [7, 90_000], [8, 40_000], [9, 15_000], [22, 0]];

export function drawLabels(map, features) {
  pane(map, "labels", 610, false);
  const group = L.layerGroup([], { pane: "labels" }).addTo(map);
  const candidates = [
    ...(features.countries ?? []).map((one) => area(one, "country", 0)),
    ...(features.neighbours ?? []).map((one) => area(one, "neighbour", 3)),
    ...(features.lakes ?? []).map((one) => area(one, "lake", 2)),
    ...(features.places ?? []).map(town),
    ...(features.admin1 ?? []).map((one) => area(one, "admin1", 4)),
  ].filter((one) => one.at);
  candidates.sort((a, b) => a.rank - b.rank || b.weight - a.weight);
  const redraw = () => lay(map, group, candidates);
  map.on("moveend zoomend resize", redraw);
  redraw();
}

function area({ properties }, kind, rank) {
  const at = properties.label && L.latLng(properties.label[1], properties.label[0]);
  return { kind, rank, at, name: properties.name, widthKm: properties.width_km, weight: properties.width_km };
}

function town({ properties, geometry }) {
  const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
  return { kind: "town", rank: 1, at, name: properties.name, weight: properties.population || 0 };
}

function lay(map, group, candidates) {
  const view = map.getBounds().pad(0.05);
  const zoom = map.getZoom();
  const taken = [];
  group.clearLayers();
  for (const one of candidates) {
    if (!view.contains(one.at) || !fits(one, zoom)) continue;
    const box = place(map.latLngToContainerPoint(one.at), one);
    if (taken.some((other) => box.intersects(other))) continue;
    taken.push(box);
    group.addLayer(label(one));
  }
}

function fits(one, zoom) {
  if (one.kind === "town") return one.weight >= TOWNS.find(([upTo]) => zoom < upTo + 0.75)[1];
  const kmPerPixel = (KM_PER_PIXEL_AT_0 * Math.cos((one.at.lat * Math.PI) / 180)) / 2 ** zoom;
  const room = one.widthKm / kmPerPixel;
  if (one.kind === "country") return zoom < 8.5 && room > 60;
  if (one.kind === "admin1") return zoom >= 6 && room > one.name.length * 11;
  return room > one.name.length * 9 && zoom < 10;
}

function place(point, one) {
  const half = one.name.length * (one.kind === "country" ? 6.5 : 3.6) + 6;
  return one.kind === "town"
    ? L.bounds(point.add([-6, -9]), point.add([half * 2, 9]))
    : L.bounds(point.add([-half, -10]), point.add([half, 10]));
}

function label(one) {
  const html = el("span", {}, one.name);
  const icon = L.divIcon({ className: `label label-${one.kind}`, html, iconSize: [0, 0] });
  return L.marker(one.at, { icon, pane: "labels", interactive: false, keyboard: false, pmIgnore: true });
}
