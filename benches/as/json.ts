// Parses a JSON text of RECORDS objects into a tree, prints the tree, and compares; ROUNDS times.
// The same as benches/c/json.c, but that the collector releases the trees. Texts are arrays of bytes, as strings cannot
// grow in place.

import { print, Random } from "./rt";

const RECORDS: i32 = 6_000;
const ROUNDS: i32 = 12;

const SPACE: u8 = 0x20;
const NEWLINE: u8 = 0x0A;
const TAB: u8 = 0x09;
const RETURN: u8 = 0x0D;
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2C;
const MINUS: u8 = 0x2D;
const ZERO: u8 = 0x30;
const NINE: u8 = 0x39;
const COLON: u8 = 0x3A;
const LEFT_BRACKET: u8 = 0x5B;
const BACKSLASH: u8 = 0x5C;
const RIGHT_BRACKET: u8 = 0x5D;
const SMALL_F: u8 = 0x66;
const SMALL_N: u8 = 0x6E;
const SMALL_T: u8 = 0x74;
const LEFT_BRACE: u8 = 0x7B;
const RIGHT_BRACE: u8 = 0x7D;

type Text = Array<u8>;

function pushText(text: Text, part: string): void {
  for (let i = 0; i < part.length; i++) text.push(<u8>part.charCodeAt(i));
}

function pushInt(text: Text, n: i64): void {
  const digits = new StaticArray<u8>(20);
  let count = 0;
  let rest = n;
  if (n < 0) {
    text.push(MINUS);
    rest = -n;
  }
  do {
    digits[count++] = ZERO + <u8>(rest % 10);
    rest /= 10;
  } while (rest > 0);
  while (count > 0) text.push(digits[--count]);
}

abstract class Json {
  abstract print(out: Text): void;
}

class Null extends Json {
  print(out: Text): void {
    pushText(out, "null");
  }
}

class Boolean extends Json {
  constructor(private value: bool) {
    super();
  }

  print(out: Text): void {
    pushText(out, this.value ? "true" : "false");
  }
}

class Numeral extends Json {
  constructor(private value: i64) {
    super();
  }

  print(out: Text): void {
    pushInt(out, this.value);
  }
}

class Str extends Json {
  constructor(private text: Text) {
    super();
  }

  print(out: Text): void {
    printString(this.text, out);
  }
}

class List extends Json {
  constructor(private values: Array<Json>) {
    super();
  }

  print(out: Text): void {
    out.push(LEFT_BRACKET);
    for (let i = 0; i < this.values.length; i++) {
      if (i > 0) out.push(COMMA);
      this.values[i].print(out);
    }
    out.push(RIGHT_BRACKET);
  }
}

class Member {
  constructor(public name: Text, public value: Json) {}
}

class Obj extends Json {
  constructor(private members: Array<Member>) {
    super();
  }

  print(out: Text): void {
    out.push(LEFT_BRACE);
    for (let i = 0; i < this.members.length; i++) {
      if (i > 0) out.push(COMMA);
      printString(this.members[i].name, out);
      out.push(COLON);
      this.members[i].value.print(out);
    }
    out.push(RIGHT_BRACE);
  }
}

function printString(text: Text, out: Text): void {
  out.push(QUOTE);
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c == QUOTE || c == BACKSLASH) {
      out.push(BACKSLASH);
      out.push(c);
    } else if (c == NEWLINE) {
      pushText(out, "\\n");
    } else if (c == TAB) {
      pushText(out, "\\t");
    } else {
      out.push(c);
    }
  }
  out.push(QUOTE);
}

class Parser {
  private at: i32 = 0;

  constructor(private text: Text) {}

  private peek(): u8 {
    return this.at < this.text.length ? this.text[this.at] : 0;
  }

  private skipSpace(): void {
    for (let c = this.peek(); c == SPACE || c == NEWLINE || c == TAB || c == RETURN; c = this.peek()) this.at++;
  }

