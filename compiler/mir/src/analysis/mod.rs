//! What passes need to know about a body: order, dominators, loops, liveness, what is initialised where.

pub mod alias;
pub mod bitset;
pub mod call_graph;
pub mod defs;
pub mod flow;
pub mod init;
pub mod liveness;
pub mod loops;
pub mod move_paths;
pub mod order;
pub mod provenance;
pub mod variants;
