// The line that says how saving stands. It is always in sight: while its place is scrolled away, it floats.
const WORDS = {
  saved: ["check", "All changes saved"],
  saving: ["retry", "Saving"],
  failed: ["error", "Not saved"],
};

export class Status {
  // `element` is missing where nothing can be edited.
  constructor(element) {
    this.element = element;
    if (element) addEventListener("scroll", () => this.float(), { passive: true });
  }

  float() {
    this.element.classList.toggle("afloat", this.element.getBoundingClientRect().bottom < 0);
  }

  // `states` are those of the cells: "failed" (can be sent again), "refused" (has to be corrected), or nothing.
  say(running, states) {
    if (!this.element) return;
    const failed = states.filter((state) => state === "failed").length;
    const refused = states.filter((state) => state === "refused").length;
    const state = running ? "saving" : failed || refused ? "failed" : "saved";
    const [icon, words] = WORDS[state];
    this.element.dataset.state = state;
    const use = this.element.querySelector("use");
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${icon}`);
    const text = state !== "failed" || failed ? words : `${words}: ${refused} to correct`;
    const label = this.element.querySelector("[data-words]");
    if (label.textContent !== text) label.textContent = text;
    this.element.querySelector("[data-retry]").hidden = state !== "failed" || !failed;
  }
}
