// SPDX-License-Identifier: Apache-2.0
// The page says all without this; where scripts run, a button prints it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
