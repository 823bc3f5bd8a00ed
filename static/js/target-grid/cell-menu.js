// The menu of a cell: its number for more cells, clearing it, a block from a spreadsheet, last month's targets.
//
// It opens by Ctrl+Enter, Alt+Down, the button beside the cell that is edited, and the toast after a save. It is a popover,
// so the browser closes it on Escape and on a click elsewhere and gives the focus back to the cell.
import { columnOf, placeOf } from "./moving.js";
import { button } from "./saying.js";

const PHONE = matchMedia("(max-width: 760px)");
const GAP = 4;

// -> [{ reach, words, cells, count }]: what a cell's number can be used for as well. laterMonths: "Nov,Dec", what the year still has
export function reachesOf(input, laterMonths) {
  const names = laterMonths.split(",").filter(Boolean);
  const people = columnOf(input).length;
  const rest = names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(", ");
  return [
    names.length && { reach: "year", words: "Rest of the year", cells: `${rest} · ${counted(names.length)}`, count: names.length },
    people > 1 && { reach: "everyone", words: `Everyone, ${input.closest("td").dataset.l}`, cells: counted(people), count: people },
    people > 1 && names.length && { reach: "both", words: "Everyone, rest of the year", cells: counted(people * (names.length + 1)), count: people * (names.length + 1) },
  ].filter(Boolean);
}

function counted(cells) {
  return `${cells.toLocaleString("en")} ${cells === 1 ? "cell" : "cells"}`;
}

export class CellMenu {
  // `choose(what, input)` does what was chosen: { reach }, { clear }, { paste } or { copy }.
  constructor(grid, choose) {
    this.grid = grid;
    this.choose = choose;
    this.place = this.place.bind(this);
  }

  open(input) {
    this.close();
    // Where the focus goes back to.
    input.focus({ preventScroll: true });
    input.scrollIntoView({ block: "nearest" });
    const panel = document.createElement("div");
    panel.className = "cell-menu";
    panel.popover = "auto";
    panel.append(...this.parts(input));
    panel.addEventListener("keydown", (event) => this.key(event));
    panel.addEventListener("click", (event) => this.click(event));
    panel.addEventListener("toggle", (event) => event.newState === "closed" && this.forget(panel));
    this.grid.append(panel);
    this.panel = panel;
    this.input = input;
    panel.showPopover();
    this.place();
    addEventListener("scroll", this.place, { capture: true, passive: true });
    addEventListener("resize", this.place);
    this.items()[0].focus({ preventScroll: true });
  }

  parts(input) {
    const text = input.defaultValue;
    const same = input.value.trim() === text;
    const reaches = text && same ? reachesOf(input, this.grid.dataset.later) : [];
    const { member } = placeOf(input);
    const { copied } = this.grid.dataset;
    const parts = [];
    if (reaches.length) {
      const head = document.createElement("p");
      head.id = "cell-menu-also";
      head.textContent = `Also use ${text} for`;
      const group = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", head.id);
      head.setAttribute("role", "presentation");
      group.append(...reaches.map(({ reach, words, cells, count }) => item(words, cells, { reach, count })));
      parts.push(head, group, rule());
    }
    if (text) parts.push(item("Clear this target", "Del", { clear: "" }));
    parts.push(item("Paste a block…", "", { paste: "" }));
    if (copied) parts.push(item(`Copy ${copied} for ${nameOf(input)}`, "", { copy: member }));
    const menu = document.createElement("div");
    menu.setAttribute("role", "menu");
    menu.setAttribute("aria-label", input.getAttribute("aria-label"));
    menu.append(...parts);
    return [menu];
  }

  items() {
    return [...this.panel.querySelectorAll("[role=menuitem]")];
  }

  key(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length).focus();
    } else if (event.key === "Tab") {
      // From here it moves on from the cell.
      this.close();
      this.input.focus();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.panel.querySelector("[data-clear]")?.click();
    }
  }

  click(event) {
    const chosen = event.target.closest("[role=menuitem]");
    if (!chosen) return;
    const { input } = this;
    this.close();
    input.focus();
    this.choose(chosen.dataset, input);
  }

  // Below the cell, or above it where there is no room; on a phone the style puts it at the bottom.
  place() {
    const { panel } = this;
    if (!panel) return;
    panel.style.removeProperty("inset");
    if (PHONE.matches) return;
    const cell = this.input.getBoundingClientRect();
    const { width, height } = panel.getBoundingClientRect();
    const below = cell.bottom + GAP;
    const top = below + height > innerHeight - GAP ? Math.max(GAP, cell.top - GAP - height) : below;
    const left = Math.max(GAP, Math.min(cell.left, document.documentElement.clientWidth - GAP - width));
    panel.style.inset = `${top}px auto auto ${left}px`;
  }

  close() {
    this.panel?.hidePopover();
    this.forget(this.panel);
  }

  forget(panel) {
    panel?.remove();
    if (panel !== this.panel) return;
    this.panel = null;
    removeEventListener("scroll", this.place, { capture: true });
    removeEventListener("resize", this.place);
  }
}

// The button that opens the menu stands beside the cell that has the focus, for a mouse and for a thumb.
export class MenuButton {
  constructor(icons) {
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "cell-more";
    this.button.tabIndex = -1; // Tab goes to the next cell; keys have their own way in
    this.button.setAttribute("aria-haspopup", "menu");
    this.button.innerHTML = `<svg class="ico dots" aria-hidden="true"><use href="${icons}#more"/></svg>`;
    // The cell keeps the focus, which a press would take away.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  stand(input) {
    this.input = input;
    this.button.setAttribute("aria-label", `More for ${input.getAttribute("aria-label")}`);
    input.after(this.button);
  }

  leave() {
    this.button.remove();
  }
}

export function nameOf(input) {
  return input.closest("tr").querySelector("th b").textContent;
}

function item(words, count, data) {
  const made = button("", data);
  made.setAttribute("role", "menuitem");
  made.tabIndex = -1;
  const label = document.createElement("span");
  label.textContent = words;
  made.append(label);
  if (count) {
    const small = document.createElement("small");
    small.textContent = count;
    made.append(small);
  }
  return made;
}

function rule() {
  const line = document.createElement("hr");
  line.setAttribute("role", "separator");
  return line;
}
