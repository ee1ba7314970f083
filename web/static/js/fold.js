/** A page with filters beside it: above it, on a narrow screen, they stay folded until asked for. */

const narrow = matchMedia("(max-width: 1000px)");
const box = document.querySelector(".table-filters");

if (narrow.matches) box.open = false;
narrow.addEventListener("change", () => { box.open = !narrow.matches; });
