// A message that leaves by itself after data-seconds (8), but not while it is pointed at or has the focus, and never
// one with data-stay. It stands inside the page's status region, which announces it.
class ToastNote extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.remove();
    });
    if ("stay" in this.dataset) return;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => this.hold());
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.leave());
    this.leave();
  }

  disconnectedCallback() {
    this.hold();
  }

  hold() {
    clearTimeout(this.timer);
  }

  leave() {
    this.hold();
    this.timer = setTimeout(() => this.remove(), 1000 * Number(this.dataset.seconds ?? 8));
  }
}

customElements.define("toast-note", ToastNote);
