// Adds dropping to a file input, names the chosen file in an <output>, and marks the area while a file is above it.
class FileDrop extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.area = this.querySelector(".drop");
    this.input = this.querySelector("input[type=file]");
    this.output = this.querySelector("output");
    for (const name of ["dragenter", "dragover"]) this.addEventListener(name, (event) => this.above(event, true));
    this.addEventListener("dragleave", (event) => this.above(event, this.contains(event.relatedTarget)));
    this.addEventListener("drop", (event) => this.drop(event));
    this.input.addEventListener("change", () => this.show());
    this.show();
  }

  above(event, over) {
    event.preventDefault();
    this.area.classList.toggle("over", over);
  }

  drop(event) {
    this.above(event, false);
    if (!event.dataTransfer.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    const file = this.input.files[0];
    if (!this.output || !file) return;
    this.output.textContent = `${file.name}, ${FileDrop.size(file.size)}`;
  }

  static size(bytes) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
    return new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit",
      unit: units[step],
      maximumFractionDigits: 1,
    }).format(bytes / 1000 ** step);
  }
}

customElements.define("file-drop", FileDrop);
