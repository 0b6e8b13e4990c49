// Every page: the colour scheme, which follows the system until the reader chooses.
"use strict";
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try { return localStorage.getItem("newsclaims-theme"); } catch { return null; }
  };
  const store = (theme) => {
    try { localStorage.setItem("newsclaims-theme", theme); } catch { /* private mode: for this page only */ }
  };
  const apply = (theme) => {
    root.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) button.textContent = theme === "dark" ? "Light mode" : "Dark mode";
  };
  const current = () => root.dataset.theme;
  apply(stored() || (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => { if (!stored()) apply(system.matches ? "dark" : "light"); });
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.hidden = false;
    apply(current());
    button.addEventListener("click", () => {
      const theme = current() === "dark" ? "light" : "dark";
      store(theme);
      apply(theme);
    });
  });
})();
