// <target-grid>: a table of always-present inputs that behaves like a sheet and saves as you type.
//
// One request a cell, one request at a time, in the order of typing: so the totals of a later answer are never older than
// those on the page, and a cell's next edit names the version that its last one got. An answer is markup whose parts
// replace the elements with the same ids; the input itself is never replaced. docs/targets-grid.md tells the whole.
const TIMEOUT = 20_000;
const WORDS = {
  saved: ["check", "All changes saved"],
  saving: ["retry", "Saving"],
  failed: ["error", "Not saved"],
};

class TargetGrid extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.form = this.querySelector("form");
    this.status = document.getElementById("saved");
    this.queue = [];
    this.running = false;
    this.addEventListener("focusin", (event) => this.isCell(event.target) && event.target.select());
    this.addEventListener("change", (event) => this.isCell(event.target) && this.changed(event.target));
    this.addEventListener("input", (event) => this.isCell(event.target) && this.forget(event.target));
    this.addEventListener("keydown", (event) => this.isCell(event.target) && this.key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      for (const input of this.unsaved()) this.changed(input);
    });
    document.addEventListener("click", (event) => this.click(event));
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => {
      if (this.unsaved().length) event.preventDefault();
    });
    addEventListener("scroll", () => this.float(), { passive: true });
  }

  // The status floats while its place is scrolled out of sight.
  float() {
    this.status?.classList.toggle("afloat", this.status.getBoundingClientRect().bottom < 0);
  }

  isCell(element) {
    return element.matches?.("input.cell-in");
  }

  cells() {
    return [...this.querySelectorAll("input.cell-in")];
  }

  // What was typed and is not stored yet, whatever the reason. An input's defaultValue is what the server holds.
  unsaved() {
    return this.cells().filter((input) => input.value.trim() !== input.defaultValue || input.dataset.state);
  }

  // Keys

  key(event) {
    const input = event.target;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.changed(input);
      this.go(input, this.vertical(input, event.shiftKey ? -1 : 1));
    } else if (event.key === "Escape") {
      this.putBack(input);
    } else if (!event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.go(input, this.vertical(input, event.key === "ArrowUp" ? -1 : 1));
    } else if (!event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const back = event.key === "ArrowLeft";
      const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
      const edge = back ? input.selectionEnd === 0 : input.selectionStart === input.value.length;
      if (!all && !edge) return;
      event.preventDefault();
      this.go(input, this.horizontal(input, back));
    }
  }

  go(from, to) {
    if (to) to.focus();
    else from.select();
  }

  // The nearest cell above or below that can be edited.
  vertical(input, step) {
    const column = input.closest("td").cellIndex;
    let row = input.closest("tr");
    for (;;) {
      row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
      if (!row) return null;
      const found = row.cells[column]?.querySelector("input.cell-in");
      if (found) return found;
    }
  }

  horizontal(input, back) {
    let cell = input.closest("td");
    for (;;) {
      cell = back ? cell.previousElementSibling : cell.nextElementSibling;
      if (!cell) return null;
      const found = cell.querySelector("input.cell-in");
      if (found) return found;
    }
  }

  // Saving

  // Ask for a cell to be saved, once for each text.
  changed(input) {
    const text = input.value.trim();
    if (input.asked === text) return;
    if (text === input.defaultValue && !this.queue.includes(input) && this.current !== input) {
      this.forget(input);
      this.report();
      return;
    }
    input.asked = text;
    this.forget(input);
    this.enqueue(input);
  }

  enqueue(job) {
    if (!this.queue.includes(job)) this.queue.push(job);
    this.idle = this.run();
  }

  async run() {
    if (this.running) return this.idle;
    this.running = true;
    this.report();
    while (this.queue.length) {
      this.current = this.queue.shift();
      if (this.isCell(this.current)) await this.save(this.current);
      else await this.undo(this.current);
      this.current = null;
    }
    this.running = false;
    this.report();
  }

  async save(input) {
    const text = input.value.trim();
    const [member, channel] = input.name.slice(1).split("-");
    const { month } = this.dataset;
    input.asked = text;
    const answer = await this.post(this.dataset.save, { member, channel, month, version: input.dataset.v, count: text });
    if (answer.status === 200) {
      this.forget(input);
      this.stored(answer.changes, (cell) => cell.value.trim() === text);
      delete input.asked;
    } else if (answer.status === 409 || answer.status === 422) {
      input.dataset.state = "refused";
    } else {
      input.dataset.state = "failed";
      this.note(input, answer.problem);
    }
    this.apply(answer.markup);
  }

  async undo(job) {
    const answer = await this.post(this.dataset.undo, { batch: job.batch });
    if (answer.status === 200) {
      // Somebody who is typing in the cell keeps what they type.
      this.stored(answer.changes, (cell) => cell.value.trim() === cell.defaultValue);
    }
    if (answer.problem) this.toast(answer.problem, job.batch);
    this.apply(answer.markup);
  }

  // -> { status, markup, changes, problem }; status 0 where no usable answer came.
  async post(url, fields) {
    const body = new URLSearchParams(fields);
    const headers = { "X-CSRFToken": this.token(), "HX-Request": "true", "HX-Target": "cell-saved" };
    const nothing = { status: 0, markup: "", changes: [] };
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      const response = await fetch(url, { method: "POST", body, headers, signal, keepalive: true });
      if (response.headers.has("HX-Redirect") || response.redirected) {
        return { ...nothing, problem: "You are signed out. Sign in in another tab, then retry." };
      }
      if (response.status === 403) return { ...nothing, problem: "You may not set this target." };
      if (response.status === 404) return { ...nothing, problem: "This person or channel is not there any more." };
      if (![200, 409, 422].includes(response.status)) return { ...nothing, problem: "The server could not save it." };
      const events = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
      return { status: response.status, markup: await response.text(), changes: events["target-changed"] ?? [] };
    } catch {
      return { ...nothing, problem: "No connection." };
    }
  }

  // The cookie is renewed by a sign-in in another tab, the form's field is not.
  token() {
    const cookie = document.cookie.split("; ").find((entry) => entry.startsWith("csrftoken="));
    return cookie ? cookie.slice("csrftoken=".length) : this.form.elements.csrfmiddlewaretoken.value;
  }

  // Note what the server holds now; the text changes only where `mayReplace` allows.
  stored(changes, mayReplace) {
    for (const change of changes) {
      const input = document.getElementById(change.cell);
      if (!input) continue;
      const replace = mayReplace(input);
      input.dataset.v = change.version;
      input.defaultValue = change.text;
      if (replace) {
        input.value = change.text;
        if (document.activeElement === input) input.select();
      }
    }
  }

  // Put each part of an answer in its place.
  apply(markup) {
    const template = document.createElement("template");
    template.innerHTML = markup;
    for (const part of [...template.content.children]) {
      if (part.matches("toast-note")) this.showToast(part);
      else if (part.matches(".cell-note")) this.placeNote(part);
      else document.getElementById(part.id)?.replaceWith(part);
    }
  }

  // Notes at a cell

  note(input, problem) {
    const note = document.createElement("div");
    note.className = "cell-note";
    note.id = `e${input.name.slice(1)}`;
    note.setAttribute("role", "alert");
    note.innerHTML = '<p></p><span class="row"><button type="button" class="btn sm" data-retry>Retry</button></span>';
    note.firstChild.textContent = `Not saved. ${problem}`;
    this.placeNote(note);
  }

  placeNote(note) {
    const input = document.getElementById(`t${note.id.slice(1)}`);
    if (!input) return;
    document.getElementById(note.id)?.remove();
    input.closest("td").append(note);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `g${note.id.slice(1)} ${note.id}`);
  }

  forget(input) {
    const place = input.name.slice(1);
    document.getElementById(`e${place}`)?.remove();
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", `g${place}`);
    delete input.dataset.state;
    if (input.asked !== input.value.trim()) delete input.asked;
  }

  putBack(input) {
    input.value = input.defaultValue;
    delete input.asked;
    // What is on its way or was sent before has to be taken back too.
    if (this.current === input || this.queue.includes(input)) this.enqueue(input);
    this.forget(input);
    this.report();
    input.select();
  }

  retry() {
    for (const input of this.cells()) if (input.dataset.state === "failed") this.again(input);
  }

  again(input) {
    this.forget(input);
    this.enqueue(input);
  }

  // Clicks on what stands inside the grid and beside it

  click(event) {
    const target = event.target.closest?.("[data-undo-batch], [data-retry], [data-keep], [data-use], [data-focus], a[href]");
    if (!target) return;
    const { dataset } = target;
    if ("undoBatch" in dataset) {
      target.closest("toast-note")?.remove();
      this.enqueue({ batch: dataset.undoBatch });
    } else if ("retry" in dataset) {
      const note = target.closest(".cell-note");
      if (note) this.again(document.getElementById(`t${note.id.slice(1)}`));
      else this.retry();
    } else if ("keep" in dataset || "use" in dataset) {
      this.settle(document.getElementById(`t${target.closest(".cell-note").id.slice(1)}`), dataset);
    } else if ("focus" in dataset) {
      const input = document.getElementById(dataset.focus);
      if (!input) return;
      event.preventDefault();
      input.scrollIntoView({ block: "center" });
      input.focus({ preventScroll: true });
    } else if (this.running && !event.defaultPrevented && this.leaves(event, target)) {
      event.preventDefault();
      this.leave(target.href);
    }
  }

  // Somebody else changed the cell: either save over it, knowing what it is, or take it.
  settle(input, dataset) {
    if ("keep" in dataset) {
      input.dataset.v = dataset.keep;
      this.again(input);
    } else {
      input.dataset.v = dataset.version;
      input.value = input.defaultValue = dataset.use;
      delete input.asked;
      this.forget(input);
      this.report();
    }
    input.focus();
  }

  leaves(event, link) {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    return plain && link.origin === location.origin && !link.target && !link.getAttribute("href").startsWith("#");
  }

  // A link that is clicked while a number is on its way waits for the answer, and stays if the number is not saved.
  async leave(href) {
    await this.idle;
    if (!this.unsaved().length) location.assign(href);
  }

  // What everybody sees

  report() {
    if (!this.status) return;
    const states = this.cells().map((input) => input.dataset.state);
    const failed = states.filter((state) => state === "failed").length;
    const refused = states.filter((state) => state === "refused").length;
    const state = this.running ? "saving" : failed || refused ? "failed" : "saved";
    const [icon, words] = WORDS[state];
    this.status.dataset.state = state;
    const use = this.status.querySelector("use");
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${icon}`);
    const text = state !== "failed" || failed ? words : `${words}: ${refused} to correct`;
    const label = this.status.querySelector("[data-words]");
    if (label.textContent !== text) label.textContent = text;
    this.status.querySelector("[data-retry]").hidden = state !== "failed" || !failed;
  }

  toast(text, batch) {
    const toast = document.createElement("toast-note");
    toast.className = "toast error";
    toast.innerHTML = '<p></p><button type="button">Retry</button>';
    toast.querySelector("p").textContent = `Not undone. ${text}`;
    toast.querySelector("button").dataset.undoBatch = batch;
    this.showToast(toast);
  }

  // One at a time: the newest says what happened last.
  showToast(toast) {
    const region = document.getElementById("toasts");
    for (const old of region.querySelectorAll("[data-grid]")) old.remove();
    toast.dataset.grid = "";
    region.append(toast);
  }
}

customElements.define("target-grid", TargetGrid);
