/** The table of projects: filters, order and pages are asked and shown in place. */

import { watch } from "./filters.js";
import { load } from "./live.js";

const narrow = matchMedia("(max-width: 1000px)");
const box = document.querySelector(".table-filters");

watch(load);
// Beside the table there is room for the filters; above it they are in the way until asked for.
if (narrow.matches) box.open = false;
narrow.addEventListener("change", () => { box.open = !narrow.matches; });
