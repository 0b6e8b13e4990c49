// The tables: how each is searched, filtered, shown and exported.
"use strict";

const badge = (kind, word) => make("span", { class: `badge ${kind}` }, word);
const bdi = (...children) => make("bdi", { dir: "auto" }, ...children);
const same = { allows: (each, value) => each === value, values: (each) => (each ? [each] : []) };
const several = {
  allows: (each, value) => each.split("\n").includes(value),
  values: (each) => (each ? each.split("\n") : []),
};
const letters = (choices) => ({
  allows: (flags, value) => choices[value](flags),
  values: (flags) => Object.keys(choices).filter((key) => choices[key](flags)),
});
const articleOf = (finder, n) => {
  const [shard, i] = finder.row(n);
  return shard.articles[shard.article[i]];
};
const claimPage = (finder, n) => articleOf(finder, n)[0] + "#" + (finder.text("at", n) || finder.text("id", n));
const whoOf = (shard, i) => [shard.who[i]].flat().map((each) => shard.sources[each]);
const labelsOf = (shard, i) => whoOf(shard, i).map(([label]) => label).join(", ");
const answers = (finder, n, kind) => (finder.text("answers", n) || []).filter(([each]) => each === kind);

const claims = {
  name: "claims",
  noun: "claim",
  placeholder: "words, “a phrase”, -without",
  order: { sort: "day", down: "1" },
  id: "id",
  numbers: ["day", "sure"],
  prepare: (shard) => { shard.label = new Words([shard.sources.map(([label]) => label), shard.who]); },
  searched: (shard) => [shard.label, shard.source, shard.cue, shard.content],
  filters: [
    { key: "source", label: "Source", type: "text", searched: (shard) => [shard.label, shard.source] },
    { key: "kind", label: "Kind of source", type: "code", column: "kind", ...same },
    { key: "anonymous", label: "Named or not", type: "code", column: "flags",
      names: { yes: "anonymous", no: "named" },
      ...letters({ yes: (flags) => flags.includes("a"), no: (flags) => !flags.includes("a") }) },
    { key: "nationality", label: "Nationality", type: "code", column: "nationality", ...several },
    { key: "form", label: "Form", type: "code", column: "form", ...same },
    { key: "class", label: "Class of cue", type: "code", column: "class", ...same },
    { key: "answered", label: "Answered by others", type: "code", column: "flags",
      names: { confirmed: "confirmed", denied: "denied", not: "neither" },
      ...letters({
        confirmed: (flags) => flags.includes("+"),
        denied: (flags) => flags.includes("-"),
        not: (flags) => !flags.includes("+") && !flags.includes("-"),
      }) },
    { key: "outlet", label: "Outlet", type: "code", column: "outlet", ...same },
    { key: "segment", label: "Part of the article", type: "code", column: "segment", ...same },
    { key: "from", label: "From", type: "from", column: "day" },
    { key: "to", label: "To", type: "to", column: "day" },
    { key: "sure", label: "Confidence at least, %", type: "least", column: "sure", scale: 10 },
  ],
  columns: [
    { key: "who", label: "Source", class: "who", rank: labelsOf, cell: (finder, n) => {
      const [shard, i] = finder.row(n);
      const cells = [];
      whoOf(shard, i).forEach(([label, page], at) => {
        if (at) cells.push(", ");
        cells.push(make("a", { href: page }, bdi(...marked(label, finder.terms))));
      });
      const flags = finder.code("flags", n);
      if (flags.includes("a")) cells.push(" ", badge("anon", "anonymous"));
      const written = shard.source.at(i);
      if (written && written !== labelsOf(shard, i)) cells.push(make("small", {}, "“", bdi(...marked(written, finder.terms)), "”"));
      return cells;
    } },
    { key: "content", label: "Claim", class: "content", rank: (shard, i) => shard.content.at(i), cell: (finder, n) => {
      const cells = [];
      const cue = finder.text("cue", n);
      cells.push(make("span", { class: "said" }, cue ? make("em", { class: "cue" }, ...marked(cue, finder.terms)) : "", " ",
        badge("class", finder.code("class", n)), badge("form", finder.code("form", n)),
        finder.code("flags", n).includes("n") ? badge("neg", "negated") : "",
        finder.code("segment", n) === "body" ? "" : badge("kind", finder.code("segment", n))));
      cells.push(make("a", { href: claimPage(finder, n), class: "words", dir: "auto" }, ...marked(finder.text("content", n), finder.terms)));
      const [, page, whose] = finder.text("supports", n) || [];
      if (page) {
        const word = { confirm: "Confirms", deny: "Denies" }[finder.code("class", n)] || "Answers";
        cells.push(make("small", {}, `${word} what `, make("a", { href: page }, bdi(whose)), " said"));
      }
      return cells;
    } },
    { key: "answered", label: "Answered", class: "answered", cell: (finder, n) => [["confirm", "confirmed", "yes"], ["deny", "denied", "no"]]
      .flatMap(([kind, word, mood]) => answers(finder, n, kind).map(([, page]) => make("a", { href: page, class: `badge ${mood}` }, word))) },
    { key: "day", label: "Article", class: "where", sort: "day", down: true, cell: (finder, n) => {
      const [page, title] = articleOf(finder, n);
      const day = isoDay(finder.number("day", n));
      return [make("a", { href: page, title }, bdi(finder.code("outlet", n))), day ? make("time", { datetime: day }, day) : ""];
    } },
    { key: "sure", label: "Confidence", class: "number", sort: "sure", down: true, cell: (finder, n) => [`${Math.round(finder.number("sure", n) / 10)} %`] },
  ],
  exported: [
    ["claim_id", (finder, n) => finder.text("id", n)],
    ["doc_id", (finder, n) => articleOf(finder, n)[2]],
    ["title", (finder, n) => articleOf(finder, n)[1]],
    ["outlet", (finder, n) => finder.code("outlet", n)],
    ["published", (finder, n) => isoDay(finder.number("day", n))],
    ["source", (finder, n) => finder.text("source", n)],
    ["source_resolved", (finder, n) => labelsOf(...finder.row(n))],
    ["source_kind", (finder, n) => finder.code("kind", n)],
    ["source_nationality", (finder, n) => finder.code("nationality", n).replaceAll("\n", "; ")],
    ["anonymous", (finder, n) => finder.code("flags", n).includes("a")],
    ["cue", (finder, n) => finder.text("cue", n)],
    ["cue_class", (finder, n) => finder.code("class", n)],
    ["negated", (finder, n) => finder.code("flags", n).includes("n")],
    ["form", (finder, n) => finder.code("form", n)],
    ["content", (finder, n) => finder.text("content", n)],
    ["segment_kind", (finder, n) => finder.code("segment", n)],
    ["parent_claim_id", (finder, n) => finder.text("parent", n)],
    ["supports_claim_id", (finder, n) => (finder.text("supports", n) || [])[0]],
    ["confirmed_by_others", (finder, n) => answers(finder, n, "confirm").length],
    ["denied_by_others", (finder, n) => answers(finder, n, "deny").length],
    ["confidence", (finder, n) => finder.number("sure", n) / 1000],
    ["page", (finder, n) => claimPage(finder, n)],
  ],
  // A claim by its id; a segment or mention ("article#s3", "article#e5") by its article.
  open: (finder, id) => {
    const [, doc, own] = /^(.*?)(#[se]\d+)?$/s.exec(id);
    for (const n of finder.withId(id)) return claimPage(finder, n);
    for (const shard of finder.shards) {
      const article = shard.articles && shard.articles.find((each) => each[2] === doc);
      if (article) return article[0] + (own || "");
    }
    return null;
  },
};

const sources = {
  name: "sources",
  noun: "source",
  placeholder: "militia commander",
  order: { sort: "claims", down: "1" },
  numbers: ["claims", "articles", "confirmed", "denied", "first", "last"],
  searched: (shard) => [shard.label, shard.forms],
  filters: [
    { key: "named", label: "Named or not", type: "code", column: "named", ...same },
    { key: "kind", label: "Kind of source", type: "code", column: "kind", ...same },
  ],
  columns: [
    { key: "label", label: "Source", class: "who", rank: (shard, i) => shard.label.at(i), cell: (finder, n) => {
      const forms = finder.text("forms", n);
      return [
        make("a", { href: finder.text("page", n) }, bdi(...marked(finder.text("label", n), finder.terms))),
        finder.code("named", n) === "anonymous" ? badge("anon", "anonymous") : "",
        forms ? make("small", {}, bdi(...marked(forms, finder.terms))) : "",
      ];
    } },
    { key: "kind", label: "Kind", cell: (finder, n) => [finder.code("kind", n)] },
    ...[["claims", "Claims"], ["articles", "Articles"], ["confirmed", "Confirmed"], ["denied", "Denied"]].map(([key, label]) => ({
      key, label, class: "number", sort: key, down: true, cell: (finder, n) => [thousands(finder.number(key, n))],
    })),
    ...[["first", "First"], ["last", "Last"]].map(([key, label]) => ({
      key, label, class: "where", sort: key, down: true, cell: (finder, n) => [make("time", {}, isoDay(finder.number(key, n)))],
    })),
  ],
  exported: [
    ["source", (finder, n) => finder.text("label", n)],
    ["named", (finder, n) => finder.code("named", n) === "named"],
    ["kind", (finder, n) => finder.code("kind", n)],
    ...["claims", "articles", "confirmed", "denied"].map((key) => [key, (finder, n) => finder.number(key, n)]),
    ...["first", "last"].map((key) => [key, (finder, n) => isoDay(finder.number(key, n))]),
    ["page", (finder, n) => finder.text("page", n)],
  ],
};

const articles = {
  name: "articles",
  noun: "article",
  placeholder: "words of the title, file name",
  order: { sort: "day", down: "1" },
  numbers: ["day", "claims", "anonymous", "words"],
  searched: (shard) => [shard.title, shard.doc],
  filters: [
    { key: "outlet", label: "Outlet", type: "code", column: "outlet", ...same },
    { key: "copy", label: "Copies", type: "code", column: "copy", names: { copy: "near-copies", original: "originals" }, ...same },
    { key: "from", label: "From", type: "from", column: "day" },
    { key: "to", label: "To", type: "to", column: "day" },
  ],
  columns: [
    { key: "title", label: "Article", class: "content", rank: (shard, i) => shard.title.at(i), cell: (finder, n) => [
      make("a", { href: finder.text("page", n), dir: "auto" }, ...marked(finder.text("title", n), finder.terms)),
      finder.code("copy", n) === "copy" ? badge("kind", "copy") : "",
      make("small", {}, bdi(...marked(finder.text("doc", n), finder.terms))),
    ] },
    { key: "outlet", label: "Outlet", class: "where", cell: (finder, n) => [bdi(finder.code("outlet", n))] },
    { key: "day", label: "Date", class: "where", sort: "day", down: true, cell: (finder, n) => [make("time", {}, isoDay(finder.number("day", n)))] },
    ...[["claims", "Claims"], ["anonymous", "Anonymous"], ["words", "Words"]].map(([key, label]) => ({
      key, label, class: "number", sort: key, down: true, cell: (finder, n) => [thousands(finder.number(key, n))],
    })),
  ],
  exported: [
    ["doc_id", (finder, n) => finder.text("doc", n)],
    ["title", (finder, n) => finder.text("title", n)],
    ["outlet", (finder, n) => finder.code("outlet", n)],
    ["published", (finder, n) => isoDay(finder.number("day", n))],
    ...["claims", "anonymous", "words"].map((key) => [`n_${key}`, (finder, n) => finder.number(key, n)]),
    ["page", (finder, n) => finder.text("page", n)],
  ],
};

const names = {
  name: "names",
  noun: "name",
  placeholder: "a name, or its id",
  order: { sort: "mentions", down: "1" },
  id: "id",
  numbers: ["documents", "mentions", "claims", "first", "last"],
  searched: (shard) => [shard.name, shard.aliases],
  filters: [{ key: "label", label: "Kind", type: "code", column: "label", ...same }],
  columns: [
    { key: "name", label: "Name", class: "who", rank: (shard, i) => shard.name.at(i), cell: (finder, n) => {
      const page = finder.text("page", n), aliases = finder.text("aliases", n);
      const name = bdi(...marked(finder.text("name", n), finder.terms));
      return [page ? make("a", { href: page }, name) : name, aliases ? make("small", {}, bdi(...marked(aliases, finder.terms))) : ""];
    } },
    { key: "label", label: "Kind", cell: (finder, n) => [finder.code("label", n)] },
    ...[["documents", "Articles"], ["mentions", "Mentions"], ["claims", "Claims"]].map(([key, label]) => ({
      key, label, class: "number", sort: key, down: true, cell: (finder, n) => [thousands(finder.number(key, n))],
    })),
    ...[["first", "First"], ["last", "Last"]].map(([key, label]) => ({
      key, label, class: "where", sort: key, down: true, cell: (finder, n) => [make("time", {}, isoDay(finder.number(key, n)))],
    })),
  ],
  exported: [
    ["name_id", (finder, n) => finder.text("id", n)],
    ["name", (finder, n) => finder.text("name", n)],
    ["label", (finder, n) => finder.code("label", n)],
    ["aliases", (finder, n) => finder.text("aliases", n)],
    ...["documents", "mentions", "claims"].map((key) => [`n_${key}`, (finder, n) => finder.number(key, n)]),
    ...["first", "last"].map((key) => [`${key}_seen`, (finder, n) => isoDay(finder.number(key, n))]),
    ["page", (finder, n) => finder.text("page", n)],
  ],
};

const rejects = {
  name: "rejects",
  noun: "input",
  placeholder: "words of the path or the reason",
  order: {},
  numbers: [],
  searched: (shard) => [shard.path, shard.doc, shard.detail],
  filters: [{ key: "reason", label: "Reason", type: "code", column: "reason", ...same }],
  columns: [
    { key: "path", label: "Input", class: "who", rank: (shard, i) => shard.path.at(i), cell: (finder, n) => [bdi(...marked(finder.text("path", n), finder.terms))] },
    { key: "doc", label: "Article", rank: (shard, i) => shard.doc.at(i), cell: (finder, n) => [bdi(...marked(finder.text("doc", n), finder.terms))] },
    { key: "reason", label: "Reason", cell: (finder, n) => [badge("kind", finder.code("reason", n))] },
    { key: "detail", label: "What was wrong", class: "content", cell: (finder, n) => [bdi(...marked(finder.text("detail", n), finder.terms))] },
  ],
  exported: [
    ["path", (finder, n) => finder.text("path", n)],
    ["doc_id", (finder, n) => finder.text("doc", n)],
    ["reason", (finder, n) => finder.code("reason", n)],
    ["detail", (finder, n) => finder.text("detail", n)],
  ],
};

const place = document.getElementById("table");
new Finder(place, { claims, sources, articles, names, rejects }[place.dataset.table]);
