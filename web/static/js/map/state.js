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
