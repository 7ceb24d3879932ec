/**
 * Ties a slider to the text box whose value is sent. With `log` the slider moves by factors.
 * The box keeps every digit that is typed; the slider writes round numbers.
 */
class SliderField extends HTMLElement {
  connectedCallback() {
    this.slider.addEventListener("input", () => this.#write());
    this.box.addEventListener("input", () => this.#follow());
    this.box.addEventListener("keydown", (event) => this.#step(event));
    this.#follow();
  }

  get slider() {
    return this.querySelector("input[type=range]");
  }

  get box() {
    return this.querySelector("input:not([type=range])");
  }

  get #log() {
    return this.hasAttribute("log");
  }

  #write() {
    const at = this.slider.valueAsNumber;
    this.box.value = this.#log ? rounded(10 ** at) : String(at);
    this.#describe();
  }

  #follow() {
    const value = Number(this.box.value);
    if (this.box.value.trim() && Number.isFinite(value)) {
      this.slider.value = this.#log ? Math.log10(value) : value;
    }
    this.#describe();
  }

  #step(event) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    if (direction > 0) this.slider.stepUp();
    else this.slider.stepDown();
    this.#write();
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #describe() {
    const { slider, box } = this;
    const share = (slider.valueAsNumber - slider.min) / (slider.max - slider.min);
    slider.style.setProperty("--at", `${100 * share}%`);
    slider.setAttribute("aria-valuetext", [box.value, this.getAttribute("unit")].join(" ").trim());
  }
}

/** Three figures, without the noise of binary fractions. */
function rounded(value) {
  return String(Number(value.toPrecision(3)));
}

customElements.define("slider-field", SliderField);
