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
    this.idle = Promise.resolve();
    this.addEventListener("focusin", (event) => this.isCell(event.target) && event.target.select());
    this.addEventListener("change", (event) => this.isCell(event.target) && this.changed(event.target));
    this.addEventListener("input", (event) => this.isCell(event.target) && this.forget(event.target));
    this.addEventListener("keydown", (event) => this.isCell(event.target) && this.key(event));
    this.addEventListener("paste", (event) => this.isCell(event.target) && this.paste(event));
    this.addEventListener("keydown", (event) => event.target.closest(".pop") && this.menuKey(event));
    this.addEventListener("focusout", (event) => this.menu && !this.menu.contains(event.relatedTarget) && this.closeMenu());
    document.addEventListener("submit", (event) => this.fills(event));
    this.batches = [];
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
    if (event.isComposing || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter") {
      event.preventDefault();
      this.changed(input);
      this.idle.then(() => this.openMenu(input));
    } else if (command && event.key.toLowerCase() === "z" && !event.shiftKey && input.value === input.defaultValue) {
      // While something is typed it undoes the typing, as everywhere.
      event.preventDefault();
      this.undoLast();
    }
    if (command) return;
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
      else await this.current.run();
      this.current = null;
    }
    this.running = false;
    this.report();
  }

  async save(input) {
    const text = input.value.trim();
    const [member, channel] = input.name.slice(1).split("-");
    const { month, metric = "count" } = this.dataset;
    input.asked = text;
    const fields = { member, channel, month, metric, version: input.dataset.v, count: text };
    const answer = await this.post(this.dataset.save, fields);
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
    if (answer.status === 200 && text) this.offer(input);
  }

  // Undo

  undoBatch(batch) {
    this.batches = this.batches.filter((other) => other !== batch);
    this.enqueue({ run: () => this.undo(batch) });
  }

  // Ctrl+Z: the newest edit of this page that is not undone yet.
  undoLast() {
    this.idle.then(() => {
      const batch = this.batches.pop();
      if (batch) this.undoBatch(batch);
    });
  }

  async undo(batch) {
    const answer = await this.post(this.dataset.undo, { batch });
    if (answer.status === 200) this.storedElsewhere(answer.changes);
    if (answer.problem) {
      this.batches.push(batch);
      this.toast(`Not undone. ${answer.problem}`, { undoBatch: batch });
    }
    this.apply(answer.markup);
  }

  // Somebody who is typing in a cell keeps what they type.
  storedElsewhere(changes) {
    this.stored(changes, (cell) => cell.value.trim() === cell.defaultValue);
  }

  // Paste

  // A block goes into the cells from here to the right and down, in one request; a single number is typed as ever.
  paste(event) {
    const block = this.blockOf(event.clipboardData?.getData("text/plain") ?? "");
    if (!block) return;
    event.preventDefault();
    const { cells, outside } = this.targetsOf(event.target, block);
    if (!cells.length) return;
    const job = { cells, outside, run: () => this.sendBlock(job) };
    for (const { input, text } of cells) {
      this.forget(input);
      input.value = text;
      input.asked = text.trim();
      this.queue = this.queue.filter((other) => other !== input);
    }
    event.target.select();
    this.enqueue(job);
  }

  // -> rows of texts as a spreadsheet copies them, or null for a single one
  blockOf(text) {
    const rows = [[""]];
    let quoted = false;
    const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let at = 0; at < plain.length; at += 1) {
      const sign = plain[at];
      const row = rows.at(-1);
      if (sign === '"' && (quoted || row.at(-1) === "")) {
        if (quoted && plain[at + 1] === '"') row[row.length - 1] += plain[(at += 1)];
        else quoted = !quoted;
      } else if (sign === "\t" && !quoted) row.push("");
      else if (sign === "\n" && !quoted) rows.push([""]);
      else row[row.length - 1] += sign;
    }
    return rows.length === 1 && rows[0].length === 1 ? null : rows;
  }

  // -> the inputs that a block falls on, each with its text and its place in the block (B7), and how many fall on none
  targetsOf(input, block) {
    const rows = [...this.querySelectorAll("tbody tr")].filter((row) => row.offsetParent !== null);
    const top = rows.indexOf(input.closest("tr"));
    const left = input.closest("td").cellIndex;
    const cells = [];
    let outside = 0;
    block.forEach((texts, down) =>
      texts.forEach((text, right) => {
        const found = rows[top + down]?.cells[left + right]?.querySelector("input.cell-in");
        if (found) cells.push({ input: found, text: text.trim(), where: `${this.letters(right)}${down + 1}` });
        else if (text.trim()) outside += 1;
      }),
    );
    return { cells, outside };
  }

  letters(index) {
    const last = String.fromCharCode(65 + (index % 26));
    return index < 26 ? last : this.letters(Math.floor(index / 26) - 1) + last;
  }

  async sendBlock(job) {
    const { month, metric = "count" } = this.dataset;
    const cells = job.cells.map(({ input, text, where }) => {
      const [member, channel] = input.name.slice(1).split("-").map(Number);
      return [member, channel, Number(input.dataset.v), text, where];
    });
    const fields = { month, metric, outside: job.outside, cells: JSON.stringify(cells) };
    const answer = await this.post(this.dataset.paste, fields);
    const sent = new Map(job.cells.map(({ input, text }) => [input, text]));
    for (const input of sent.keys()) {
      if (input.value.trim() === sent.get(input)) this.forget(input);
      if (!answer.status && input.value.trim() !== input.defaultValue) {
        input.dataset.state = "failed";
        input.job = job;
      } else delete input.job;
    }
    this.stored(answer.changes, (cell) => cell.value.trim() === sent.get(cell));
    for (const input of sent.keys()) if (input.asked === sent.get(input)) delete input.asked;
    this.apply(answer.markup);
    for (const input of sent.keys()) if (answer.status && document.getElementById(`e${input.name.slice(1)}`)) input.dataset.state = "refused";
    if (answer.problem) this.toast(`Not pasted. ${answer.problem}`, { retry: "" });
  }

  // Also use 15 for

  // The newest toast gets a button that opens the menu; Ctrl+Enter opens it too.
  offer(input) {
    const toast = document.querySelector("#toasts toast-note[data-grid]");
    const undo = toast?.querySelector("[data-undo-batch]");
    if (!undo || !this.choices(input).length) return;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.also = input.id;
    button.textContent = `Also use ${input.defaultValue} for…`;
    undo.before(button);
  }

  column(input) {
    const index = input.closest("td").cellIndex;
    return [...this.querySelectorAll("tbody tr")].map((row) => row.cells[index]?.querySelector("input.cell-in")).filter(Boolean);
  }

  // -> [{ reach, words, count }]: what the number can be used for as well
  choices(input) {
    const [year, month] = this.dataset.month.split("-").map(Number);
    const lang = document.documentElement.lang || "en";
    const names = [];
    for (let later = month + 1; later <= 12; later += 1) {
      names.push(new Date(Date.UTC(year, later - 1, 1)).toLocaleString(lang, { month: "short", timeZone: "UTC" }));
    }
    const people = this.column(input).length;
    const found = [];
    if (names.length) found.push({ reach: "year", words: "Rest of the year", count: `${names.length > 3 ? `${names[0]} to ${names.at(-1)}` : names.join(", ")} (${names.length})` });
    if (people > 1) found.push({ reach: "everyone", words: `Everyone, ${input.closest("td").dataset.l}`, count: `${people} people` });
    if (people > 1 && names.length) found.push({ reach: "both", words: "Everyone, rest of the year", count: `${people * (names.length + 1)} cells` });
    return found;
  }

  openMenu(input) {
    this.closeMenu();
    const text = input.defaultValue;
    if (!text || input.value.trim() !== text) return;
    const menu = document.createElement("div");
    menu.className = "pop";
    menu.setAttribute("role", "group");
    menu.setAttribute("aria-label", `Also use ${text} for`);
    const head = document.createElement("p");
    head.textContent = `Saved. Also use ${text} for`;
    menu.append(head);
    for (const { reach, words, count } of this.choices(input)) menu.append(this.menuButton(words, count, { reach }));
    menu.append(document.createElement("hr"), this.menuButton("Clear this target", "Del", { clear: "" }));
    this.menu = menu;
    this.menuInput = input;
    input.closest("td").append(menu);
    menu.querySelector("button").focus();
  }

  menuButton(words, count, data) {
    const button = document.createElement("button");
    const small = document.createElement("small");
    button.type = "button";
    Object.assign(button.dataset, data);
    small.textContent = count;
    button.append(words, small);
    return button;
  }

  closeMenu() {
    const { menu } = this;
    this.menu = null;
    menu?.remove();
  }

  menuKey(event) {
    const buttons = [...this.menu.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape") {
      event.preventDefault();
      this.closeMenu();
      this.menuInput.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      buttons.at((at + (event.key === "ArrowDown" ? 1 : -1)) % buttons.length).focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      buttons.at(-1).click();
    }
  }

  chosen(dataset) {
    const input = this.menuInput;
    this.closeMenu();
    input.focus();
    if ("clear" in dataset) {
      input.value = "";
      this.changed(input);
      return;
    }
    const [member, channel] = input.name.slice(1).split("-");
    const { month, metric = "count" } = this.dataset;
    const members = this.column(input).map((other) => other.name.slice(1).split("-")[0]).join(",");
    const fields = { member, channel, month, metric, members, number: input.defaultValue, reach: dataset.reach };
    this.enqueue({ run: () => this.fill(this.dataset.apply, fields) });
  }

  // Filling many cells

  // Forms that fill cells (copying last month, and the question before a number goes) don't leave the page.
  fills(event) {
    const form = event.target;
    if (!form.matches("form[data-fill], dialog.replace form")) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    form.closest("dialog")?.close();
    form.closest("details")?.removeAttribute("open");
    this.enqueue({ run: () => this.fill(form.getAttribute("action"), fields) });
  }

  async fill(url, fields) {
    const answer = await this.post(url, fields);
    this.storedElsewhere(answer.changes);
    if (answer.problem) this.toast(`Nothing was changed. ${answer.problem}`);
    this.apply(answer.markup);
  }

  // A question that must be answered: the browser's own dialog keeps the focus inside and gives it back.
  ask(dialog) {
    document.getElementById(dialog.id)?.remove();
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-cancel]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.showModal();
  }

  // -> { status, markup, changes, problem }; status 0 where no usable answer came.
  async post(url, fields) {
    const body = new URLSearchParams(fields);
    const headers = { "X-CSRFToken": this.token(), "HX-Request": "true", "HX-Target": "cell-saved" };
    const nothing = { status: 0, markup: document.createDocumentFragment(), changes: [] };
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      // The address says what is shown, so that the answer shows the same.
      const address = url.includes("?") ? url : url + location.search;
      const response = await fetch(address, { method: "POST", body, headers, signal, keepalive: true });
      if (response.headers.has("HX-Redirect") || response.redirected) {
        return { ...nothing, problem: "You are signed out. Sign in in another tab, then retry." };
      }
      if (response.status === 403) return { ...nothing, problem: "You may not set this target." };
      if (response.status === 404) return { ...nothing, problem: "This person or channel is not there any more." };
      if (![200, 409, 422].includes(response.status)) return { ...nothing, problem: "The server could not save it." };
      const template = document.createElement("template");
      template.innerHTML = await response.text();
      const held = template.content.querySelector("data.changes");
      held?.remove();
      return { status: response.status, markup: template.content, changes: JSON.parse(held?.value ?? "[]") };
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
      input.dataset.v = change.version;
      // An undo may reach the other kind of target, which is not the one that is shown.
      if (change.metric !== (this.dataset.metric ?? "count")) continue;
      const replace = mayReplace(input);
      input.defaultValue = change.text;
      if (replace) {
        input.value = change.text;
        if (document.activeElement === input) input.select();
      }
    }
  }

  // Put each part of an answer in its place.
  apply(markup) {
    for (const part of [...markup.children]) {
      if (part.matches("toast-note")) this.showToast(part);
      else if (part.matches("dialog")) this.ask(part);
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
    for (const input of this.cells()) {
      if (input.dataset.state !== "failed") continue;
      if (!input.job) this.again(input);
      else if (!this.queue.includes(input.job)) this.enqueue(input.job);
    }
  }

  again(input) {
    this.forget(input);
    this.enqueue(input);
  }

  // Clicks on what stands inside the grid and beside it

  click(event) {
    const target = event.target.closest?.("[data-also], .pop button, [data-undo-batch], [data-retry], [data-keep], [data-use], [data-focus], a[href]");
    if (!target) return;
    const { dataset } = target;
    if ("also" in dataset) {
      target.closest("toast-note").remove();
      const input = document.getElementById(dataset.also);
      input?.scrollIntoView({ block: "nearest" });
      if (input) this.openMenu(input);
    } else if (target.matches(".pop button")) {
      this.chosen(dataset);
    } else if ("undoBatch" in dataset) {
      target.closest("toast-note")?.remove();
      this.undoBatch(dataset.undoBatch);
    } else if ("retry" in dataset) {
      const note = target.closest(".cell-note");
      target.closest("toast-note")?.remove();
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

  // A toast of an error; `data` says what its Retry does.
  toast(text, data) {
    const toast = document.createElement("toast-note");
    toast.className = "toast error";
    toast.innerHTML = "<p></p>";
    toast.querySelector("p").textContent = text;
    if (data) {
      const retry = document.createElement("button");
      retry.type = "button";
      retry.textContent = "Retry";
      Object.assign(retry.dataset, data);
      toast.append(retry);
    }
    this.showToast(toast);
  }

  // One at a time: the newest says what happened last.
  showToast(toast) {
    const region = document.getElementById("toasts");
    for (const old of region.querySelectorAll("[data-grid]")) old.remove();
    toast.dataset.grid = "";
    const batch = toast.querySelector("[data-undo-batch]")?.dataset.undoBatch;
    if (batch && !this.batches.includes(batch)) this.batches.push(batch);
    region.append(toast);
  }
}

customElements.define("target-grid", TargetGrid);
