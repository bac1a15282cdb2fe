// SPDX-License-Identifier: Apache-2.0
// What happens while a page is open is said on it; nothing moves under anybody's hands. Only a page that is seen listens:
// a browser has few connections for one house, and an agent many tabs.

const place = document.querySelector("[data-events]");
const news = document.getElementById("news");
const present = document.getElementById("present");
const alarm = document.getElementById("alarm");
const RETRY = 15_000;
let source = null;
let last = place.dataset.since;
const changed = new Set();
const alarmed = new Set();

async function fill(element) {
  const answer = await fetch(element.dataset.from, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) element.innerHTML = await answer.text(); // a piece of a page of our own, escaped there
}

function tellNews(words) {
  const refresh = Object.assign(document.createElement("button"), { type: "button", className: "second", textContent: news.dataset.refresh });
  refresh.addEventListener("click", () => {
    if (window.htmx) htmx.ajax("GET", location.href, { target: "#cases", select: "#cases", swap: "outerHTML" });
    else location.reload();
  });
  const line = Object.assign(document.createElement("p"), { className: "notice actions", textContent: `${words} ` });
  line.append(refresh);
  news.replaceChildren(line);
}

function inQueue(cases) {
  for (const { number, version, here } of cases) {
    const row = document.querySelector(`tr[data-number="${CSS.escape(number)}"]`);
    if (row ? version > Number(row.dataset.version) : here) changed.add(number);
  }
  if (changed.size === 1) tellNews(news.dataset.one);
  if (changed.size > 1) tellNews(news.dataset.many.replace("{n}", changed.size));
}

function atCase(cases) {
  if (cases.some(({ version }) => version > Number(place.dataset.version))) fill(place);
}

function sound(numbers) {
  for (const number of numbers) {
    if (alarmed.has(number)) continue;
    alarmed.add(number);
    const line = Object.assign(document.createElement("p"), { className: "notice error", textContent: `${alarm.dataset.words} ` });
    line.append(Object.assign(document.createElement("a"), { href: `/cases/${encodeURIComponent(number)}`, textContent: number }));
    alarm.append(line);
  }
}

function listen() {
  source = new EventSource(`${place.dataset.events}&since=${last}`);
  const on = (name, act) => source.addEventListener(name, (event) => {
    last = event.lastEventId || last;
    act(JSON.parse(event.data));
  });
  on("changed", news ? inQueue : atCase);
  on("emergency", sound);
  on("missed", () => (news ? tellNews(news.dataset.missed) : fill(place)));
  on("present", () => present && fill(present));
  source.onopen = () => { document.documentElement.dataset.live = "yes"; if (present) fill(present); };
  source.onerror = () => {
    delete document.documentElement.dataset.live;
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (!document.hidden) begin(); }, RETRY);
  };
}

function begin() {
  end();
  listen();
}

function end() {
  source?.close();
  source = null;
}

document.addEventListener("htmx:afterSettle", () => {
  changed.clear();
  news?.replaceChildren();
});
document.addEventListener("visibilitychange", () => (document.hidden ? end() : begin()));
window.addEventListener("pagehide", end);
if (!document.hidden) begin();
