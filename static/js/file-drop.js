// Adds dropping to a file input, says the chosen file's size in an <output> (the input itself shows its name), marks the
// area while a file is above it, and takes an error away once another file is chosen.
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
    this.input.addEventListener("change", () => this.choose());
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

  choose() {
    if (this.input.files.length) {
      this.querySelector(".errors")?.remove();
      this.input.removeAttribute("aria-invalid");
      this.input.removeAttribute("aria-describedby");
    }
    this.show();
  }

  show() {
    const file = this.input.files[0];
    if (!this.output) return;
    if (!file) {
      this.output.textContent = "";
      return;
    }
    this.output.textContent = FileDrop.size(file.size);
  }

  static size(bytes) {
    // As the server writes sizes.
    if (bytes < 1024) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
    const step = Math.min(Math.floor(Math.log2(bytes) / 10), 3);
    return `${(bytes / 1024 ** step).toFixed(1)} ${["KB", "MB", "GB"][step - 1]}`;
  }
}

customElements.define("file-drop", FileDrop);
