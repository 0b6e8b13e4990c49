// A table of many rows: loaded shard by shard, searched, filtered and sorted here, shown a page at a time.
// Text from the tables reaches the page as text nodes and attribute values alone.
"use strict";

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
};

const DAY_MS = 86400000;
const isoDay = (days) => (days === null || days === undefined ? "" : new Date(days * DAY_MS).toISOString().slice(0, 10));
const fromIso = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? Math.round(Date.parse(text) / DAY_MS) : null);
const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const plural = (n, noun) => `${thousands(n)} ${n === 1 ? noun : noun + "s"}`;
// The words of a search: all must occur; "in quotation marks" as a phrase; -word must not.
const parseQuery = (text) => {
  const wanted = [], unwanted = [];
  for (const [, minus, phrase, word] of fold(text).matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)) {
    const term = (phrase ?? word).replaceAll(CUT, "");
    if (term) (minus ? unwanted : wanted).push(term);
  }
  return { wanted, unwanted };
};

// The text in pieces, those that a search found marked.
const marked = (text, terms) => {
  if (!terms.length) return [text];
  const low = fold(text);
  if (low.length !== text.length) return [text]; // folding moved the letters: better no marks than wrong ones
  const pieces = [];
  let at = 0;
  while (at < text.length) {
    let next = -1, size = 0;
    for (const term of terms) {
      const found = low.indexOf(term, at);
      if (found >= 0 && (next < 0 || found < next || (found === next && term.length > size))) {
        next = found;
        size = term.length;
      }
    }
    if (next < 0) break;
    if (next > at) pieces.push(text.slice(at, next));
    pieces.push(make("mark", {}, text.slice(next, next + size)));
    at = next + size;
  }
  pieces.push(text.slice(at));
  return pieces;
};

