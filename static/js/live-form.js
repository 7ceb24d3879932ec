import { announce } from "./announce.js";

const OFFLINE = "The server did not answer. Nothing you entered is lost: try again.";
const PAUSE = 16; // ms; changes within one frame are one change

let shown = addressWithoutHash();

/**
 * Sends the form inside it without leaving the page.
 *
 * <live-form>                        the answer takes the place of the content of <main>
 * <live-form swap="#run, .error">    only elements with an id that match are replaced
 * <live-form auto>                   (GET) asks again whenever an input changes
 */
class LiveForm extends HTMLElement {
  #asking = null; // the AbortController of the request under way
  #again = false; // an input changed while it was
  #pause = 0;

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#submit(event));
    if (this.hasAttribute("auto")) {
      this.addEventListener("input", () => this.#soon());
    }
  }

  disconnectedCallback() {
    clearTimeout(this.#pause);
  }

  get #form() {
    return this.querySelector("form");
  }

  #submit(event) {
    if (event.defaultPrevented || event.submitter?.formTarget) return;
    event.preventDefault();
    const request = requestOf(event.target, event.submitter);
    if (this.#asking && request.method === "POST") return; // a double click
    clearTimeout(this.#pause);
    this.#asking?.abort();
    this.#ask(request, { quiet: false });
  }

  #soon() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      // One request at a time and then the newest: a drag shows pictures all along, and the
      // server never computes what nobody will see.
      if (this.#asking) this.#again = true;
      else this.#ask(requestOf(this.#form), { quiet: true });
    }, PAUSE);
  }

  async #ask(request, { quiet }) {
    const asking = (this.#asking = new AbortController());
    this.#busy(true, quiet);
    try {
      const response = await fetch(request.url, {
        method: request.method,
        body: request.body,
        headers: { "X-Fragment": "1" },
        signal: asking.signal,
      });
      const answer = await pageOf(response);
      if (this.#asking !== asking) return;
      if (this.#replaces(response, answer)) this.#show(answer, response, request, quiet);
      else this.#tell(refusalOf(response, answer));
    } catch (error) {
      if (error.name !== "AbortError") this.#tell([error instanceof TypeError ? OFFLINE : error.message]);
    } finally {
      if (this.#asking === asking) this.#done(quiet);
    }
  }

  #done(quiet) {
    this.#asking = null;
    this.#busy(false, quiet);
    if (this.#again && this.isConnected) {
      this.#again = false;
      this.#ask(requestOf(this.#form), { quiet: true });
    }
  }

  #busy(busy, quiet) {
    const form = this.#form;
    form?.setAttribute("aria-busy", busy);
    if (quiet) return;
    for (const button of form?.querySelectorAll("button:not([type=button])") ?? []) {
      button.disabled = busy;
    }
  }

  /** Whether the answer is this page again; a refusal must not take away what was typed. */
  #replaces(response, answer) {
    if (response.ok) return true;
    if (answer.getElementById("refusal")) return false;
    const parts = this.getAttribute("swap");
    return response.status === 422 || Boolean(parts && answer.querySelector(parts));
  }

  #show(answer, response, request, quiet) {
    this.querySelector(".live-error")?.remove();
    remember(response, request, quiet);
    document.title = answer.title;
    const swapped = swap(this.getAttribute("swap"), answer);
    const spoken = swapped.flatMap((part) => all(part, "[data-announce]"))[0];
    if (spoken) announce(spoken.dataset.announce);
    if (!quiet) moveFocus(swapped);
  }

  /** Say under the form, which stays as it is, why nothing came of it. */
  #tell(words) {
    this.querySelector(".live-error")?.remove();
    const message = document.createElement("div");
    message.className = "error live-error";
    message.setAttribute("role", "alert");
    for (const part of words) {
      message.append(document.createElement("p"));
      message.lastChild.append(part);
    }
    this.append(message);
    message.scrollIntoView({ block: "nearest" });
  }
}

function requestOf(form, submitter) {
  const data = new FormData(form, submitter);
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toUpperCase();
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  const body = new URLSearchParams(data);
  if (method !== "GET") return { method, url, body };
  url.search = body;
  return { method, url };
}

async function pageOf(response) {
  if (!response.headers.get("content-type")?.startsWith("text/html")) throw new Error(failure(response));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function failure(response) {
  return `The server could not do this (${response.status}). Nothing you entered is lost: try again.`;
}

/** What the page of an error says, a paragraph each, and where else it leads. */
function refusalOf(response, answer) {
  const refusal = answer.getElementById("refusal");
  if (!refusal) return [failure(response)]; // a proxy's own page
  const title = document.createElement("strong");
  title.textContent = refusal.querySelector("h1").textContent;
  const said = [...refusal.querySelectorAll("[data-said]")].map((part) => part.textContent);
  const links = [...refusal.querySelectorAll("a:not([href='/'])")];
  return [title, ...said, ...links];
}

/** The address bar names what is shown, as it would without a script. */
function remember(response, request, quiet) {
  if (request.method === "GET") {
    history[quiet ? "replaceState" : "pushState"]({}, "", request.url);
  } else if (response.redirected && response.url !== location.href) {
    history.pushState({}, "", response.url);
  }
  shown = addressWithoutHash();
}

function addressWithoutHash() {
  return location.pathname + location.search;
}

/** Put parts of the answer in the place of their likes; returns the new parts. */
function swap(selector, answer) {
  const parts = selector ? [...answer.querySelectorAll(selector)].filter((part) => part.id) : [];
  const pairs = parts.map((part) => [document.getElementById(part.id), part]).filter(([old]) => old);
  for (const [old, part] of pairs) {
    keepOpen(old, part);
    old.replaceWith(part);
    markInvalid(part);
  }
  if (pairs.length) return parts;
  const main = document.getElementById("main");
  main.replaceChildren(...answer.body.childNodes);
  return [main];
}

/** What the reader has unfolded stays unfolded. */
function keepOpen(old, part) {
  for (const details of old.querySelectorAll("details[open][id]")) {
    part.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
}

/** A message at a field says so to the field, which itself is not replaced. */
function markInvalid(part) {
  const field = part.dataset.for && document.getElementById(part.dataset.for);
  if (field) field.ariaInvalid = part.textContent.trim() ? "true" : null;
}

function moveFocus(parts) {
  const target = parts.flatMap((part) => all(part, "[data-focus]"))[0];
  if (target) {
    target.focus({ preventScroll: true });
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    target.scrollIntoView({ block: "nearest", behavior });
  } else if (parts[0]?.id === "main") {
    parts[0].focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function all(part, selector) {
  return [...(part.matches(selector) ? [part] : []), ...part.querySelectorAll(selector)];
}

customElements.define("live-form", LiveForm);

// Back and Forward between addresses that were reached without leaving the page. (A link to a
// place on the page comes here too, and needs nothing.)
addEventListener("popstate", () => {
  if (addressWithoutHash() !== shown) location.reload();
});
