// SPDX-License-Identifier: Apache-2.0
// The browser's own way back, which keeps what was typed, also as a button.
for (const button of document.querySelectorAll("[data-back]")) {
  button.hidden = false;
  button.addEventListener("click", () => history.back());
}
