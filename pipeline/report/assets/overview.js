// The overview's search box hands its words to the table of claims.
"use strict";
document.getElementById("seek").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = document.getElementById("seek-words").value.trim();
  location.href = "claims.html#" + new URLSearchParams(words ? { q: words } : {});
});
