import { announce } from "./announce.js";

/** Copies the text of the element named by `for`, or with `link` the address of the page. */
class CopyButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const source = document.getElementById(this.getAttribute("for"));
    const text = this.hasAttribute("link") ? location.href : source.textContent;
    announce((await copied(text)) ? "Copied" : "Your browser does not allow copying from here");
    this.dataset.copied = "";
    setTimeout(() => delete this.dataset.copied, 1500);
  }
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByCommand(text); // over plain http there is no clipboard object
  }
}

function copiedByCommand(text) {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  const focused = document.activeElement;
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  focused?.focus();
  return done;
}

customElements.define("copy-button", CopyButton);
