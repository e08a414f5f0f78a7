//! Random modules for comparing passes and backends, from a seed: the same seed gives the same module everywhere.
//!
//! Every module exports `run(i32, i64, f32, f64) -> i64`, which calls the random functions and returns a checksum over
//! their results, the globals and the data that they have changed. It never traps and always ends: divisors, addresses
//! and lengths are guarded, calls lead to later functions only, and a global counts fuel at every function's entry and
//! in every cycle. What an engine may choose is kept out of the checksum: NaNs are made canonical where arithmetic
//! makes them, addresses never become numbers, and slots are cleared before use.
//!
//! [`random_module`] is the entry. `func` makes bodies, `inst` straight-line code. `vector` has programs for vector operations.

mod func;
mod inst;
pub mod vector;

use crate::ir::*;
use entity::IndexVec;
use syntax::Span;

/// Marsaglia's xorshift64*, as the generator must not depend on a library's version.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        // The multiplication spreads small seeds; zero is a fixed point.
        let mut rng = Rng(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        rng.next_u64();
        rng
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`, which is not zero.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.next_u64() >> 32) as usize) % n
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// The shape of the functions' graphs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One block.
    Straight,
    /// Nested branches, loops, switches and invokes; values of outer blocks are read in inner ones.
    Structured,
    /// Any edges, cycles with several entries included.
    Arbitrary,
}

impl Shape {
    pub const ALL: &'static [Shape] = &[Shape::Straight, Shape::Structured, Shape::Arbitrary];
}

/// What a module may contain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RandomOptions {
    pub target: Target,
    pub shape: Shape,
    pub funcs: usize,
    /// Blocks of a function, roughly.
    pub blocks: usize,
    /// Instructions of a block, roughly.
    pub insts: usize,
    /// Blocks and functions that one run may enter.
    pub fuel: i32,
    pub floats: bool,
    pub memory: bool,
    pub atomics: bool,
    pub vectors: bool,
    pub calls: bool,
    pub unwinding: bool,
}

impl RandomOptions {
    pub fn new(shape: Shape) -> RandomOptions {
        RandomOptions {
            target: Target { stack_bytes: 1 << 16, ..Target::wasm32_wasi() },
            shape,
            funcs: 4,
            blocks: 8,
            insts: 10,
            fuel: 300,
            floats: true,
            memory: true,
            atomics: false,
            vectors: false,
            calls: true,
            unwinding: true,
        }
    }
}

/// The functions' shared memory in bytes; what is read or written lies within it.
const MEMORY_BYTES: u32 = 256;

/// Things that every generated function may use.
#[derive(Clone, Copy)]
struct Shared {
    memory: DataId,
    constants: DataId,
    /// Addresses of all functions, one word each.
    table: DataId,
    fuel: GlobalId,
    /// One of each scalar type.
    globals: [(GlobalId, Ty); 4],
}

/// A valid module; see the head of this file for what it promises.
pub fn random_module(seed: u64, opts: &RandomOptions) -> Module {
    let mut rng = Rng::new(seed);
    let mut module = Module {
        target: opts.target.clone(),
        funcs: IndexVec::new(),
        datas: IndexVec::new(),
        globals: IndexVec::new(),
        exports: Vec::new(),
        heap_base: None,
        debug: None,
    };
    let n = if opts.calls { opts.funcs.max(1) } else { 1 };
    for i in 0..n {
        let sig = random_sig(&mut rng, opts);
        module.funcs.push(Function {
            name: format!("f{i}"),
            sig,
            kind: FuncKind::Defined(Body::default()),
            may_unwind: opts.unwinding,
            is_noinline: false,
            span: Span::DUMMY,
        });
    }
    let shared = add_shared(&mut module, &mut rng, opts);
    for i in 0..n {
        let func = FuncId(i as u32);
        let body = func::random_body(&module, &mut rng, opts, shared, func);
        module.funcs[func].kind = FuncKind::Defined(body);
    }
    let run = func::run_function(&module, opts, shared);
    let run = module.funcs.push(run);
    module.exports.push(Export { name: "run".into(), func: run });
    module
}

fn random_sig(rng: &mut Rng, opts: &RandomOptions) -> Signature {
    let tys = usable_tys(opts);
    let list = |n: usize, rng: &mut Rng| (0..n).map(|_| rng.pick(&tys)).collect();
    let (params, results) = (rng.below(5), rng.below(3).min(opts.target.max_results as usize));
    Signature { params: list(params, rng), results: list(results, rng) }
}

fn usable_tys(opts: &RandomOptions) -> Vec<Ty> {
    let mut tys = vec![Ty::I32, Ty::I64, Ty::Ptr];
    if opts.floats {
        tys.extend([Ty::F32, Ty::F64]);
    }
    if opts.vectors {
        tys.push(Ty::V128);
    }
    tys
}

fn add_shared(module: &mut Module, rng: &mut Rng, opts: &RandomOptions) -> Shared {
    let bytes = |n: u32, rng: &mut Rng| -> Vec<u8> { (0..n).map(|_| rng.next_u64() as u8).collect() };
    let data = |name: &str, bytes, is_mutable| Data {
        name: name.into(),
        bytes,
        align: 16,
        relocs: Vec::new(),
        is_mutable,
        zeroed: 0,
    };
    let half = bytes(MEMORY_BYTES / 2, rng);
    let memory = module.datas.push(Data { zeroed: MEMORY_BYTES / 2, ..data("memory", half, true) });
    let constants = module.datas.push(data("constants", bytes(MEMORY_BYTES, rng), false));
    let word = opts.target.pointer_bytes;
    let n = module.funcs.len() as u32;
    let relocs = (0..n).map(|i| (i * word, Reloc::Func(FuncId(i)))).collect();
    let table = Data { relocs, ..data("table", vec![0; (n * word) as usize], false) };
    let table = module.datas.push(table);
    let global = |name: &str, init: Imm| Global { name: name.into(), ty: init.ty(), init };
    let fuel = module.globals.push(global("fuel", Imm::I32(0)));
    let globals = [
        Imm::I32(rng.next_u64() as i32),
        Imm::I64(rng.next_u64() as i64),
        Imm::F64(1.5f64.to_bits()),
        Imm::Ptr(i64::from(rng.next_u64() as u16)),
    ];
    let globals = globals.map(|init| {
        let name = format!("global_{}", init.ty().name());
        (module.globals.push(global(&name, init)), init.ty())
    });
    Shared { memory, constants, table, fuel, globals }
}
