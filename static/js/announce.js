/** Have a screen reader say a sentence, after what it is saying now. */
export function announce(text) {
  const region = document.getElementById("live");
  region.textContent = "";
  // The same sentence twice in a row is said twice only if the region was empty in between.
  requestAnimationFrame(() => (region.textContent = text));
}
