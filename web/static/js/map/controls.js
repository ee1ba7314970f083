/** Zoom, layers, legend, scale and attribution. */

import { el, icon } from "../dom.js";
import { legendControl } from "./legend.js";
import { recordLayers, theMap } from "./state.js";

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
  legendControl(settings.legend).addTo(map);
  map.getContainer().addEventListener("qadam:zoom", ({ detail }) => zoom(map, settings, detail));
  theMap.then(() => map.getContainer().classList.add("is-ready"));
}

/** To the chosen countries, or to all five. */
function zoom(map, { countries, all }, { codes }) {
  const boxes = codes.map((code) => countries[code]).filter(Boolean);
  const chosen = boxes.length ? boxes : [all];
  const bounds = chosen.reduce((sum, [w, s, e, n]) => sum.extend([s, w]).extend([n, e]), L.latLngBounds([]));
  map.flyToBounds(bounds, { padding: [24, 24], duration: 0.6 });
}

function home({ all: [west, south, east, north], sprite }) {
  const control = L.control({ position: "topright" });
  control.onAdd = (map) => {
    const button = el("a", { class: "map-button map-home", href: "#", role: "button", title: "Whole region", "aria-label": "Show the whole region" }, icon(sprite, "maximize"));
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.stop(event);
      map.fitBounds([[south, west], [north, east]], { padding: [24, 24] });
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
    const pane = map.getPane(id);
    return row(title, !pane?.hidden, (on) => { const found = map.getPane(id); if (found) found.hidden = !on; });
  });
  return [...records, el("hr"), ...ground];
}

function row(title, checked, change) {
  const box = el("input", { type: "checkbox", checked, onchange: () => change(box.checked) });
  return el("label", { class: "layers-row" }, box, title);
}
