/** Changes the colours at once; the form it wraps has the server remember them. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.#choose(event));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.#details.open = false;
    });
  }

  get #details() {
    return this.querySelector("details");
  }

  #choose(event) {
    event.preventDefault();
    const chosen = event.submitter;
    document.documentElement.dataset.theme = chosen.value;
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button === chosen);
    }
    fetch(event.target.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(event.target, chosen)),
      redirect: "manual",
    }).catch(() => {}); // offline: the colours hold until the next page
    this.#close();
  }

  #close() {
    this.#details.open = false;
    this.querySelector("summary").focus();
  }
}

customElements.define("theme-switch", ThemeSwitch);
