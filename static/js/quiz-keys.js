const STORE = "shortcuts";
const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const PRESSED = "a, button, summary";

/**
 * The switch of the shortcuts: a button that says whether single keys press what is marked
 * `data-key` and choose what is marked `data-choice` (WCAG 2.1.4). The browser remembers it.
 */
class QuizKeys extends HTMLElement {
  connectedCallback() {
    this.#button.addEventListener("click", () => {
      turn(!on());
      for (const other of document.querySelectorAll("quiz-keys")) other.show();
    });
    this.show();
  }

  get #button() {
    return this.querySelector("button");
  }

  show() {
    this.#button.setAttribute("aria-pressed", on());
  }
}

const on = () => document.documentElement.dataset.keys === "on";

function turn(state) {
  document.documentElement.dataset.keys = state ? "on" : "off";
  try {
    localStorage.setItem(STORE, state ? "on" : "off");
  } catch {
    return; // a browser that refuses storage forgets the choice with the page
  }
}

function recalled() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

function press(event) {
  if (!on() || event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const focused = document.activeElement;
  if (focused?.matches(TYPING) || focused?.matches(PRESSED)) return;
  // In a radio button or a box, Enter sends the form by itself.
  if (event.key === "Enter" && focused?.matches("input")) return;
  const target = targetOf(event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches(TYPING)) target.focus();
  else target.click();
}

function targetOf(key) {
  const name = CSS.escape(key.length === 1 ? key.toLowerCase() : key);
  const marked = document.querySelectorAll(`[data-choice="${name}"], [data-key="${name}"]`);
  return [...marked].find((element) => !element.disabled && element.checkVisibility());
}

turn(recalled());
document.addEventListener("keydown", press);
customElements.define("quiz-keys", QuizKeys);
