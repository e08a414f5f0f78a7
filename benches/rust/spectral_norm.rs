//! The spectral norm of an infinite matrix, cut to SIZE rows. After the Benchmarks Game.
//! The same as benches/c/spectral_norm.c.

const SIZE: usize = 1400;

fn a(i: usize, j: usize) -> f64 {
    let (i, j) = (i as i64, j as i64);
    let sum = i + j;
    1.0 / (sum * (sum + 1) / 2 + i + 1) as f64
}

fn multiply(v: &[f64], out: &mut [f64]) {
    for i in 0..SIZE {
        let mut sum = 0.0;
        for j in 0..SIZE {
            sum += a(i, j) * v[j];
        }
        out[i] = sum;
    }
}

fn multiply_transposed(v: &[f64], out: &mut [f64]) {
    for i in 0..SIZE {
        let mut sum = 0.0;
        for j in 0..SIZE {
            sum += a(j, i) * v[j];
        }
        out[i] = sum;
    }
}

fn main() {
    let mut u = vec![1.0; SIZE];
    let mut v = vec![0.0; SIZE];
    let mut t = vec![0.0; SIZE];
    for _ in 0..10 {
        multiply(&u, &mut t);
        multiply_transposed(&t, &mut v);
        multiply(&v, &mut t);
        multiply_transposed(&t, &mut u);
    }
    let mut vbv = 0.0f64;
    let mut vv = 0.0;
    for i in 0..SIZE {
        vbv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    println!("spectral-norm {:.9}", (vbv / vv).sqrt());
}
