// SPDX-License-Identifier: Apache-2.0
// The keyboard's short ways. Never while somebody types; they can be switched off (WCAG 2.1.4), which the browser remembers.

const OFF = "ventanilla-keys-off";
const dialog = document.getElementById("keys");
const choice = document.getElementById("keys-on");
const lists = { m: "/", a: "/all" };
let goes = false;

const isOn = () => localStorage.getItem(OFF) === null;
const links = () => [...document.querySelectorAll("#cases a.open")];
const row = () => document.activeElement?.closest("tr[data-number]");
const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");

function move(step) {
  const all = links();
  if (!all.length) return false;
  const here = all.indexOf(row()?.querySelector("a.open"));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next].focus();
  return true;
}

function select() {
  const box = row()?.querySelector("input[name=case]");
  if (box) box.click();
  return Boolean(box);
}

function find() {
  const field = document.querySelector("#filters input[type=search], #filters select, main textarea");
  field?.focus();
  return Boolean(field);
}

function open() {
  choice.checked = isOn();
  dialog.showModal();
  return true;
}

const acts = {
  j: () => move(1), ArrowDown: () => row() && move(1),
  k: () => move(-1), ArrowUp: () => row() && move(-1),
  x: select, "/": find, "?": open,
  g: () => { goes = true; return true; },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !isOn() || isTyping(event.target)) return;
  const goesTo = goes && lists[event.key];
  goes = false;
  if (goesTo) location.assign(goesTo);
  else if (acts[event.key]?.()) event.preventDefault();
});

choice.addEventListener("change", () => (choice.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
document.getElementById("keys-open").addEventListener("click", open);
document.querySelector(".keys-about").hidden = false;
