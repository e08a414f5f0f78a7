//! Points of a SIZE by SIZE grid in the Mandelbrot set, and a checksum of the bitmap. After the Benchmarks Game.
//! The same as benches/c/mandelbrot.c.

const SIZE: i64 = 1400;
const MAX_ITERATIONS: i64 = 50;

fn is_inside(cr: f64, ci: f64) -> bool {
    let (mut zr, mut zi, mut tr, mut ti) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..MAX_ITERATIONS {
        zi = 2.0 * zr * zi + ci;
        zr = tr - ti + cr;
        tr = zr * zr;
        ti = zi * zi;
        if tr + ti > 4.0 {
            return false;
        }
    }
    true
}

fn main() {
    let mut inside = 0i64;
    let mut checksum = 0i64;
    for y in 0..SIZE {
        let ci = 2.0 * y as f64 / SIZE as f64 - 1.0;
        let mut byte = 0;
        for x in 0..SIZE {
            let cr = 2.0 * x as f64 / SIZE as f64 - 1.5;
            byte <<= 1;
            if is_inside(cr, ci) {
                byte |= 1;
                inside += 1;
            }
            if x % 8 == 7 {
                checksum = (checksum * 31 + byte) % 1_000_000_007;
                byte = 0;
            }
        }
    }
    println!("mandelbrot {inside} {checksum}");
}
