// A box to paste a block into, where no key pastes: on a phone, or by mouse alone. The page's <template id="paste-block">
// is its markup.
import { fallOn, rowsOf } from "./block.js";
import { nameOf } from "./cell-menu.js";
import { ask } from "./saying.js";

// `fill(rows)` gets the rows that were pasted.
export function askForBlock(input, fill) {
  const dialog = document.getElementById("paste-block").content.firstElementChild.cloneNode(true);
  const box = dialog.querySelector("textarea");
  const told = dialog.querySelector("[data-told]");
  const done = dialog.querySelector("[type=submit]");
  dialog.querySelector("[data-first]").textContent = `${nameOf(input)}, ${input.closest("td").dataset.l}`;
  const count = () => {
    const { cells, outside } = box.value.trim() ? fallOn(input, rowsOf(box.value)) : { cells: [], outside: 0 };
    done.disabled = !cells.length;
    done.textContent = cells.length ? `Fill ${cells.length} ${cells.length === 1 ? "cell" : "cells"}` : "Fill";
    told.textContent = outside ? `${outside} more ${outside === 1 ? "has" : "have"} no cell to go to.` : "";
  };
  box.addEventListener("input", count);
  dialog.querySelector("form").addEventListener("submit", () => fill(rowsOf(box.value)));
  count();
  ask(dialog);
}
