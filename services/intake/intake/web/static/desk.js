// SPDX-License-Identifier: Apache-2.0
// The desk says and does all of this without scripts too; with them persons are found while the adviser types,
// and chosen without loading the page again, so that nothing typed below is lost.
const query = document.querySelector("#q");
const found = document.querySelector("#found");
const form = document.querySelector("#filing");
const PAUSE = 250;
let timer;
let asking;

async function look() {
  asking?.abort();
  const typed = query.value.trim();
  if (typed.length < 2) {
    found.replaceChildren();
    return;
  }
  asking = new AbortController();
  const address = `/desk/persons?${new URLSearchParams({ q: typed, lang: document.documentElement.lang.slice(0, 2) })}`;
  try {
    const answer = await fetch(address, { signal: asking.signal, headers: { accept: "text/html" }, redirect: "error" });
    if (answer.ok) found.innerHTML = await answer.text(); // our own page, escaped where it was made
  } catch (error) {
    if (error.name !== "AbortError") query.form.dataset.offline = "true"; // the button still asks
  }
}

function fill(event) {
  const link = event.target.closest("[data-fill]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const [name, value] of Object.entries(JSON.parse(link.dataset.fill))) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value ?? "";
  }
  const said = document.querySelector("#filled");
  said.textContent = said.dataset.text;
  form.elements.namedItem("text").focus();
}

function openWhatTheChannelAsks() {
  const channel = form.elements.namedItem("channel").value;
  for (const part of document.querySelectorAll("details[data-channels]")) {
    if (part.dataset.channels.split(" ").includes(channel)) part.open = true;
  }
}

if (query && found && form) {
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  found.addEventListener("click", fill);
  form.elements.namedItem("channel").addEventListener("change", openWhatTheChannelAsks);
  openWhatTheChannelAsks();
}
