//! The product of two SIZE by SIZE matrices, rows one behind the other.
//! The same as benches/c/matmul.c.

const SIZE: usize = 520;

fn matrix(scale: f64) -> Vec<f64> {
    let mut m = vec![0.0; SIZE * SIZE];
    for i in 0..SIZE {
        for j in 0..SIZE {
            m[i * SIZE + j] = scale * (i as i64 - j as i64) as f64 * (i + j) as f64;
        }
    }
    m
}

fn main() {
    let scale = 1.0 / (SIZE * SIZE) as f64;
    let a = matrix(scale);
    let b = matrix(scale);
    let mut c = vec![0.0; SIZE * SIZE];
    for i in 0..SIZE {
        for k in 0..SIZE {
            let x = a[i * SIZE + k];
            for j in 0..SIZE {
                c[i * SIZE + j] += x * b[k * SIZE + j];
            }
        }
    }
    let mut trace = 0.0;
    for i in 0..SIZE {
        trace += c[i * SIZE + i];
    }
    println!("matmul {trace:.9} {:.9}", c[SIZE / 2 * SIZE + SIZE / 3]);
}
