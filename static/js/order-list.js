import { announce } from "./announce.js";

/**
 * Gives every item of the list inside it buttons that move it up and down. The number inputs,
 * which stand in for them where no script runs, hold the positions that are sent.
 */
class OrderList extends HTMLElement {
  connectedCallback() {
    this.#restore();
    for (const item of this.#items) item.append(this.#mover(item, -1), this.#mover(item, 1));
    this.#renumber();
  }

  get #items() {
    return [...this.querySelectorAll("li")];
  }

  /** A page that comes back holds the learner's places in its inputs. */
  #restore() {
    const place = (item) => Number(item.querySelector("input").value);
    this.querySelector("ol").append(...this.#items.sort((a, b) => place(a) - place(b)));
  }

  #mover(item, step) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "mover";
    button.dataset.step = step;
    button.textContent = step < 0 ? "↑" : "↓";
    button.setAttribute("aria-label", `Move ${step < 0 ? "up" : "down"}: ${wordsOf(item)}`);
    button.addEventListener("click", () => this.#move(item, step, button));
    return button;
  }

  #move(item, step, button) {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(item);
    else other.after(item);
    this.#renumber();
    button.focus(); // an element that is moved loses it
    const place = this.#items.indexOf(item) + 1;
    announce(`${wordsOf(item)}: ${place} of ${this.#items.length}`);
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #renumber() {
    this.#items.forEach((item, index, { length }) => {
      item.querySelector("input").value = index + 1;
      item.querySelector("[data-step='-1']").ariaDisabled = index === 0;
      item.querySelector("[data-step='1']").ariaDisabled = index === length - 1;
    });
  }
}

function wordsOf(item) {
  return item.querySelector("[data-words]").dataset.words;
}

customElements.define("order-list", OrderList);
