/** What is drawn on the page's map, for the modules that talk about it. */

const layers = new Map();
let announce;

/** Resolves to the Leaflet map once its first layer is registered. */
export const theMap = new Promise((resolve) => { announce = resolve; });

/** A layer of records: {id, title, shown(), refresh(query), highlight(ref, on), find(ref)}. */
export function register(map, layer) {
  layers.set(layer.id, layer);
  announce(map);
  say(map, "qadam:layers");
}

export const recordLayers = () => [...layers.values()];
export const recordLayer = (id) => layers.get(id);

/** Tell the page what happened on the map. */
export function say(map, name, detail = {}) {
  map.getContainer().dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/** A pane of its own height in the stack, made once. */
export function pane(map, name, zIndex, clickable = true) {
  if (!map.getPane(name)) {
    const made = map.createPane(name);
    made.style.zIndex = zIndex;
    made.classList.add(`pane-${name}`);
    if (!clickable) made.style.pointerEvents = "none";
  }
  return name;
}

// Lines and areas of all collections share one drawing, for each drawing of its own costs a layer as
// large as the screen; what lies above what is said here, from below.
const ORDER = ["rings", "corridors", "deposit-areas", "areas", "links"];
const stacked = new Map();

/** The pane of all lines and areas. */
export function shapesPane(map) {
  return pane(map, "shapes", 400);
}

/** Put a group of lines or areas at its place in the stack. */
export function stack(name, group) {
  stacked.set(name, group);
  for (const each of ORDER) stacked.get(each)?.bringToFront();
}
