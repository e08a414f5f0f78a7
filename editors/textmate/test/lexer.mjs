// The tokens of a program, by the rules of docs/language.md and compiler/syntax/src/lexer, for comparison with the grammar.
//
// Only programs without mistakes are asked for: what is not closed throws.

export const HARD = new Set(
  (
    "actor as async await break const continue else enum export extern false fn for if impl in is iso let loop match mut pub " +
    "return self Self struct trait true try type unsafe use where while"
  ).split(" "),
);
export const SOFT = new Set("ask catch dyn new on reply select send spawn state test timeout when yield".split(" "));

const WORD = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const NUMBER = /0[xob]\p{XID_Continue}*|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?\p{XID_Continue}*/uy;
const CHARACTER = /'(?:\\(?:u\{[^}]*\}|.)[^'\s]*|[^'\\\n])'/uy;
const LABEL = /'[\p{XID_Start}_]\p{XID_Continue}*/uy;
const LINE_COMMENT = /\/\/[^\r\n]*/y;
const SPACE = /[\s\uFEFF]+/y;
const SIGN =
  /\*\*=|\+%=|-%=|\*%=|<<=|>>=|\.\.=|\.\.|\.\*|::|==|=>|!=|<=|>=|&&|\|\||->|[-+*/%&|^]=|\*\*|\+%|-%|\*%|<<|>>|[-+*/%&|^~!<>=?@.,:;()[\]{}]/y;

class Lexer {
  constructor(text) {
    Object.assign(this, { text, at: 0, tokens: [] });
  }
  match(pattern) {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }
  add(kind, length) {
    const [start, end] = [this.at, this.at + length];
    const startsLine = this.text.slice(this.tokens.at(-1)?.end ?? 0, start).includes("\n");
    this.tokens.push({ kind, start, end, text: this.text.slice(start, end), startsLine });
    this.at = end;
  }
  fail(what) {
    throw new Error(`${what} at ${this.at}: ${JSON.stringify(this.text.slice(this.at, this.at + 30))}`);
  }

  /** Up to the end, or up to the `}` that closes a hole. */
  code(inHole) {
    let depth = 0;
    while (this.at < this.text.length) {
      const next = this.text[this.at];
      if (inHole && depth === 0 && next === "}") return;
      if (inHole && depth === 0 && next === ":") {
        this.add("format", this.text.slice(this.at).search(/[}\n"]/));
        continue;
      }
      if ("([{".includes(next)) depth++;
      if (")]}".includes(next)) depth--;
      this.token();
    }
    if (inHole) this.fail("an open hole");
  }

  token() {
    let found;
    if ((found = this.match(SPACE))) this.at += found.length;
    else if (this.at === 0 && this.text.startsWith("#!")) this.add("comment", this.text.split("\n")[0].length);
    else if ((found = this.match(LINE_COMMENT))) this.add("comment", found.length);
    else if (this.text.startsWith("/*", this.at)) this.blockComment();
    else if (/r#*"/y.test(this.text.slice(this.at, this.at + 9))) this.rawString();
    else if ((found = this.match(WORD))) this.add("word", found.length);
    else if (/\d/.test(this.text[this.at])) this.number();
    else if (this.text.startsWith('"""', this.at)) this.string('"""');
    else if (this.text[this.at] === '"') this.string('"');
    else if ((found = this.match(CHARACTER))) this.add("character", found.length);
    else if ((found = this.match(LABEL))) this.add("label", found.length);
    else if ((found = this.match(SIGN))) this.add("sign", found.length);
    else this.fail("no token");
  }

  number() {
    // Behind a dot stand only digits: `t.0.1` has two fields.
    const dot = this.tokens.at(-1);
    const isField = dot?.text === "." && dot.end === this.at;
    this.add("number", this.match(isField ? /\d+/y : NUMBER).length);
  }

  blockComment() {
    let depth = 0;
    for (const { 0: sign, index } of this.text.slice(this.at).matchAll(/\/\*|\*\//g)) {
      depth += sign === "/*" ? 1 : -1;
      if (depth === 0) return this.add("comment", index + 2);
    }
    return this.fail("an open comment");
  }

  rawString() {
    const hashes = this.match(/r#*/y).slice(1);
    const end = this.text.indexOf(`"${hashes}`, this.at + 2 + hashes.length);
    if (end < 0) this.fail("an open raw string");
    this.add("string", end + 1 + hashes.length - this.at);
  }

  string(quotes) {
    this.add("string", quotes.length);
    for (;;) {
      const text = /(?:\\u\{|\\[^]|\{\{|[^\\{])*?(?="""|"|\{(?!\{))/y;
      const stop = quotes === '"' ? text : /(?:\\u\{|\\[^]|\{\{|[^\\{])*?(?="""|\{(?!\{))/y;
      const found = this.match(stop) ?? this.fail("an open string");
      if (found) this.add("string", found.length);
      if (this.text.startsWith(quotes, this.at)) return this.add("string", quotes.length);
      this.add("hole", 1);
      this.code(true);
      this.add("hole", 1);
    }
  }
}

/** The tokens of `text`: `kind`, `start`, `end` and `text`. A string is one token for each part between its holes. */
export function lex(text) {
  const lexer = new Lexer(text);
  lexer.code(false);
  return lexer.tokens;
}

/** Tokens with keywords told from names. What the words of constructs are is left open: `soft`. */
export function classify(tokens) {
  const code = tokens.filter(({ kind }) => kind !== "comment");
  // The open braces of a `use`, while in one.
  let braces;
  for (const [index, token] of code.entries()) {
    const before = code[index - 1];
    if (braces === 0 && token.startsLine && before.text !== ".") braces = undefined;
    if (braces !== undefined && token.text === "{") braces++;
    if (braces !== undefined && token.text === "}") braces--;
    if (token.kind !== "word") continue;
    token.kind = kindOfWord(token, before?.text, code[index + 1], braces !== undefined);
    if (token.kind === "keyword" && token.text === "use") braces = 0;
  }
  return tokens;
}

function kindOfWord({ text }, before, after, inUse) {
  if ([".", "fn", "@"].includes(before)) return "name";
  if (inUse) return text === "as" && !["use", "{", ","].includes(before) ? "keyword" : "name";
  // Every word may name a field; behind these two stands a type.
  if (after?.kind === "sign" && after.text === ":" && !["try", "Self"].includes(text)) return "name";
  if (HARD.has(text)) return "keyword";
  return SOFT.has(text) ? "soft" : "name";
}
