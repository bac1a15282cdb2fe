// SPDX-License-Identifier: Apache-2.0
// The queue with scripts: the list is replaced without a reload, what changed is said, and many are selected at once.

const cases = () => document.getElementById("cases");
const boxes = () => [...cases().querySelectorAll('input[name="case"]')];
const say = (words) => { document.getElementById("said").textContent = words; };

function mark() {
  for (const box of boxes()) box.closest("tr").classList.toggle("chosen", box.checked);
}

function offerAll() {
  const title = document.getElementById("bulk-title");
  if (!title || !boxes().length) return;
  const { selectAll, selectNone } = cases().dataset;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "second", textContent: selectAll });
  button.addEventListener("click", () => {
    const all = !boxes().every((box) => box.checked);
    for (const box of boxes()) box.checked = all;
    button.textContent = all ? selectNone : selectAll;
    mark();
  });
  title.nextElementSibling.after(button);
}

document.addEventListener("change", (event) => {
  if (event.target.name === "case") mark();
});
document.addEventListener("htmx:afterSettle", () => {
  say(cases().dataset.shown);
  mark();
  offerAll();
});
mark();
offerAll();
