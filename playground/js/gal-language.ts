// GAL for the editor's colours and indentation: tokens by line, with what is open at its end. What a name means, only the compiler knows.
import { LanguageSupport, StreamLanguage, type StreamParser, type StringStream } from "@codemirror/language";

// Must match the table of keywords in compiler/syntax/src/token.rs.
const HARD =
  "actor as async await break const continue else enum export extern false fn for if impl in is iso let loop match mut pub return self Self struct " +
  "trait true try type unsafe use where while";
const SOFT = "ask catch dyn new on reply select send spawn state test timeout when yield";
const hard = new Set(HARD.split(" "));
const soft = new Set(SOFT.split(" "));
const atoms = new Set(["true", "false", "self", "Self"]);
const definers = new Set(["fn", "actor", "struct", "enum", "trait", "type", "const", "on"]);

/** What is open: a string, with how many braces are open in what it inserts; or a comment and how deep it nests. */
type Open = { kind: "string" | "lines"; braces: number } | { kind: "comment"; depth: number };

interface State {
  open: Open[];
  /** The last word, as the next one may be what it defines. */
  last: string;
  indent: number;
}

const parser: StreamParser<State> = {
  name: "gal",
  startState: () => ({ open: [], last: "", indent: 0 }),
  copyState: (state) => ({ ...state, open: state.open.map((it) => ({ ...it })) }),
  token(stream, state) {
    // A string of one line ends with it, whatever is missing.
    if (stream.sol()) state.open = state.open.filter((it) => it.kind !== "string");
    const open = state.open.at(-1);
    if (open?.kind === "comment") return comment(stream, state, open);
    if (open && open.braces === 0) return string(stream, state, open as Open & { kind: "string" | "lines" });
    if (stream.eatSpace()) return null;
    return code(stream, state, open as (Open & { braces: number }) | undefined);
  },
  indent(state, textAfter, context) {
    if (state.open.at(-1)?.kind === "lines") return null;
    const closes = /^\s*[}\])]/.test(textAfter);
    return Math.max(0, state.indent - (closes ? 1 : 0)) * context.unit;
  },
  languageData: {
    commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
    indentOnInput: /^\s*[}\])]$/,
  },
};

function code(stream: StringStream, state: State, inside: { braces: number } | undefined): string | null {
  if (stream.match("//")) {
    const isDoc = stream.peek() === "/" || stream.peek() === "!";
    stream.skipToEnd();
    return isDoc ? "docComment" : "lineComment";
  }
  if (stream.match("/*")) {
    state.open.push({ kind: "comment", depth: 1 });
    return "blockComment";
  }
  if (stream.match(/^r(#*)"/)) return raw(stream);
  if (stream.match('"""')) return begin(state, "lines");
  if (stream.match('"')) return begin(state, "string");
  if (stream.match(/^'(\\u\{[0-9a-fA-F]*\}|\\.|[^'\\])'/)) return "character";
  if (stream.match(/^'[\p{L}_][\p{L}\p{N}_]*/u)) return "labelName";
  if (stream.match(/^@[\p{L}_][\p{L}\p{N}_]*/u)) return "meta";
  if (stream.match(/^(0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|\d[\d_]*(\.\d[\d_]*)?([eE][+-]?\d+)?)[a-zA-Z0-9]*/)) return set(state, "", "number");
  if (stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u)) return word(stream, state);
  const c = stream.next()!;
  if ("{([".includes(c)) state.indent++;
  if ("})]".includes(c)) state.indent = Math.max(0, state.indent - 1);
  if (inside && c === "{") inside.braces++;
  if (inside && c === "}") {
    inside.braces--;
    if (inside.braces === 0) return "punctuation";
  }
  return set(state, "", "{}()[]".includes(c) ? "bracket" : ",;.:".includes(c) ? "punctuation" : "operator");
}

function set(state: State, last: string, token: string): string {
  state.last = last;
  return token;
}

function word(stream: StringStream, state: State): string {
  const text = stream.current();
  const before = state.last;
  state.last = text;
  if (atoms.has(text)) return text === "self" ? "self" : text === "Self" ? "typeName" : "bool";
  if (hard.has(text)) return "keyword";
  const rest = stream.string.slice(stream.pos);
  // What a soft keyword is, only its place tells; followed by these it is a name.
  if (soft.has(text) && !/^\s*[.=:,)\]]/.test(rest) && !/\.\s*$/.test(stream.string.slice(0, stream.start))) return "keyword";
  if (definers.has(before)) return /^\p{Lu}/u.test(text) ? "typeName.definition" : "variableName.definition";
  if (/^\p{Lu}/u.test(text)) return "typeName";
  if (/^\s*\(/.test(rest)) return "variableName.function";
  return "variableName";
}

function begin(state: State, kind: "string" | "lines"): string {
  state.open.push({ kind, braces: 0 });
  return set(state, "", "string");
}

/** `r"…"` and `r#"…"#`, on one line. */
function raw(stream: StringStream): string {
  const hashes = stream.current().length - 2;
  const end = stream.string.indexOf('"' + "#".repeat(hashes), stream.pos);
  if (end < 0) stream.skipToEnd();
  else stream.pos = end + 1 + hashes;
  return "string";
}

function string(stream: StringStream, state: State, open: { kind: "string" | "lines"; braces: number }): string {
  const end = open.kind === "lines" ? '"""' : '"';
  if (stream.match(end)) {
    state.open.pop();
    return "string";
  }
  if (stream.match(/^\\(u\{[0-9a-fA-F]*\}|.)/)) return "escape";
  if (stream.match("{{") || stream.match("}}")) return "escape";
  if (stream.match("{")) {
    open.braces = 1;
    return "punctuation";
  }
  while (!stream.eol() && !/[\\{}"]/.test(stream.peek()!)) stream.next();
  // A quote that ends nothing, or a lone brace.
  if (stream.current() === "") stream.next();
  return "string";
}

function comment(stream: StringStream, state: State, open: { depth: number }): string {
  while (!stream.eol()) {
    if (stream.match("*/")) {
      open.depth--;
      if (open.depth === 0) {
        state.open.pop();
        return "blockComment";
      }
    } else if (stream.match("/*")) open.depth++;
    else stream.next();
  }
  return "blockComment";
}

export const gal = () => new LanguageSupport(StreamLanguage.define(parser));

/** MIR and LIR, and WebAssembly text: enough colour to find one's way. */
export const assembly = () =>
  new LanguageSupport(
    StreamLanguage.define<null>({
      name: "assembly",
      startState: () => null,
      token(stream) {
        if (stream.eatSpace()) return null;
        if (stream.match(/^(;;|\/\/).*/)) return "lineComment";
        if (stream.match(/^"([^"\\]|\\.)*"?/)) return "string";
        if (stream.match(/^[$@%][\w.$<>]+/)) return "typeName";
        if (stream.match(/^(fn|func|module|import|export|global|memory|table|data|elem|type|param|result|local|block|loop|if|else|end|br\w*|return|call\w*|switch|jump|goto|struct|enum|inline|noinline|nounwind|cold|mut|borrow|start|tag|then)\b/))
          return "keyword";
        if (stream.match(/^-?(0x[0-9a-fA-F_]+|\d[\d_]*(\.\d+)?)/)) return "number";
        if (stream.match(/^[\w.]+/)) return "variableName";
        stream.next();
        return "punctuation";
      },
    }),
  );
