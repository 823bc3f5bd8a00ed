// Adds and removes lines of a deal without a request; the buttons send the form where this doesn't run.
class DealLines extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.list = this.querySelector(".deal-lines");
    this.total = this.querySelector("[name=lines-TOTAL_FORMS]");
    this.addEventListener("click", (event) => this.press(event));
  }

  press(event) {
    const button = event.target.closest("button[name=action]");
    if (!button) return;
    event.preventDefault();
    if (button.value === "add-line") this.add();
    else this.take(button.closest("li"));
  }

  add() {
    const lines = this.list.children;
    if (lines.length >= Number(this.dataset.most)) return;
    const line = lines[lines.length - 1].cloneNode(true);
    for (const errors of line.querySelectorAll(".errors")) errors.remove();
    for (const input of line.querySelectorAll("input")) {
      input.value = input.name.endsWith("-quantity") ? "1" : "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    this.list.append(line);
    this.number();
    line.querySelector("input").focus();
  }

  take(line) {
    if (this.list.children.length < 2) return;
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    this.number();
    next.querySelector("input").focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Every name, id and label says the place of its line.
  number() {
    [...this.list.children].forEach((line, place) => {
      line.querySelector("legend").textContent = `Line ${place + 1}`;
      for (const each of line.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = each.getAttribute(name);
          if (value) each.setAttribute(name, value.replace(/lines-\d+-/g, `lines-${place}-`));
        }
      }
      const button = line.querySelector("button");
      button.value = `remove-line-${place}`;
      button.ariaLabel = `Remove line ${place + 1}`;
      button.disabled = this.list.children.length === 1;
    });
    this.total.value = this.list.children.length;
  }
}

customElements.define("deal-lines", DealLines);