const csvCell = (value) => {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text; // no spreadsheet runs it
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

class Finder {
  // kind: how one table is searched and shown; see tables.js.
  constructor(root, kind) {
    this.root = root;
    this.kind = kind;
    this.shards = [];
    this.loaded = 0;
    this.waiting = [];
    this.meta = null;
    this.ranks = new Map();
    this.state = this.readState();
    this.build();
    addEventListener("hashchange", () => {
      if (location.hash === this.hash) return;
      this.state = this.readState();
      this.fillForm();
      this.update();
    });
    const queue = self.newsclaims || [];
    self.newsclaims = { push: (message) => this.receive(message) };
    queue.forEach((message) => this.receive(message));
  }

  // ---- rows -----------------------------------------------------------------------------------

  receive([name, number, data]) {
    if (name === "index") {
      this.meta = data[this.kind.name];
      this.columns = {};
      for (const column of [...this.kind.numbers, ...Object.keys(this.meta.codes)]) {
        this.columns[column] = new Float64Array(this.meta.n).fill(NaN);
      }
      this.fillOptions();
      this.waiting.forEach(([at, shard]) => this.enter(at, shard));
      this.waiting = [];
    } else if (name === this.kind.name) {
      if (this.meta) this.enter(number, data);
      else this.waiting.push([number, data]);
    }
    this.later();
  }

  enter(number, given) {
    const shard = unpack(given);
    const start = number * this.meta.size;
    for (const [name, values] of Object.entries(shard.numbers)) {
      const column = this.columns[name];
      for (let i = 0; i < shard.n; i++) if (values[i] !== null) column[start + i] = values[i];
    }
    delete shard.numbers; // they are in the columns now
    this.kind.prepare?.(shard);
    this.shards[number] = shard;
    this.loaded += shard.n;
  }

  // The first rows are shown as soon as they are there; then a look when all are. A look at every shard would
  // double the time.
  later() {
    if (!this.meta) return;
    if (this.loaded < this.meta.n && (this.drawn || !this.shards[0])) {
      this.status.textContent = `Loading … ${thousands(this.loaded)} of ${plural(this.meta.n, this.kind.noun)}`;
      return;
    }
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      this.update(true);
      if (this.loaded === this.meta.n) this.warm(0);
    }, 0);
  }

  // Fold the texts while nobody waits for them: half of a first search.
  warm(number) {
    const shard = this.shards[number];
    if (!shard) return;
    for (const column of this.kind.searched(shard)) column.low; // the getter keeps what it makes
    requestIdleCallback(() => this.warm(number + 1));
  }

  row(n) {
    const shard = this.shards[Math.floor(n / this.meta.size)];
    return [shard, n % this.meta.size];
  }

  text(name, n) {
    const [shard, i] = this.row(n);
    return shard[name].at(i);
  }

  code(name, n) {
    const value = this.columns[name][n];
    return Number.isNaN(value) ? "" : this.meta.codes[name].at(value)[0];
  }

  number(name, n) {
    const value = this.columns[name][n];
    return Number.isNaN(value) ? null : value;
  }

  // ---- finding --------------------------------------------------------------------------------

  find() {
    const tests = [], searches = [];
    const query = parseQuery(this.state.q || "");
    this.terms = query.wanted;
    if (query.wanted.length + query.unwanted.length) searches.push([this.kind.searched, query]);
    for (const filter of this.kind.filters) {
      const value = this.state[filter.key];
      if (!value) continue;
      if (filter.type === "text") searches.push([filter.searched, { wanted: [fold(value)], unwanted: [] }]);
      else tests.push(this.test(filter, value));
    }
    const found = [];
    this.shards.forEach((shard, number) => {
      const start = number * this.meta.size;
      const kept = searches.map(([columns, terms]) => searchShard(shard, columns(shard), terms));
      rows: for (let i = 0; i < shard.n; i++) {
        for (const each of kept) if (!each[i]) continue rows;
        for (const test of tests) if (!test(start + i)) continue rows;
        found.push(start + i);
      }
    });
    if (!found.length && this.state.q && this.kind.id) found.push(...this.withId(this.state.q));
    return this.sorted(found);
  }

  // The row whose id was searched for, in a list.
  withId(id) {
    for (const [number, shard] of this.shards.entries()) {
      const row = shard ? shard[this.kind.id].whole(id) : -1;
      if (row >= 0) return [number * this.meta.size + row];
    }
    return [];
  }

  test(filter, value) {
    if (filter.type === "code") {
      const allowed = this.meta.codes[filter.column].map(([each]) => filter.allows(each, value));
      const column = this.columns[filter.column];
      return (n) => allowed[column[n]];
    }
    const bound = filter.type === "least" ? Number(value) * filter.scale : fromIso(value);
    if (bound === null || Number.isNaN(bound)) return () => true;
    const column = this.columns[filter.column];
    return filter.type === "to" ? (n) => column[n] <= bound : (n) => column[n] >= bound;
  }

  sorted(found) {
    const sort = this.kind.columns.find((column) => column.key === this.state.sort) || null;
    const { order } = this.kind; // the order in which the rows come
    if (!sort || (this.state.sort === order.sort && this.state.down === order.down)) return found;
    const key = sort.rank ? this.rank(sort) : this.columns[sort.sort];
    const sign = this.state.down ? -1 : 1;
    const step = 2 ** 21; // rows per key: key and row number share one number, which sorts natively
    const keys = new Float64Array(found.length);
    let absent = 0;
    found.forEach((n, i) => {
      let value = key[n];
      if (Number.isNaN(value)) {
        value = 2 ** 30; // rows without a value come last, whichever way
        absent += 1;
      } else value *= sign;
      keys[i] = value * step + n;
    });
    keys.sort();
    return Array.from(keys, (each) => each - Math.floor(each / step) * step);
  }

  // The place of every row in the alphabet, for a column of text.
  rank(column) {
    const known = this.ranks.get(column.key);
    if (known && known.n === this.loaded) return known.places;
    const values = [];
    this.shards.forEach((shard, number) => {
      const start = number * this.meta.size;
      for (let i = 0; i < shard.n; i++) values.push([start + i, column.rank(shard, i)]);
    });
    const order = new Map();
    const { compare } = new Intl.Collator("en", { sensitivity: "base", ignorePunctuation: true });
    [...new Set(values.map(([, value]) => value))].sort(compare).forEach((value, i) => order.set(value, i));
    const places = new Float64Array(this.meta.n);
    for (const [n, value] of values) places[n] = value ? order.get(value) : NaN;
    this.ranks.set(column.key, { n: this.loaded, places });
    return places;
  }

  // ---- the page -------------------------------------------------------------------------------

  build() {
    const { kind } = this;
    this.form = make("form", { role: "search", class: "filters", "aria-label": `Search ${kind.name}` });
    this.form.append(
      make("label", { class: "wide" }, "Search",
        make("input", { type: "search", name: "q", placeholder: kind.placeholder, autocomplete: "off", spellcheck: "false" })),
    );
    const more = make("div", { class: "more" });
    for (const filter of kind.filters) more.append(this.control(filter));
    this.more = make("details", { class: "filter-box" }, make("summary", {}, "Filters"), more);
    this.form.append(this.more);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.change(), 60);
    });
    this.status = make("p", { role: "status", class: "status" }, "Loading …");
    this.exporter = make("button", { type: "button", on: { click: () => this.download() } }, "Download as CSV");
    this.reset = make("button", { type: "button", on: { click: () => this.clear() } }, "Clear search");
    this.head = make("tr", { role: "row" });
    this.body = make("tbody", { role: "rowgroup" });
    const table = make("table", { role: "table", class: `list ${kind.name}`, "aria-label": kind.name },
      make("thead", { role: "rowgroup" }, this.head), this.body);
    this.pager = make("nav", { class: "pager", "aria-label": "Pages of the table" });
    this.root.append(
      this.form,
      make("div", { class: "found" }, this.status, make("div", { class: "acts" }, this.reset, this.exporter)),
      table,
      this.pager,
    );
    this.drawHead();
    this.fillForm();
    this.more.open = matchMedia("(min-width: 60rem)").matches || kind.filters.some((each) => this.state[each.key]);
  }

  control(filter) {
    const input = filter.type === "code"
      ? make("select", { name: filter.key }, make("option", { value: "" }, filter.any || "any"))
      : make("input", {
        name: filter.key,
        type: { from: "date", to: "date", least: "number" }[filter.type] || "search",
        min: filter.type === "least" ? 0 : null,
        max: filter.type === "least" ? 100 : null,
        step: filter.type === "least" ? 5 : null,
        autocomplete: "off",
      });
    return make("label", {}, filter.label, input);
  }

  fillOptions() {
    for (const filter of this.kind.filters) {
      if (filter.type !== "code") continue;
      const counts = new Map();
      for (const [value, n] of this.meta.codes[filter.column]) {
        for (const each of filter.values(value)) counts.set(each, (counts.get(each) || 0) + n);
      }
      const select = this.form.elements[filter.key];
      const choices = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      for (const [value, n] of choices) {
        select.append(make("option", { value }, `${(filter.names || {})[value] || value} (${thousands(n)})`));
      }
    }
    this.fillForm();
  }

  fillForm() {
    for (const input of this.form.elements) if (input.name) input.value = this.state[input.name] || "";
  }

  drawHead() {
    this.head.replaceChildren();
    for (const column of this.kind.columns) {
      const attributes = { role: "columnheader", scope: "col", class: column.class || null };
      if (!column.sort && !column.rank) {
        this.head.append(make("th", attributes, column.label));
        continue;
      }
      const now = this.state.sort === column.key;
      attributes["aria-sort"] = now ? (this.state.down ? "descending" : "ascending") : "none";
      const arrow = make("span", { "aria-hidden": "true" }, now ? (this.state.down ? " ↓" : " ↑") : " ↕");
      this.head.append(make("th", attributes,
        make("button", { type: "button", on: { click: () => this.sortBy(column) } }, column.label, arrow)));
    }
  }

  sortBy(column) {
    const again = this.state.sort === column.key;
    this.state.down = again ? (this.state.down ? "" : "1") : (column.down ? "1" : "");
    this.state.sort = column.key;
    this.state.page = "";
    this.drawHead();
    this.update();
    const at = this.kind.columns.indexOf(column);
    this.head.children[at].querySelector("button").focus();
  }

  change() {
    for (const input of this.form.elements) if (input.name) this.state[input.name] = input.value.trim();
    this.state.page = "";
    this.update();
  }

  clear() {
    this.state = { sort: this.state.sort, down: this.state.down };
    this.fillForm();
    this.update();
    this.form.elements.q.focus();
  }

  update(more = false) {
    if (!this.meta) return;
    this.found = this.find();
    if (!more || this.loaded === this.meta.n) this.writeState();
    this.draw();
    if (this.loaded === this.meta.n) this.openRow();
  }

  draw() {
    const size = 50;
    const pages = Math.max(1, Math.ceil(this.found.length / size));
    const page = Math.min(Math.max(1, Number(this.state.page) || 1), pages);
    const shown = this.found.slice((page - 1) * size, page * size);
    const look = `${shown} ${this.terms}`;
    if (look !== this.look) this.body.replaceChildren(...shown.map((n) => this.drawRow(n)));
    this.look = look;
    const all = this.loaded === this.meta.n;
    const of = this.found.length === this.meta.n ? "" : ` of ${thousands(this.meta.n)}`;
    const range = pages > 1 ? `, page ${thousands(page)} of ${thousands(pages)}` : "";
    this.status.textContent = all
      ? `${thousands(this.found.length)}${of} ${this.meta.n === 1 ? this.kind.noun : this.kind.noun + "s"}${range}`
      : `Loading … ${plural(this.found.length, this.kind.noun)} so far`;
    this.root.dataset.state = this.hash || "";
    this.root.dataset.ready = all ? "yes" : "no";
    const narrowed = Object.entries(this.state).some(([key, value]) => value && !["sort", "down", "page"].includes(key));
    this.reset.hidden = !narrowed;
    this.exporter.disabled = !all || !this.found.length;
    this.exporter.textContent = all ? `Download ${plural(this.found.length, "row")} as CSV` : "Download as CSV";
    this.drawPager(page, pages);
    this.drawn = true;
  }

  drawRow(n) {
    const cells = this.kind.columns.map((column, i) =>
      make(i ? "td" : "th", {
        role: i ? "cell" : "rowheader",
        scope: i ? null : "row",
        class: column.class || null,
        "data-label": column.label,
      }, ...column.cell(this, n)));
    return make("tr", { role: "row" }, ...cells);
  }

  drawPager(page, pages) {
    this.pager.replaceChildren();
    this.pager.hidden = pages < 2;
    if (pages < 2) return;
    const go = (to) => () => {
      this.state.page = to > 1 ? String(to) : "";
      this.writeState();
      this.draw();
      this.root.scrollIntoView();
      this.status.setAttribute("tabindex", "-1");
      this.status.focus({ preventScroll: true });
    };
    const jump = make("input", { type: "number", min: 1, max: pages, value: page, "aria-label": `Page, of ${pages}` });
    jump.addEventListener("change", () => go(Math.min(pages, Math.max(1, Math.round(Number(jump.value)) || 1)))());
    this.pager.append(
      make("button", { type: "button", disabled: page <= 1, on: { click: go(page - 1) } }, "← Previous"),
      make("label", {}, "Page ", jump, ` of ${thousands(pages)}`),
      make("button", { type: "button", disabled: page >= pages, on: { click: go(page + 1) } }, "Next →"),
    );
  }

  // An id of a row, pasted as the search, opens the row.
  openRow() {
    const id = this.state.q;
    const address = id && this.found.length < 2 && this.kind.open && this.kind.open(this, id);
    if (!address) {
      if (this.opened) this.opened.remove();
      return;
    }
    if (this.opened) this.opened.remove();
    this.opened = make("p", { class: "opened" }, make("a", { href: address }, "Open this row in its article"));
    this.status.after(this.opened);
  }

  // ---- export and address -----------------------------------------------------------------------

  download() {
    const lines = [this.kind.exported.map(([name]) => name).join(",")];
    for (const n of this.found) lines.push(this.kind.exported.map(([, value]) => csvCell(value(this, n))).join(","));
    const blob = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `newsclaims-${this.kind.name}.csv` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  readState() {
    const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    const known = ["q", "sort", "down", "page", ...this.kind.filters.map((filter) => filter.key)];
    const state = Object.fromEntries(known.filter((key) => given[key]).map((key) => [key, given[key]]));
    if (!state.sort) Object.assign(state, this.kind.order);
    return state;
  }

  writeState() {
    const { order } = this.kind;
    const state = Object.entries(this.state).filter(([, value]) => value);
    const usual = this.state.sort === order.sort && (this.state.down || "") === (order.down || "");
    const kept = usual ? state.filter(([key]) => key !== "sort" && key !== "down") : state;
    this.hash = kept.length ? "#" + new URLSearchParams(kept) : "";
    if (location.hash !== this.hash) history.replaceState(null, "", this.hash || location.pathname);
  }
}
