// A form whose answer comes from a passkey. data-task says what for: "add" a new one, "prove" who somebody is, "sign-in".
// The options stand in the page (#js_data), or, to sign in, behind data-options. The button shows where this can work.

const WORDS = {
  NotAllowedError: "That was cancelled, or took too long. Try again.",
  InvalidStateError: "This device already has a passkey for your account.",
  SecurityError: "Passkeys don't work at this address. They need https:// and the name of the site.",
};
const FAILED = "That didn't work. Try again, or choose another way.";

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.button = this.querySelector("button[type=submit]");
    if (!globalThis.webauthnJSON.supported()) return;
    this.querySelector("[data-without]")?.remove();
    this.button.hidden = false;
    this.form.addEventListener("submit", (event) => this.ask(event));
  }

  async ask(event) {
    event.preventDefault();
    const alert = this.querySelector("[role=alert]");
    alert.hidden = true;
    this.button.disabled = true;
    try {
      this.form.elements.credential.value = JSON.stringify(await this.credential());
      this.form.submit();
    } catch (error) {
      alert.querySelector("p").textContent = WORDS[error.name] ?? FAILED;
      alert.hidden = false;
    } finally {
      this.button.disabled = false;
    }
  }

  async credential() {
    const options = await this.options();
    if (this.dataset.task !== "add") return globalThis.webauthnJSON.get(options.request_options);
    const creation = options.creation_options;
    const alone = this.form.elements.passwordless.checked;
    const selection = creation.publicKey.authenticatorSelection;
    selection.residentKey = alone ? "required" : "discouraged";
    selection.requireResidentKey = alone;
    if (alone) selection.userVerification = "required";
    return globalThis.webauthnJSON.create(creation);
  }

  async options() {
    if (!this.dataset.options) return JSON.parse(document.getElementById("js_data").textContent);
    const response = await fetch(this.dataset.options, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json();
  }
}

customElements.define("passkey-form", PasskeyForm);
