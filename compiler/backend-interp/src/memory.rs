//! Linear memory with checked accesses.

use std::ops::Range;

/// Bytes of a page, the unit in which memory grows.
pub const PAGE_BYTES: u64 = 1 << 16;

/// An access that does not lie within the memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfBounds;

/// The program's memory; hosts read and write it too.
#[derive(Clone, Debug)]
pub struct Memory {
    bytes: Vec<u8>,
    limit: u64,
}

impl Memory {
    /// At least `bytes` bytes, rounded up to pages; grows up to `limit` bytes.
    pub(crate) fn new(bytes: u64, limit: u64) -> Memory {
        let pages = bytes.div_ceil(PAGE_BYTES).max(1);
        Memory { bytes: vec![0; (pages * PAGE_BYTES) as usize], limit }
    }

    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn pages(&self) -> u64 {
        self.len() / PAGE_BYTES
    }

    /// The old number of pages, or `None` if the limit forbids it.
    pub(crate) fn grow(&mut self, pages: u64) -> Option<u64> {
        let old = self.pages();
        let new = old.checked_add(pages)?.checked_mul(PAGE_BYTES)?;
        if new > self.limit {
            return None;
        }
        self.bytes.resize(new as usize, 0);
        Some(old)
    }

    /// The conversions lose nothing, also where `usize` has 32 bits: what is checked lies within a vector.
    #[inline(always)]
    fn range(&self, addr: u64, len: u64) -> Result<Range<usize>, OutOfBounds> {
        let end = addr.checked_add(len).filter(|end| *end <= self.len()).ok_or(OutOfBounds)?;
        Ok(addr as usize..end as usize)
    }

    #[inline(always)]
    pub fn read(&self, addr: u64, len: u64) -> Result<&[u8], OutOfBounds> {
        let range = self.range(addr, len)?;
        self.bytes.get(range).ok_or(OutOfBounds)
    }

    #[inline(always)]
    pub fn read_mut(&mut self, addr: u64, len: u64) -> Result<&mut [u8], OutOfBounds> {
        let range = self.range(addr, len)?;
        self.bytes.get_mut(range).ok_or(OutOfBounds)
    }

    pub fn write(&mut self, addr: u64, bytes: &[u8]) -> Result<(), OutOfBounds> {
        self.read_mut(addr, bytes.len() as u64)?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn read_u32(&self, addr: u64) -> Result<u32, OutOfBounds> {
        Ok(u32::from_le_bytes(self.load(addr)?))
    }

    pub fn write_u32(&mut self, addr: u64, value: u32) -> Result<(), OutOfBounds> {
        self.store(addr, value.to_le_bytes())
    }

    pub fn read_u64(&self, addr: u64) -> Result<u64, OutOfBounds> {
        Ok(u64::from_le_bytes(self.load(addr)?))
    }

    pub fn write_u64(&mut self, addr: u64, value: u64) -> Result<(), OutOfBounds> {
        self.store(addr, value.to_le_bytes())
    }

    #[inline(always)]
    pub(crate) fn load<const N: usize>(&self, addr: u64) -> Result<[u8; N], OutOfBounds> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.read(addr, N as u64)?);
        Ok(bytes)
    }

    #[inline(always)]
    pub(crate) fn store<const N: usize>(&mut self, addr: u64, bytes: [u8; N]) -> Result<(), OutOfBounds> {
        self.read_mut(addr, N as u64)?.copy_from_slice(&bytes);
        Ok(())
    }

    pub(crate) fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), OutOfBounds> {
        let (from, to) = (self.range(src, len)?, self.range(dst, len)?);
        self.bytes.copy_within(from, to.start);
        Ok(())
    }

    pub(crate) fn fill(&mut self, dst: u64, value: u8, len: u64) -> Result<(), OutOfBounds> {
        self.read_mut(dst, len)?.fill(value);
        Ok(())
    }
}
