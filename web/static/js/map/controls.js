/** Zoom, layers, legend, scale and attribution. */

import { el, icon } from "../dom.js";
import { legendControl } from "./legend.js";
import { recordLayers, theMap } from "./state.js";

const SMALL = 760;
const LEGEND = 240;
const FAR = 6;
const GROUND = [
  { id: "admin1", title: "Provinces" },
  { id: "labels", title: "Names" },
];

export default function controls(map, settings) {
  map.attributionControl.setPrefix(false);
  for (const name of settings.attributions) map.attributionControl.addAttribution(name);
  L.control.zoom({ position: "topright", zoomInTitle: "Zoom in", zoomOutTitle: "Zoom out" }).addTo(map);
  home(settings).addTo(map);
  layersControl(settings.sprite).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  map.getContainer().addEventListener("qadam:zoom", ({ detail }) => zoom(map, settings, detail));
  const far = () => map.getContainer().classList.toggle("zoom-far", map.getZoom() < FAR);
  map.on("zoomend", far);
  legendControl(settings.legend).addTo(map);
  if (settings.start) fit(map, L.latLngBounds([[settings.start[1], settings.start[0]], [settings.start[3], settings.start[2]]]), false);
  far();
  theMap.then(() => map.getContainer().classList.add("is-ready"));
}

/** To the chosen countries, or to all five. */
function zoom(map, { countries, all }, { codes }) {
  const boxes = codes.map((code) => countries[code]).filter(Boolean);
  const chosen = boxes.length ? boxes : [all];
  fit(map, chosen.reduce((sum, [w, s, e, n]) => sum.extend([s, w]).extend([n, e]), L.latLngBounds([])), true);
}

/** Fit a box into what the legend, the buttons and a phone's panel leave free. */
function fit(map, bounds, flies) {
  const { x, y } = map.getSize();
  const legend = map.getContainer().querySelector(".legend[open]") ? LEGEND : 0;
  const peek = Number.parseInt(getComputedStyle(map.getContainer()).getPropertyValue("--peek"), 10) || 0;
  const covered = x <= SMALL ? peek : 0;
  const options = {
    paddingTopLeft: [x > 3 * legend ? legend + 12 : 12, 16],
    paddingBottomRight: [x > SMALL ? 56 : 12, covered < y / 2 ? covered + 16 : 16],
    animate: flies,
  };
  if (flies) map.flyToBounds(bounds, { ...options, duration: 0.6 });
  else map.fitBounds(bounds, options);
}

function home({ all: [west, south, east, north], sprite }) {
  const control = L.control({ position: "topright" });
  control.onAdd = (map) => {
    const button = el("a", { class: "map-button map-home", href: "#", role: "button", title: "Whole region", "aria-label": "Show the whole region" }, icon(sprite, "maximize"));
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.stop(event);
      fit(map, L.latLngBounds([[south, west], [north, east]]), true);
    });
    return el("div", { class: "leaflet-bar" }, button);
  };
  return control;
}

function layersControl(sprite) {
  const control = L.control({ position: "topright" });
  control.onAdd = (map) => {
    const body = el("div", { class: "layers-body" });
    const box = el("details", { class: "layers" }, el("summary", { class: "map-button map-layers", title: "Layers", "aria-label": "Layers of the map" }, icon(sprite, "layers")), body);
    const fill = () => body.replaceChildren(el("p", { class: "layers-title" }, "Layers"), ...rows(map));
    map.getContainer().addEventListener("qadam:layers", fill);
    fill();
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;
  };
  return control;
}

function rows(map) {
  const records = recordLayers().filter((layer) => layer.title).reverse().map((layer) =>
    row(layer.title, map.hasLayer(layer.group), (on) => (on ? map.addLayer(layer.group) : map.removeLayer(layer.group))));
  const ground = GROUND.map(({ id, title }) => {
    const { classList } = map.getContainer();
    return row(title, !classList.contains(`without-${id}`), (on) => classList.toggle(`without-${id}`, !on));
  });
  return [...records, el("hr"), ...ground];
}

function row(title, checked, change) {
  const box = el("input", { type: "checkbox", checked, onchange: () => change(box.checked) });
  return el("label", { class: "layers-row" }, box, title);
}
