//! Parses a JSON text of RECORDS objects into a tree, prints the tree, and compares; ROUNDS times.
//! The same as benches/c/json.c.

mod rt;

use rt::Random;

const RECORDS: i64 = 6_000;
const ROUNDS: i64 = 12;

enum Json {
    Null,
    Boolean(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<Member>),
}

struct Member {
    name: String,
    value: Json,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    fn expect(&mut self, word: &str) {
        for byte in word.bytes() {
            if self.peek() != byte {
                panic!("`{word}` is expected");
            }
            self.at += 1;
        }
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.at += 1;
        loop {
            let mut c = self.peek();
            self.at += 1;
            match c {
                b'"' => return text,
                0 => panic!("the string does not end"),
                b'\\' => {
                    c = match self.peek() {
                        b'n' => b'\n',
                        b't' => b'\t',
                        other => other,
                    };
                    self.at += 1;
                }
                _ => {}
            }
            text.push(c as char);
        }
    }

    fn array(&mut self) -> Json {
        let mut values = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == b']' {
            self.at += 1;
            return Json::List(values);
        }
        loop {
            values.push(self.value());
            self.skip_space();
            let c = self.peek();
            self.at += 1;
            match c {
                b']' => return Json::List(values),
                b',' => {}
                _ => panic!("`,` or `]` is expected"),
            }
        }
    }

    fn object(&mut self) -> Json {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.peek() == b'}' {
            self.at += 1;
            return Json::Object(members);
        }
        loop {
            self.skip_space();
            if self.peek() != b'"' {
                panic!("a name is expected");
            }
            let name = self.string();
            self.skip_space();
            self.expect(":");
            let value = self.value();
            members.push(Member { name, value });
            self.skip_space();
            let c = self.peek();
            self.at += 1;
            match c {
                b'}' => return Json::Object(members),
                b',' => {}
                _ => panic!("`,` or `}}` is expected"),
            }
        }
    }

    fn number(&mut self) -> i64 {
        let negative = self.peek() == b'-';
        if negative {
            self.at += 1;
        }
        let mut n = 0;
        while self.peek().is_ascii_digit() {
            n = n * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        if negative { -n } else { n }
    }

    fn value(&mut self) -> Json {
        self.skip_space();
        match self.peek() {
            b'n' => {
                self.expect("null");
                Json::Null
            }
            b't' => {
                self.expect("true");
                Json::Boolean(true)
            }
            b'f' => {
                self.expect("false");
                Json::Boolean(false)
            }
            b'"' => Json::Text(self.string()),
            b'[' => self.array(),
            b'{' => self.object(),
            _ => Json::Number(self.number()),
        }
    }
}

fn push_int(out: &mut String, n: i64) {
    let mut digits = [0u8; 20];
    let mut count = 0;
    let mut rest = n;
    if n < 0 {
        out.push('-');
        rest = -n;
    }
    loop {
        digits[count] = b'0' + (rest % 10) as u8;
        count += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    for digit in digits[..count].iter().rev() {
        out.push(*digit as char);
    }
}

fn print_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.bytes() {
        match c {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(c as char);
            }
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            _ => out.push(c as char),
        }
    }
    out.push('"');
}

fn print(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(n) => push_int(out, *n),
        Json::Text(text) => print_string(text, out),
        Json::List(values) => {
            out.push('[');
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                print(value, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (i, member) in members.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                print_string(&member.name, out);
                out.push(':');
                print(&member.value, out);
            }
            out.push('}');
        }
    }
}

fn generate() -> String {
    let mut random = Random::new();
    let mut text = String::from("[");
    for i in 0..RECORDS {
        if i > 0 {
            text.push(',');
        }
        text.push_str("{\"id\":");
        push_int(&mut text, i);
        text.push_str(",\"name\":\"record \\\"");
        push_int(&mut text, random.below(1_000_000));
        text.push_str("\\\"\\n\",\"active\":");
        text.push_str(if random.below(2) == 0 { "true" } else { "false" });
        text.push_str(",\"parent\":null,\"scores\":[");
        let scores = random.below(8);
        for n in 0..scores {
            if n > 0 {
                text.push(',');
            }
            push_int(&mut text, random.below(20_000) - 10_000);
        }
        text.push_str("],\"place\":{\"x\":");
        push_int(&mut text, random.below(1000));
        text.push_str(",\"y\":");
        push_int(&mut text, random.below(1000));
        text.push_str("}}");
    }
    text.push(']');
    text
}

fn main() {
    let text = generate();
    let mut checksum = 0;
    for _ in 0..ROUNDS {
        let json = Parser { text: text.as_bytes(), at: 0 }.value();
        let mut printed = String::new();
        print(&json, &mut printed);
        assert_eq!(printed.len(), text.len());
        for (byte, expected) in printed.bytes().zip(text.bytes()) {
            assert_eq!(byte, expected);
            checksum = (checksum * 31 + i64::from(byte)) % 1_000_000_007;
        }
    }
    println!("json {} {checksum}", text.len());
}
