// The file that was chosen: its name, and a word before too much is sent.

const form = document.querySelector(".upload-form");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector(".drop");
const name = form.querySelector("[data-name]");
const fault = form.querySelector("[data-fault]");
const largest = Number(form.dataset.largest);

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function show() {
  const file = input.files[0];
  if (!file) return;
  name.textContent = `${file.name} · ${size(file.size)}`;
  drop.classList.add("has-file");
  const wrong = file.size > largest ? `The file is larger than ${Math.floor(largest / 2 ** 20)} MB; split it, or let whoever runs Qadam bring it in with “qadam import”.` : "";
  input.setCustomValidity(wrong);
  fault.textContent = wrong;
  fault.closest(".fault").hidden = !wrong;
  input.closest(".input").classList.toggle("is-wrong", Boolean(wrong));
}

input.addEventListener("change", show);
for (const over of ["dragenter", "dragover"]) drop.addEventListener(over, () => drop.classList.add("is-over"));
for (const left of ["dragleave", "drop"]) drop.addEventListener(left, () => drop.classList.remove("is-over"));
show();
