// <print-page> around a button: prints the page.
class PrintPage extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => {
      const menu = this.closest("details");
      if (menu) menu.open = false;
      print();
    });
  }
}

customElements.define("print-page", PrintPage);
