// A block of cells as a spreadsheet copies it: tabs between cells, lines between rows, quotes around what holds either.
import { CELL } from "./moving.js";

// -> rows of texts
export function rowsOf(text) {
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
  return rows;
}

export function isSingle(rows) {
  return rows.length === 1 && rows[0].length === 1;
}

// -> the cells that a block falls on from `input` to the right and down, each with its text and its place in the block
// (B7), and how many texts fall on none
export function fallOn(input, rows) {
  const people = [...input.closest("tbody").rows];
  const top = people.indexOf(input.closest("tr"));
  const left = input.closest("td").cellIndex;
  const cells = [];
  let outside = 0;
  rows.forEach((texts, down) =>
    texts.forEach((text, right) => {
      const found = people[top + down]?.cells[left + right]?.querySelector(CELL);
      if (found) cells.push({ input: found, text: text.trim(), where: `${letters(right)}${down + 1}` });
      else if (text.trim()) outside += 1;
    }),
  );
  return { cells, outside };
}

function letters(index) {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
