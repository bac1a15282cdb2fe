// SPDX-License-Identifier: Apache-2.0
// Files go up one by one as they are chosen, each with a bar and a way to cancel. Without this script they go with the form.

const language = document.documentElement.lang;

function sizeOf(bytes) {
  const [unit, value, digits] = bytes < 1e6 ? ["kB", Math.max(1, Math.round(bytes / 1e3)), 0] : ["MB", bytes / 1e6, 1];
  return `${value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

class Uploads {
  constructor(field) {
    this.words = field.dataset;
    this.field = field;
    this.form = field.closest("form");
    this.input = field.querySelector('input[type="file"]');
    this.list = made("ul", { className: "uploads" });
    this.told = made("p", { className: "uploads-told" });
    this.told.setAttribute("role", "status");
    this.input.after(this.list, this.told);
    this.items = [];
    field.querySelector("[data-without-scripts]")?.remove(); // each goes up in a request of its own
    this.sending = null;
    this.waiting = null;
    this.input.addEventListener("change", () => this.take());
    this.form.addEventListener("submit", (event) => this.submit(event));
  }

  take() {
    for (const file of this.input.files) this.add(file);
    this.input.value = ""; // they go by themselves now, not with the form once more
    this.next();
  }

  add(file) {
    const item = { file, state: "waiting", bar: made("progress", { max: 1, value: 0 }), told: made("span", { className: "upload-told" }) };
    item.bar.setAttribute("aria-label", file.name);
    item.button = made("button", { type: "button", className: "second small" });
    item.button.addEventListener("click", () => this.remove(item));
    item.row = made("li", {}, made("span", { className: "upload-name" }, `${file.name} (${sizeOf(file.size)})`), item.bar, item.told, item.button);
    this.items.push(item);
    this.list.append(item.row);
    if (file.size > Number(this.words.largest)) this.fail(item, this.words.textLarge, false);
    else if (this.count() > Number(this.words.most)) this.fail(item, this.words.textMany, false);
    else this.name(item, this.words.textCancel);
    this.sum();
  }

  name(item, text) {
    item.button.textContent = text;
    item.button.setAttribute("aria-label", `${text}: ${item.file.name}`);
  }

  next() {
    const item = this.sending ? null : this.items.find((one) => one.state === "waiting");
    if (item) this.send(item);
    else if (!this.sending && this.waiting) this.ready();
  }

  send(item) {
    item.state = "sending";
    const body = new FormData();
    body.append("form_id", this.words.formId);
    body.append("files", item.file);
    const request = (this.sending = new XMLHttpRequest());
    request.open("POST", this.words.uploads);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) item.bar.value = event.loaded / event.total; });
    request.addEventListener("load", () => (request.status === 200 ? this.keep(item, request.response.token) : this.fail(item, request.response?.detail, true)));
    request.addEventListener("error", () => this.fail(item, null, true));
    request.addEventListener("loadend", () => { this.sending = null; this.sum(); this.next(); });
    request.send(body);
    item.request = request;
  }

  keep(item, token) {
    item.state = "kept";
    item.bar.remove();
    item.told.textContent = this.words.textReady;
    item.row.append(made("input", { type: "hidden", name: "kept", value: token }));
    this.name(item, this.words.textRemove);
  }

  fail(item, why, again) {
    item.state = "failed";
    item.bar.hidden = true;
    item.told.textContent = why || this.words.textFailed;
    item.row.classList.add("failed");
    this.name(item, this.words.textRemove);
    if (again && !item.retry) {
      item.retry = made("button", { type: "button", className: "second small" }, this.words.textRetry);
      item.retry.setAttribute("aria-label", `${this.words.textRetry}: ${item.file.name}`);
      item.retry.addEventListener("click", () => this.again(item));
      item.button.before(item.retry);
    }
  }

  again(item) {
    item.state = "waiting";
    item.bar.hidden = false;
    item.bar.value = 0;
    item.told.textContent = "";
    item.row.classList.remove("failed");
    item.retry.remove();
    item.retry = null;
    this.name(item, this.words.textCancel);
    this.next();
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.row.remove();
    if (item.state === "sending") item.request.abort();
    this.input.focus();
    this.sum();
  }

  kept() {
    return [...this.field.querySelectorAll('input[type="checkbox"][name="kept"]:checked')].map((box) => Number(box.dataset.size));
  }

  count() {
    return this.items.filter((item) => item.state !== "failed").length + this.kept().length;
  }

  sum() {
    const sizes = [...this.items.filter((item) => item.state !== "failed").map((item) => item.file.size), ...this.kept()];
    const text = sizes.length === 1 ? this.words.textOne : this.words.textTotal;
    const total = sizeOf(sizes.reduce((sum, size) => sum + size, 0));
    this.told.textContent = sizes.length ? text.replace("{count}", sizes.length).replace("{size}", total) : "";
  }

  submit(event) {
    if (this.items.some((item) => item.state === "failed")) {
      event.preventDefault();
      this.told.textContent = this.words.textMend;
      this.list.querySelector(".failed button").focus();
    } else if (this.items.some((item) => item.state !== "kept")) {
      event.preventDefault();
      this.waiting = event.submitter;
      this.told.textContent = this.words.textWait;
    }
  }

  ready() {
    const submitter = this.waiting;
    this.waiting = null;
    this.form.requestSubmit(submitter);
  }
}

for (const field of document.querySelectorAll("[data-uploads]")) new Uploads(field);
