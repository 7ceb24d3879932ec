/**
 * Tells its form how long the question was in view, in milliseconds, and the reader's time zone.
 * It holds the hidden inputs `duration_ms` and `time_zone`.
 */
class AnswerTimer extends HTMLElement {
  #seen = 0;
  #since = performance.now();
  #watch = () => this.#count();

  connectedCallback() {
    this.closest("form").addEventListener("formdata", ({ formData }) => {
      this.#count();
      formData.set("duration_ms", Math.round(this.#seen));
      formData.set("time_zone", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
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
