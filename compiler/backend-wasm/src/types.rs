//! The type section: each function type once, in the order of first use.

use rustc_hash::FxHashMap;
use wasm_encoder::{TypeSection, ValType};

use crate::wir::Vt;

impl From<Vt> for ValType {
    fn from(vt: Vt) -> ValType {
        match vt {
            Vt::I32 => ValType::I32,
            Vt::I64 => ValType::I64,
            Vt::F32 => ValType::F32,
            Vt::F64 => ValType::F64,
            Vt::V128 => ValType::V128,
        }
    }
}

type FuncType = (Vec<Vt>, Vec<Vt>);

#[derive(Debug, Default)]
pub struct Types {
    list: Vec<FuncType>,
    index: FxHashMap<FuncType, u32>,
}

impl Types {
    pub fn intern(&mut self, params: &[Vt], results: &[Vt]) -> u32 {
        let ty = (params.to_vec(), results.to_vec());
        let next = self.list.len() as u32;
        *self.index.entry(ty).or_insert_with_key(|ty| {
            self.list.push(ty.clone());
            next
        })
    }

    pub fn section(&self) -> TypeSection {
        let mut section = TypeSection::new();
        for (params, results) in &self.list {
            let vals = |list: &[Vt]| list.iter().map(|&vt| vt.into()).collect::<Vec<ValType>>();
            section.ty().function(vals(params), vals(results));
        }
        section
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}
