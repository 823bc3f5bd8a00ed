// Moving between cells as in a sheet: which cell a key leads to.

export const CELL = "input.cell-in";

// -> the cell that the key leads to, null at the sheet's edge, undefined where the key stays with the text
export function whereTo(event) {
  const input = event.target;
  const { key, shiftKey } = event;
  if (key === "Enter") return vertical(input, shiftKey ? -1 : 1);
  if (shiftKey) return undefined;
  if (key === "ArrowDown" || key === "ArrowUp") return vertical(input, key === "ArrowUp" ? -1 : 1);
  if (key !== "ArrowLeft" && key !== "ArrowRight") return undefined;
  const back = key === "ArrowLeft";
  const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const edge = back ? input.selectionEnd === 0 : input.selectionStart === input.value.length;
  return all || edge ? horizontal(input, back) : undefined;
}

// The nearest cell above or below that can be edited.
function vertical(input, step) {
  const column = input.closest("td").cellIndex;
  let row = input.closest("tr");
  for (;;) {
    row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!row) return null;
    const found = row.cells[column]?.querySelector(CELL);
    if (found) return found;
  }
}

function horizontal(input, back) {
  let cell = input.closest("td");
  for (;;) {
    cell = back ? cell.previousElementSibling : cell.nextElementSibling;
    if (!cell) return null;
    const found = cell.querySelector(CELL);
    if (found) return found;
  }
}

// The cells of a cell's column that can be edited, from top to bottom.
export function columnOf(input) {
  const index = input.closest("td").cellIndex;
  const rows = [...input.closest("tbody").rows];
  return rows.map((row) => row.cells[index]?.querySelector(CELL)).filter(Boolean);
}

// -> { member, channel } of a cell
export function placeOf(input) {
  const [member, channel] = input.name.slice(1).split("-");
  return { member, channel };
}
