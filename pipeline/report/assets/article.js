// An article: what is shown, and which claim the reader points at.
"use strict";
(() => {
  const text = document.querySelector("article.news");
  const panel = document.getElementById("panel");
  const pieces = new Map(); // claim number -> its pieces of text
  const covering = new Map(); // piece -> numbers of the claims on it, outermost first
  for (const piece of text.querySelectorAll("[data-c]")) {
    const numbers = piece.dataset.c.split(" ").map((token) => Number(token.slice(1)));
    covering.set(piece, numbers);
    for (const number of new Set(numbers)) {
      if (!pieces.has(number)) pieces.set(number, []);
      pieces.get(number).push(piece);
    }
  }
  const last = document.querySelectorAll("#claims .claim").length;
  const hint = panel.firstElementChild;
  let shown = 0; // the claim in the panel
  let held = 0; // the claim the reader chose, which stays when the pointer moves on

  const roles = (piece, number) =>
    piece.dataset.c.split(" ").filter((token) => Number(token.slice(1)) === number).map((token) => token[0]);

  const mark = (number) => {
    for (const piece of text.querySelectorAll(".on")) piece.classList.remove("on", "on-s", "on-q", "on-c");
    for (const piece of pieces.get(number) || []) {
      piece.classList.add("on", ...roles(piece, number).map((role) => "on-" + role));
    }
  };

  const button = (label, act, off) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.disabled = Boolean(off);
    made.addEventListener("click", act);
    return made;
  };

  const show = (number) => {
    if (number === shown) return;
    shown = number;
    mark(number);
    panel.replaceChildren();
    const row = document.getElementById("row-" + number);
    panel.classList.toggle("idle", !row);
    if (!row) {
      panel.append(hint);
      return;
    }
    const bar = document.createElement("div");
    bar.className = "bar";
    const title = document.createElement("h2");
    title.textContent = `Claim ${number} of ${last}`;
    bar.append(
      title,
      button("Previous", () => hold(number - 1, true), number <= 1),
      button("Next", () => hold(number + 1, true), number >= last),
      button("Close", () => hold(0)),
    );
    const card = document.createElement("div");
    card.className = "claim";
    for (const child of row.children) card.append(child.cloneNode(true));
    panel.append(bar, card);
  };

  const reveal = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };

  const hold = (number, move) => {
    held = number;
    show(number);
    if (!move) return;
    const [first] = pieces.get(number) || [];
    if (first) {
      reveal(first);
      first.scrollIntoView({ block: "center" });
    }
    const turn = [...panel.querySelectorAll(".bar button")];
    (turn.find((each) => !each.disabled) || panel).focus({ preventScroll: true });
  };

  // Pointing shows the innermost claim; choosing keeps it.
  text.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || panel.contains(event.target)) return;
    const piece = event.target.closest("[data-c]");
    show(piece ? covering.get(piece).at(-1) : held);
  });
  text.addEventListener("pointerleave", () => show(held));
  text.addEventListener("click", (event) => {
    if (!event.target.closest("#text, header")) return;
    const link = event.target.closest("a");
    if (link && link.classList.contains("n")) {
      event.preventDefault();
      hold(Number(link.textContent));
      history.replaceState(null, "", "#row-" + link.textContent);
      return;
    }
    if (link) return;
    const piece = event.target.closest("[data-c]");
    if (!piece) return;
    const numbers = [...new Set(covering.get(piece))].reverse(); // choosing again goes outwards
    hold(numbers[(numbers.indexOf(held) + 1) % numbers.length]);
  });
  text.addEventListener("focusin", (event) => {
    if (event.target.classList.contains("n")) show(Number(event.target.textContent));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hold(0);
  });

  // An address with an anchor opens the row it names.
  const follow = () => {
    for (const lit of text.querySelectorAll(".lit")) lit.classList.remove("lit");
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* taken as it stands */ }
    const target = id && document.getElementById(id);
    if (!target) return;
    reveal(target);
    if (target.classList.contains("a")) {
      let next = target.nextElementSibling;
      while (next && next.classList.contains("a")) next = next.nextElementSibling;
      const claim = [...document.querySelectorAll("#claims .go a")].findIndex(
        (link) => link.getAttribute("href") === "#" + id,
      );
      if (claim >= 0) hold(claim + 1);
      else if (next) next.classList.add("lit");
      target.scrollIntoView({ block: "center" });
    } else if (text.contains(target)) {
      target.classList.add("lit");
    }
  };
  addEventListener("hashchange", follow);

  for (const box of document.querySelectorAll("[data-show]")) {
    const apply = () => {
      document.body.classList.toggle("show-" + box.dataset.show, box.checked);
      if (box.dataset.show === "boilerplate") {
        for (const fold of document.querySelectorAll("details.fold")) fold.open = box.checked;
      }
    };
    box.addEventListener("change", apply);
    apply();
  }
  follow();
})();