  private expect(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.peek() != <u8>word.charCodeAt(i)) throw new Error(word + " is expected");
      this.at++;
    }
  }

  private string(): Text {
    const text: Text = [];
    this.at++;
    while (true) {
      let c = this.peek();
      this.at++;
      if (c == QUOTE) return text;
      if (c == 0) throw new Error("the string does not end");
      if (c == BACKSLASH) {
        c = this.peek();
        this.at++;
        if (c == SMALL_N) c = NEWLINE;
        else if (c == SMALL_T) c = TAB;
      }
      text.push(c);
    }
  }

  private array(): Json {
    const values: Array<Json> = [];
    this.at++;
    this.skipSpace();
    if (this.peek() == RIGHT_BRACKET) {
      this.at++;
      return new List(values);
    }
    while (true) {
      values.push(this.value());
      this.skipSpace();
      const c = this.peek();
      this.at++;
      if (c == RIGHT_BRACKET) return new List(values);
      if (c != COMMA) throw new Error("`,` or `]` is expected");
    }
  }

  private object(): Json {
    const members: Array<Member> = [];
    this.at++;
    this.skipSpace();
    if (this.peek() == RIGHT_BRACE) {
      this.at++;
      return new Obj(members);
    }
    while (true) {
      this.skipSpace();
      if (this.peek() != QUOTE) throw new Error("a name is expected");
      const name = this.string();
      this.skipSpace();
      this.expect(":");
      members.push(new Member(name, this.value()));
      this.skipSpace();
      const c = this.peek();
      this.at++;
      if (c == RIGHT_BRACE) return new Obj(members);
      if (c != COMMA) throw new Error("`,` or `}` is expected");
    }
  }

  private number(): i64 {
    const negative = this.peek() == MINUS;
    if (negative) this.at++;
    let n: i64 = 0;
    while (this.peek() >= ZERO && this.peek() <= NINE) {
      n = n * 10 + (this.peek() - ZERO);
      this.at++;
    }
    return negative ? -n : n;
  }

  value(): Json {
    this.skipSpace();
    switch (this.peek()) {
      case SMALL_N:
        this.expect("null");
        return new Null();
      case SMALL_T:
        this.expect("true");
        return new Boolean(true);
      case SMALL_F:
        this.expect("false");
        return new Boolean(false);
      case QUOTE:
        return new Str(this.string());
      case LEFT_BRACKET:
        return this.array();
      case LEFT_BRACE:
        return this.object();
      default:
        return new Numeral(this.number());
    }
  }
}

function generate(): Text {
  const random = new Random();
  const text: Text = [];
  text.push(LEFT_BRACKET);
  for (let i = 0; i < RECORDS; i++) {
    if (i > 0) text.push(COMMA);
    pushText(text, "{\"id\":");
    pushInt(text, i);
    pushText(text, ",\"name\":\"record \\\"");
    pushInt(text, random.below(1_000_000));
    pushText(text, "\\\"\\n\",\"active\":");
    pushText(text, random.below(2) == 0 ? "true" : "false");
    pushText(text, ",\"parent\":null,\"scores\":[");
    const scores = <i32>random.below(8);
    for (let n = 0; n < scores; n++) {
      if (n > 0) text.push(COMMA);
      pushInt(text, random.below(20_000) - 10_000);
    }
    pushText(text, "],\"place\":{\"x\":");
    pushInt(text, random.below(1000));
    pushText(text, ",\"y\":");
    pushInt(text, random.below(1000));
    pushText(text, "}}");
  }
  text.push(RIGHT_BRACKET);
  return text;
}

function main(): void {
  const text = generate();
  let checksum: i64 = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const printed: Text = [];
    new Parser(text).value().print(printed);
    if (printed.length != text.length) throw new Error("the lengths differ");
    for (let i = 0; i < text.length; i++) {
      if (printed[i] != text[i]) throw new Error("the texts differ");
      checksum = (checksum * 31 + printed[i]) % 1_000_000_007;
    }
  }
  print(`json ${text.length} ${checksum}`);
}

main();
