// <target-grid>: a table of always-present inputs that behaves like a sheet and saves as you type.
//
// One request a cell, one request at a time, in the order of typing: so the totals of a later answer are never older than
// those on the page, and a cell's next edit names the version that its last one got. An answer is markup whose parts
// replace the elements with the same ids; the input itself is never replaced. docs/targets-grid.md tells the whole.
import { fallOn, isSingle, rowsOf } from "./target-grid/block.js";
import { CellMenu, MenuButton, reachesOf } from "./target-grid/cell-menu.js";
import { CELL, columnOf, placeOf, whereTo } from "./target-grid/moving.js";
import { askForBlock } from "./target-grid/paste-dialog.js";
import { ask, button, cellOf, dropNote, errorToast, failureNote, noteOf, placeNote, showToast } from "./target-grid/saying.js";
import { post } from "./target-grid/server.js";
import { Status } from "./target-grid/status.js";

const CLICKABLE = ".cell-more, [data-also], [data-undo-batch], [data-retry], [data-keep], [data-use], [data-focus], a[href]";

class TargetGrid extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.form = this.querySelector("form");
    this.status = new Status(document.getElementById("saved"));
    this.queue = [];
    this.batches = [];
    this.running = false;
    this.idle = Promise.resolve();
    this.menu = new CellMenu(this, (what, input) => this.chosen(what, input));
    this.more = new MenuButton(this.icons());
    this.listen();
    this.lead(location.hash.slice(1));
  }

  listen() {
    const atCell = (name, act) => this.addEventListener(name, (event) => event.target.matches?.(CELL) && act(event.target, event));
    atCell("focusin", (input) => this.entered(input));
    atCell("change", (input) => this.changed(input));
    atCell("input", (input) => this.forget(input));
    atCell("keydown", (input, event) => this.key(input, event));
    atCell("paste", (input, event) => this.pasted(input, event));
    atCell("focusout", (input, event) => event.relatedTarget !== this.more.button && this.more.leave());
    this.addEventListener("keydown", (event) => this.noteKey(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      for (const input of this.unsaved()) this.changed(input);
    });
    document.addEventListener("submit", (event) => this.fills(event));
    document.addEventListener("click", (event) => this.click(event));
    addEventListener("online", () => this.retry());
    addEventListener("hashchange", () => this.lead(location.hash.slice(1)));
    addEventListener("beforeunload", (event) => {
      if (this.unsaved().length) event.preventDefault();
    });
  }

  // Where the page's icons stand.
  icons() {
    return document.querySelector("svg.ico use")?.getAttribute("href").split("#")[0] ?? "";
  }

  get metric() {
    return this.dataset.metric ?? "count";
  }

  cells() {
    return [...this.querySelectorAll(CELL)];
  }

  // What was typed and is not stored yet, whatever the reason. An input's defaultValue is what the server holds.
  unsaved() {
    return this.cells().filter((input) => input.value.trim() !== input.defaultValue || input.dataset.state);
  }

  entered(input) {
    input.select();
    this.more.stand(input);
  }

  // Bring a cell into sight and the focus into it. -> whether it is on the page
  lead(id) {
    const input = document.getElementById(id);
    if (!input?.matches(CELL)) return false;
    input.scrollIntoView({ block: "center", inline: "nearest" });
    input.focus({ preventScroll: true });
    return true;
  }

  // Keys

  key(input, event) {
    if (event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if ((command && event.key === "Enter") || (event.altKey && event.key === "ArrowDown")) {
      event.preventDefault();
      this.openMenu(input);
    } else if (command && event.key.toLowerCase() === "z" && !event.shiftKey && input.value === input.defaultValue) {
      // While something is typed it undoes the typing, as everywhere.
      event.preventDefault();
      this.undoLast();
    } else if (command || event.altKey) {
      return;
    } else if (event.key === "Escape") {
      this.putBack(input);
    } else {
      const to = whereTo(event);
      if (to === undefined) return;
      event.preventDefault();
      if (event.key === "Enter") this.changed(input);
      if (to) to.focus();
      else input.select();
    }
  }

  // From the buttons of a note Escape leads back to the cell.
  noteKey(event) {
    const note = event.key === "Escape" && event.target.closest(".cell-note");
    if (note) cellOf(note)?.focus();
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

  // A job is a cell to be saved, or something with `run`.
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
      if (this.current.run) await this.current.run();
      else await this.save(this.current);
      this.current = null;
    }
    this.running = false;
    this.report();
  }

  async save(input) {
    const text = input.value.trim();
    input.asked = text;
    const answer = await this.send(this.dataset.save, { ...placeOf(input), version: input.dataset.v, count: text });
    if (answer.status === 200) {
      this.forget(input);
      this.stored(answer.changes, (cell) => cell.value.trim() === text);
      delete input.asked;
    } else if (answer.status) {
      input.dataset.state = "refused";
    } else {
      input.dataset.state = "failed";
      placeNote(failureNote(input, answer.problem));
    }
    this.apply(answer.markup);
    if (answer.status === 200 && text) this.offer(input);
  }

  // The address says what is shown, so that the answer shows the same.
  send(url, fields) {
    const address = url.includes("?") ? url : url + location.search;
    return post(address, { month: this.dataset.month, metric: this.metric, ...fields }, this.form);
  }

  putBack(input) {
    const use = noteOf(input)?.querySelector("[data-use]");
    if (use) {
      // Somebody else's number is what stands there now.
      this.settle(input, use.dataset);
      return;
    }
    input.value = input.defaultValue;
    delete input.asked;
    // What is on its way or was sent before has to be taken back too.
    if (this.current === input || this.queue.includes(input)) this.enqueue(input);
    this.forget(input);
    this.report();
    input.select();
  }

  // Somebody else changed the cell: either save over it, knowing what it is, or take it.
  settle(input, { keep, use, version }) {
    if (keep !== undefined) {
      input.dataset.v = keep;
      this.again(input);
    } else {
      input.dataset.v = version;
      input.value = input.defaultValue = use;
      delete input.asked;
      this.forget(input);
      this.report();
    }
    input.focus();
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

  forget(input) {
    dropNote(input);
    delete input.dataset.state;
    if (input.asked !== input.value.trim()) delete input.asked;
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
    const answer = await this.send(this.dataset.undo, { batch });
    if (answer.status === 200) this.storedElsewhere(answer.changes);
    if (answer.problem) {
      this.batches.push(batch);
      showToast(errorToast(`Not undone. ${answer.problem}`, { undoBatch: batch }));
    }
    this.apply(answer.markup);
  }

  // Paste

  // A block goes into the cells from here to the right and down; a single number is typed as ever.
  pasted(input, event) {
    const rows = rowsOf(event.clipboardData?.getData("text/plain") ?? "");
    if (isSingle(rows)) return;
    event.preventDefault();
    this.fillBlock(input, rows);
  }

  fillBlock(input, rows) {
    const { cells, outside } = fallOn(input, rows);
    if (!cells.length) return;
    const job = { cells, outside, run: () => this.sendBlock(job) };
    for (const { input: cell, text } of cells) {
      this.forget(cell);
      cell.value = text;
      cell.asked = text;
      this.queue = this.queue.filter((other) => other !== cell);
    }
    input.select();
    this.enqueue(job);
  }

  async sendBlock(job) {
    const cells = job.cells.map(({ input, text, where }) => {
      const { member, channel } = placeOf(input);
      return [Number(member), Number(channel), Number(input.dataset.v), text, where];
    });
    const answer = await this.send(this.dataset.paste, { outside: job.outside, cells: JSON.stringify(cells) });
    const sent = new Map(job.cells.map(({ input, text }) => [input, text]));
    for (const [input, text] of sent) {
      if (input.value.trim() === text) this.forget(input);
      delete input.job;
      if (answer.status || input.value.trim() === input.defaultValue) continue;
      input.dataset.state = "failed";
      input.job = job;
    }
    this.stored(answer.changes, (cell) => cell.value.trim() === sent.get(cell));
    for (const [input, text] of sent) if (input.asked === text) delete input.asked;
    this.apply(answer.markup);
    for (const input of sent.keys()) if (answer.status && noteOf(input)) input.dataset.state = "refused";
    if (answer.problem) showToast(errorToast(`Not pasted. ${answer.problem}`, { retry: "" }));
  }

  // The menu of a cell

  // Once what was typed is stored; where it is refused, its note says more than a menu.
  openMenu(input) {
    this.changed(input);
    this.idle.then(() => {
      if (!input.dataset.state) this.menu.open(input);
    });
  }

  // The newest toast gets a button that opens the menu.
  offer(input) {
    const undo = document.querySelector("#toasts toast-note[data-grid] [data-undo-batch]");
    if (!undo || !reachesOf(input, this.dataset.later).length) return;
    undo.before(button(`Also use ${input.defaultValue} for…`, { also: input.id }));
  }

  chosen(what, input) {
    if ("clear" in what) {
      input.value = "";
      this.changed(input);
    } else if ("paste" in what) {
      askForBlock(input, (rows) => this.fillBlock(input, rows));
    } else if ("copy" in what) {
      this.enqueue({ run: () => this.fill(this.dataset.copy, { month: this.dataset.month, member: what.copy }) });
    } else {
      const members = columnOf(input).map((other) => placeOf(other).member).join(",");
      // The server asks where it finds another number of cells than the menu said.
      const fields = { ...placeOf(input), members, number: input.defaultValue, reach: what.reach, cells: what.count };
      this.enqueue({ run: () => this.fill(this.dataset.apply, fields) });
    }
  }

  // Filling many cells

  // Forms that fill cells (copying last month, and the question before a number goes) don't leave the page.
  fills(event) {
    const form = event.target;
    if (!form.matches("form[data-fill], dialog.replace form[action]")) return;
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    form.closest("dialog")?.close();
    this.enqueue({ run: () => this.fill(form.getAttribute("action"), fields) });
  }

  async fill(url, fields) {
    const asked = fields instanceof FormData;
    const answer = asked ? await post(url, fields, this.form) : await this.send(url, fields);
    this.storedElsewhere(answer.changes);
    if (answer.problem) showToast(errorToast(`Nothing was changed. ${answer.problem}`));
    this.apply(answer.markup);
  }

  // What an answer says

  // Somebody who is typing in a cell keeps what they type.
  storedElsewhere(changes) {
    this.stored(changes, (cell) => cell.value.trim() === cell.defaultValue);
  }

  // Note what the server holds now; the text changes only where `mayReplace` allows.
  stored(changes, mayReplace) {
    for (const change of changes) {
      const input = document.getElementById(change.cell);
      if (!input) continue;
      input.dataset.v = change.version;
      // An undo may reach the other kind of target, which is not the one that is shown.
      if (change.metric !== this.metric) continue;
      const replace = mayReplace(input);
      input.defaultValue = change.text;
      if (!replace) continue;
      input.value = change.text;
      if (document.activeElement === input) input.select();
    }
  }

  // Put each part of an answer in its place.
  apply(markup) {
    for (const part of [...markup.children]) {
      if (part.matches("toast-note")) this.tell(part);
      else if (part.matches("dialog")) ask(part);
      else if (part.matches(".cell-note")) placeNote(part);
      else document.getElementById(part.id)?.replaceWith(part);
    }
  }

  tell(toast) {
    const batch = toast.querySelector("[data-undo-batch]")?.dataset.undoBatch;
    if (batch && !this.batches.includes(batch)) this.batches.push(batch);
    showToast(toast);
  }

  // Clicks on what stands inside the grid and beside it

  click(event) {
    const target = event.target.closest?.(CLICKABLE);
    if (!target) return;
    const { dataset } = target;
    const note = target.closest(".cell-note");
    if (target === this.more.button) {
      this.openMenu(this.more.input);
    } else if ("also" in dataset) {
      target.closest("toast-note").remove();
      const input = document.getElementById(dataset.also);
      if (input) this.openMenu(input);
    } else if ("undoBatch" in dataset) {
      target.closest("toast-note")?.remove();
      this.undoBatch(dataset.undoBatch);
    } else if ("retry" in dataset) {
      target.closest("toast-note")?.remove();
      if (note) this.again(cellOf(note));
      else this.retry();
    } else if ("keep" in dataset || "use" in dataset) {
      this.settle(cellOf(note), dataset);
    } else if ("focus" in dataset) {
      event.preventDefault();
      if (!this.lead(dataset.focus)) this.leave(this.addressOf(dataset.focus));
    } else if (this.running && !event.defaultPrevented && leaves(event, target)) {
      event.preventDefault();
      this.leave(target.href);
    }
  }

  // Where a cell stands that this view of the month leaves out.
  addressOf(cell) {
    const query = new URLSearchParams(location.search);
    query.delete("behind");
    query.delete("show");
    query.set("month", this.dataset.month);
    return `?${query}#${cell}`;
  }

  // A link that is clicked while a number is on its way waits for the answer, and stays if the number is not saved.
  async leave(href) {
    await this.idle;
    if (!this.unsaved().length) location.assign(href);
  }

  // What everybody sees

  report() {
    this.status.say(this.running, this.cells().map((input) => input.dataset.state));
  }
}

// Whether a click on a link leaves the page in this window.
function leaves(event, link) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  return plain && link.origin === location.origin && !link.target && !link.getAttribute("href").startsWith("#");
}

customElements.define("target-grid", TargetGrid);
