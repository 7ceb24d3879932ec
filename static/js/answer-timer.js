/** Adds to its form how long the question was in view, in milliseconds, under its `name`. */
class AnswerTimer extends HTMLElement {
  #seen = 0;
  #since = performance.now();
  #watch = () => this.#count();

  connectedCallback() {
    this.closest("form").addEventListener("formdata", (event) => {
      this.#count();
      event.formData.set(this.getAttribute("name"), Math.round(this.#seen));
    });
    document.addEventListener("visibilitychange", this.#watch);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#watch);
  }

  /** Time with the page in the background does not count. */
  #count() {
    const now = performance.now();
    if (this.#since !== null) this.#seen += now - this.#since;
    this.#since = document.visibilityState === "visible" ? now : null;
  }
}

customElements.define("answer-timer", AnswerTimer);
