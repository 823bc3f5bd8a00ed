// The form that founds a company: the address follows the name until somebody types one, and the time zone is the
// browser's. Without it both are typed, or made by the server.
class FoundingForm extends HTMLElement {
  connectedCallback() {
    const company = this.querySelector("[name=company]");
    const slug = this.querySelector("[name=slug]");
    const zone = this.querySelector("[name=time_zone]");
    if (company && slug && !slug.value) {
      let own = false;
      slug.addEventListener("input", () => { own = slug.value !== ""; });
      company.addEventListener("input", () => { if (!own) slug.value = this.slugOf(company.value); });
    }
    if (zone && zone.value === "UTC") {
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const known = [...this.querySelectorAll("datalist option")].some((option) => option.value === here);
      if (known) zone.value = here;
    }
  }

  slugOf(name) {
    const plain = name.replaceAll("ß", "ss").normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
    return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60).replace(/-+$/, "");
  }
}
customElements.define("founding-form", FoundingForm);
