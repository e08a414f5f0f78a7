//! How fast the front end is. Run by hand: `cargo test -p hir --release --test speed -- --ignored --nocapture`.

mod common;

use common::{Sources, load, options};

/// A part of a program as people write them: structs, enums, generics, closures, loops, strings.
const UNIT: &str = r#"
/// A point of the plane.
struct Point# { x: Float, y: Float }

enum Shape# {
    Circle(Float)
    Rect { w: Float, h: Float }
    Empty
}

trait Area# {
    fn area(self) -> Float
    fn twice(self) -> Float { self.area() * 2.0 }
}

impl Area# for Shape# {
    fn area(self) -> Float {
        match self {
            Circle(r) => 3.14159 * r * r
            Rect { w, h } => w * h
            Empty => 0.0
        }
    }
}

impl Point# {
    fn origin() -> Point# { Point# { x: 0.0, y: 0.0 } }

    fn scale(mut self, k: Float) {
        self.x *= k
        self.y *= k
    }

    fn length(self) -> Float { (self.x * self.x + self.y * self.y).sqrt() }
}

fn largest#<T: Ord>(xs: Array<T>) -> T? {
    let mut best: T? = None
    for x in xs {
        match best {
            Some(b) when b >= x => {}
            _ => best = Some(x)
        }
    }
    best
}

fn parse#(text: String) -> Result<Int, String> {
    if text.is_empty() { return Err("empty") }
    let n = Int.parse(text).map_err(|e| "bad number: {e}")?
    if n < 0 { Err("negative: {n}") } else { Ok(n * 2) }
}

fn count#(limit: Int) -> Int {
    let mut count = 0
    let mut i = 0
    while i < limit {
        i += 1
        if i % 3 == 0 { continue }
        count += i * 2 - 1
    }
    count
}

fn use#() {
    let mut p = Point#.origin()
    p.scale(2.0)
    let shapes = [Shape#.Circle(1.0), Shape#.Rect { w: 1.0, h: 2.0 }, Shape#.Empty]
    let mut total = 0.0
    for s in shapes { total += s.area() + s.twice() }
    let doubled = [1, 2, 3].map(|x| x * 2).filter(|x| x > 2)
    let sum = doubled.iter().fold(0, |a, b| a + b)
    let best = largest#(doubled)
    let name = "n{sum}"
    if best is Some(b) && b > 3 { println("{name}: {b} {total:.2} {p.length()}") }
    match parse#("12") {
        Ok(n) => println("ok {n} {count#(10)}")
        Err(e) => println(e)
    }
}
"#;

#[test]
#[ignore = "measures"]
#[allow(clippy::disallowed_types, clippy::disallowed_macros, reason = "it measures")]
fn lines_per_second() {
    let mut text = String::from("fn main() {}\n");
    for n in 0..1000 {
        text.push_str(&UNIT.replace('#', &n.to_string()));
    }
    let lines = text.lines().count();
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let mut checker = load(&text, Sources::default(), options());
        let loaded = start.elapsed();
        checker.check_all_user_bodies();
        let done = start.elapsed();
        assert!(!checker.has_errors(), "{}", common::render_all(&checker));
        println!(
            "{lines} lines: load and signatures {loaded:?}, all {done:?}, {:.0} lines/s",
            lines as f64 / done.as_secs_f64()
        );
    }
    let start = std::time::Instant::now();
    let mut checker = load("fn main() { println(\"hello\") }", Sources::default(), options());
    checker.check_all_user_bodies();
    println!("hello: {:?}", start.elapsed());
}
