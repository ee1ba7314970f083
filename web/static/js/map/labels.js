/** Names on the map: as many as there is room for, the weightiest first. */

import { el } from "../dom.js";
import { pane } from "./state.js";

const KM_PER_PIXEL_AT_0 = 156.543;
// The smallest town that is named at each zoom.
const TOWNS = [[5, 900_000], [6, 250_000], [7, 90_000], [8, 40_000], [9, 15_000], [22, 0]];

// Where a name may stand, best first: pixels right and down of its point.
const SIDES = {
  town: [[1, 0], [-1, 0], [0, -12], [0, 13]],
  area: [[0, 0], [0, -16], [0, 16]],
  country: [[0, 0], [0, -22], [0, 22], [0, -42], [0, 42], [-50, 0], [50, 0], [-70, -30], [70, 30], [-90, -50], [-110, -70]],
};

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
  map.on("moveend resize", redraw);
  map.getContainer().addEventListener("qadam:settled", redraw);
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
  const taken = marks(map);
  // A province and its town share a name: once is enough.
  const named = new Set();
  group.clearLayers();
  for (const one of candidates) {
    if (!view.contains(one.at) || !fits(one, zoom) || named.has(one.name)) continue;
    const point = map.latLngToContainerPoint(one.at);
    const side = freeSide(point, one, taken, zoom);
    if (!side) continue;
    taken.push(place(point, one, side));
    named.add(one.name);
    group.addLayer(label(one, side));
  }
}

/** The first free place for a name; a country is named even where none is free. */
function freeSide(point, one, taken, zoom) {
  const hits = (side) => taken.filter((other) => other.intersects(place(point, one, side))).length;
  const room = one.kind === "country" ? roomFor(one, zoom) : Infinity;
  const sides = (SIDES[one.kind] ?? SIDES.area).filter(([dx, dy]) => Math.abs(dx) < room * 0.22 && Math.abs(dy) < room * 0.16);
  const free = sides.find((side) => !hits(side));
  if (free || one.kind !== "country") return free;
  return sides.reduce((best, side) => (hits(side) < hits(best) ? side : best));
}

/** Where projects stand: a name goes beside them, not under. */
function marks(map) {
  const frame = map.getContainer().getBoundingClientRect();
  return [...(map.getPane("discs")?.children ?? [])].map((mark) => {
    const box = mark.getBoundingClientRect();
    return L.bounds([box.left - frame.left, box.top - frame.top], [box.right - frame.left, box.bottom - frame.top]);
  });
}

function fits(one, zoom) {
  if (one.kind === "town") return one.weight >= TOWNS.find(([upTo]) => zoom < upTo + 0.75)[1];
  const room = roomFor(one, zoom);
  if (one.kind === "country") return zoom < 8.5 && room > 60;
  if (one.kind === "admin1") return zoom >= 6 && room > one.name.length * 11;
  return room > one.name.length * 9 && zoom < 10;
}

/** How many pixels wide an area is on the screen. */
function roomFor(one, zoom) {
  const kmPerPixel = (KM_PER_PIXEL_AT_0 * Math.cos((one.at.lat * Math.PI) / 180)) / 2 ** zoom;
  return one.widthKm / kmPerPixel;
}

function place(point, one, [dx, dy]) {
  const wide = one.name.length * (one.kind === "country" ? 11.5 : one.kind === "neighbour" ? 9.5 : 6.8) + 6;
  const left = one.kind === "town" ? (dx > 0 ? 4 : dx < 0 ? -4 - wide : -wide / 2) : dx - wide / 2;
  return L.bounds(point.add([left, dy - 8]), point.add([left + wide, dy + 8]));
}

function label(one, [dx, dy]) {
  const html = el("span", {}, one.name);
  html.style.setProperty("--dx", one.kind === "town" ? (dx > 0 ? "6px" : dx < 0 ? "calc(-100% - 6px)" : "-50%") : `calc(-50% + ${dx}px)`);
  html.style.setProperty("--dy", `calc(-50% + ${dy}px)`);
  const icon = L.divIcon({ className: `label label-${one.kind}`, html, iconSize: [0, 0] });
  return L.marker(one.at, { icon, pane: "labels", interactive: false, keyboard: false, pmIgnore: true });
}
