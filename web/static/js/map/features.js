/** Records on the map: one drawer a collection, fed from an address of ours or from data in the page. */

import { askJson } from "../net.js";
import { corridors } from "./corridors.js";
import { deposits } from "./deposits.js";
import { links } from "./links.js";
import { projects } from "./projects.js";
import { shapes } from "./shapes.js";
import { register, say } from "./state.js";

// The map draws all pages of the list, and looks at the box rather than cut by it.
const NOT_DRAWN = ["limit", "offset", "sortby", "bbox"];
const DRAWERS = { projects, deposits, corridors, links, shapes };

export default async function features(map, settings) {
  const drawer = DRAWERS[settings.collection](map, settings);
  let turn = 0;
  const layer = {
    id: settings.collection,
    title: settings.title,
    group: drawer.group,
    features: [],
    highlight: drawer.highlight,
    find: drawer.find,
    async refresh(query) {
      if (!settings.url) return;
      const mine = ++turn;
      const found = await askJson(`${settings.url}?${shared(query, settings.shares)}`);
      if (found && mine === turn) show(found.features.filter((one) => one.id !== settings.without));
    },
  };
  function show(found) {
    layer.features = found;
    drawer.draw(found);
    say(map, "qadam:drawn", { collection: layer.id });
  }
  map.addLayer(drawer.group);
  if (settings.collection !== "links") register(map, layer);
  if (settings.data) show(settings.data.features);
  else await layer.refresh(new URLSearchParams(settings.query));
}

/** The filters that a collection has in common with the page. */
function shared(query, names) {
  const pairs = [...query].filter(([name, value]) => value && (names === null || names.includes(name)));
  return new URLSearchParams(pairs.filter(([name]) => !NOT_DRAWN.includes(name)));
}
