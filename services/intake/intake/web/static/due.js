// SPDX-License-Identifier: Apache-2.0
// The due date is set some moments after the receipt. Without this script a button looks again; with it, the page does, a few times.
const SECONDS = [1, 2, 4, 8, 15, 30, 60];

async function look(form) {
  for (const seconds of SECONDS) {
    await new Promise((done) => setTimeout(done, 1000 * seconds));
    if (await found(form)) return;
  }
}

async function found(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "text/html" } });
    const due = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#due[data-due]");
    if (!answer.ok || !due) return false;
    document.getElementById("due").replaceChildren(...due.childNodes);
    form.remove();
    return true;
  } catch {
    return false; // no connection now: the next look, or the button
  }
}

for (const form of document.querySelectorAll("form[data-due-check]")) look(form);
