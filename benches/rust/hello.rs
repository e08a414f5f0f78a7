//! The smallest program that prints.

fn main() {
    println!("hello");
}
