// SPDX-License-Identifier: Apache-2.0
// Of what was chosen it is said at once that it is too much, and it is not sent. Without this script the page says it beforehand.
const ROOM = 100_000; // for words and the form itself

for (const input of document.querySelectorAll("input[type=file][data-total]")) {
  input.addEventListener("change", () => {
    const sizes = [...input.files].map((file) => file.size);
    const { each, total, most, tooLarge } = input.dataset;
    const sum = sizes.reduce((one, other) => one + other, 0);
    const fits = sizes.length <= most && sizes.every((size) => size <= each) && sum <= total - ROOM;
    input.setCustomValidity(fits ? "" : tooLarge);
    input.reportValidity();
  });
}
