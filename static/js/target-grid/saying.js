// What the grid says: the note at a cell, the toast at the page's edge, and a question in a dialog.

// Why a cell is not saved, with Retry; as the server writes its own notes (targets/views/notes.py).
export function failureNote(input, problem) {
  const note = document.createElement("div");
  note.className = "cell-note";
  note.id = `e${input.name.slice(1)}`;
  note.setAttribute("role", "alert");
  note.innerHTML = '<p></p><span class="row"><button type="button" class="btn sm" data-retry>Retry</button></span>';
  note.firstChild.textContent = `Not saved. ${problem}`;
  return note;
}

export function placeNote(note) {
  const input = document.getElementById(`t${note.id.slice(1)}`);
  if (!input) return;
  document.getElementById(note.id)?.remove();
  input.closest("td").append(note);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `g${note.id.slice(1)} ${note.id}`);
}

export function noteOf(input) {
  return document.getElementById(`e${input.name.slice(1)}`);
}

export function dropNote(input) {
  noteOf(input)?.remove();
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", `g${input.name.slice(1)}`);
}

// The cell that a note stands at.
export function cellOf(note) {
  return document.getElementById(`t${note.id.slice(1)}`);
}

// A toast of an error; `data` says what its Retry does.
export function errorToast(text, data) {
  const toast = document.createElement("toast-note");
  toast.className = "toast error";
  toast.innerHTML = "<p></p>";
  toast.querySelector("p").textContent = text;
  if (data) toast.append(button("Retry", data));
  return toast;
}

// One at a time: the newest says what happened last.
export function showToast(toast) {
  const region = document.getElementById("toasts");
  for (const old of region.querySelectorAll("[data-grid]")) old.remove();
  toast.dataset.grid = "";
  region.append(toast);
}

export function button(text, data = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  Object.assign(made.dataset, data);
  return made;
}

// A question that must be answered: the browser's own dialog keeps the focus inside and gives it back.
export function ask(dialog) {
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
