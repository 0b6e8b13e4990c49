// Columns of a shard. Texts stay one long string until single rows are looked at: searching a hundred
// thousand rows as some dozens of long strings takes a few hundredths of a second, cutting them up first half a one.
"use strict";

const CUT = "\x7f"; // between the texts of a column; no text has it

const fold = (text) => {
  const low = text.toLowerCase();
  return /[\u2018\u2019\u02bc\u201c\u201d]/.test(low) ? low.replace(/[\u2018\u2019\u02bc]/g, "'").replace(/[\u201c\u201d]/g, '"') : low;
};

// Texts that differ from row to row.
class Texts {
  constructor(joined) {
    this.joined = joined;
  }

  at(row) {
    this.list ||= this.joined.split(CUT);
    return this.list[row];
  }

  get low() {
    this.folded ??= fold(this.joined);
    return this.folded;
  }

  // Set the marks of the rows that hold the term.
  mark(term, marks) {
    const { low } = this;
    let row = 0, end = -1;
    for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, end)) {
      for (end = low.indexOf(CUT, end + 1); end >= 0 && end < at; end = low.indexOf(CUT, end + 1)) row += 1;
      marks[row] = 1;
      if (end < 0) return;
      row += 1;
    }
  }

  // The row that is the text, or -1.
  whole(text) {
    const at = (CUT + this.joined + CUT).indexOf(CUT + text + CUT);
    if (at < 0) return -1;
    this.list ||= this.joined.split(CUT);
    return this.list.indexOf(text);
  }
}

// Texts that repeat: each once, and its number (or numbers) for every row.
class Words {
  constructor([words, codes]) {
    this.words = words;
    this.codes = codes;
  }

  at(row) {
    return this.words[this.codes[row]];
  }

  get low() {
    this.folded ??= this.words.map(fold);
    return this.folded;
  }

  mark(term, marks) {
    const hit = this.low.map((word) => word.includes(term));
    if (!hit.includes(true)) return;
    for (let row = 0; row < this.codes.length; row++) {
      const code = this.codes[row];
      if (typeof code === "number" ? hit[code] : code.some((each) => hit[each])) marks[row] = 1;
    }
  }
}

// What few rows have.
class Sparse {
  constructor(filled) {
    this.filled = filled;
  }

  at(row) {
    return this.filled[row] ?? null;
  }
}

// A shard as the page uses it: columns by name.
const unpack = (given) => {
  const shard = { n: given.n, numbers: { ...given.numbers, ...given.codes }, ...given.along };
  for (const [name, joined] of Object.entries(given.texts)) shard[name] = new Texts(joined);
  for (const [name, words] of Object.entries(given.words)) shard[name] = new Words(words);
  for (const [name, filled] of Object.entries(given.sparse)) shard[name] = new Sparse(filled);
  for (const [name, list] of Object.entries(given.lists)) shard[name] = list;
  return shard;
};

// Which rows of a shard hold all wanted terms and no unwanted one, in any of the columns.
const searchShard = (shard, columns, { wanted, unwanted }) => {
  const kept = new Uint8Array(shard.n).fill(1);
  for (const [terms, keep] of [[wanted, 1], [unwanted, 0]]) {
    for (const term of terms) {
      const marks = new Uint8Array(shard.n);
      for (const column of columns) column.mark(term, marks);
      for (let row = 0; row < shard.n; row++) if (marks[row] !== keep) kept[row] = 0;
    }
  }
  return kept;
};
