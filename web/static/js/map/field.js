/** Drawing: one geometry on the map, kept equal to the form's text box. */

import { el } from "../dom.js";
import { pane } from "./state.js";

// The colour is the class's own: an area is filled by it, a line is not.
const DRAWN = { className: "drawn", color: "currentColor" };

export default function field(map, { field: id, start }) {
  const box = document.getElementById(id);
  pane(map, "drawing", 640);
  pane(map, "corners", 650);
  const group = L.featureGroup().addTo(map);
  map.pm.addControls({
    position: "topleft", drawCircle: false, drawCircleMarker: false, drawRectangle: true, drawText: false,
    cutPolygon: false, rotateMode: false, dragMode: true,
  });
  map.pm.setGlobalOptions({
    panes: { layerPane: "drawing", markerPane: "drawing", vertexPane: "corners" },
    layerGroup: group, allowSelfIntersection: false, continueDrawing: false, snapDistance: 12,
    markerStyle: { icon: pin() }, pathOptions: DRAWN, templineStyle: { className: "drawn-line" }, hintlineStyle: { className: "drawn-hint" },
  });
  nameButtons(map);
  show(start);

  // While drawing, what lies on the map already must not catch the clicks.
  map.on("pm:globaldrawmodetoggled", ({ enabled }) => map.getContainer().classList.toggle("is-drawing", enabled));
  map.on("pm:create", ({ layer }) => {
    for (const other of group.getLayers()) if (other !== layer) group.removeLayer(other);
    watch(layer);
    save();
  });
  map.on("pm:remove", ({ layer }) => { group.removeLayer(layer); save(); });
  box.addEventListener("qadam:shape", ({ detail }) => { show(detail.geometry); zoomTo(); });

  function show(geometry) {
    group.clearLayers();
    if (!geometry) return;
    L.geoJSON(geometry, { pane: "drawing", style: DRAWN, pointToLayer: (_, at) => L.marker(at, { icon: pin(), pane: "drawing" }) })
      .eachLayer((layer) => { group.addLayer(layer); watch(layer); });
  }

  function zoomTo() {
    if (group.getLayers().length) map.fitBounds(group.getBounds().pad(0.4), { maxZoom: 11 });
  }

  function watch(layer) {
    layer.on("pm:edit pm:dragend pm:markerdragend", save);
  }

  function save() {
    const shapes = group.getLayers().map((layer) => layer.toGeoJSON(7).geometry);
    box.value = shapes.length > 1 ? JSON.stringify({ type: "GeometryCollection", geometries: shapes })
      : shapes.length ? JSON.stringify(shapes[0]) : "";
    box.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { drawn: true } }));
  }
}

/** Geoman writes what a button does only where a mouse shows it. */
function nameButtons(map) {
  for (const button of map.getContainer().querySelectorAll(".leaflet-pm-toolbar a.leaflet-buttons-control-button")) {
    button.setAttribute("aria-label", button.closest("[title]")?.title ?? "");
  }
}

function pin() {
  return L.divIcon({ className: "drawn-pin", iconSize: [22, 22], html: el("span", { class: "visually-hidden" }, "The drawn place") });
}
