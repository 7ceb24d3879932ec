const STORE = "shortcuts";
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const OWN_ENTER = "a, button, summary, input, textarea, select";

/**
 * Lets single keys press what is marked `data-key` and choose what is marked `data-choice`.
 * The button inside it switches this off and on again (WCAG 2.1.4); the choice is kept.
 */
class QuizKeys extends HTMLElement {
  #listen = (event) => this.#press(event);

  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.#switch(!this.#on));
    document.addEventListener("keydown", this.#listen);
    this.#switch(recalled() !== "off");
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#listen);
  }

  get #on() {
    return document.documentElement.dataset.keys === "on";
  }

  #switch(on) {
    document.documentElement.dataset.keys = on ? "on" : "off";
    this.querySelector("button").setAttribute("aria-pressed", on);
    keep(on ? "on" : "off");
  }

  #press(event) {
    if (!this.#on || event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.activeElement?.matches(TYPING)) return;
    // Links and buttons keep all their keys; in a radio button Enter sends the form by itself.
    if (document.activeElement?.matches("a, button, summary")) return;
    if (event.key === "Enter" && document.activeElement?.matches(OWN_ENTER)) return;
    const target = targetOf(event.key);
    if (!target) return;
    event.preventDefault();
    if (target.matches(TYPING)) target.focus();
    else target.click();
  }
}

function targetOf(key) {
  const name = CSS.escape(key.length === 1 ? key.toLowerCase() : key);
  const marked = document.querySelectorAll(`[data-choice="${name}"], [data-key="${name}"]`);
  return [...marked].find((element) => !element.disabled && element.checkVisibility());
}

// A browser that refuses storage still has shortcuts; it only forgets the switch.
function recalled() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(STORE, value);
  } catch {
    return;
  }
}

customElements.define("quiz-keys", QuizKeys);
