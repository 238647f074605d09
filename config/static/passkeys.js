// What went wrong with a passkey, in words. The ceremony itself is allauth's.
"use strict";

document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("passkey-problem");
  if (!place) return;
  event.preventDefault();
  const name = event.detail.exception?.name;
  const words = { InvalidStateError: "known", NotAllowedError: "cancelled", AbortError: "cancelled" };
  place.textContent = place.dataset[words[name] ?? "impossible"];
  place.hidden = false;
});
