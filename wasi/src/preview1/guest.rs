//! The program's linear memory, as the functions of preview 1 see it. Every address is checked.

use super::Errno;
use std::ops::Range;

pub(crate) struct Guest<'a> {
    bytes: &'a mut [u8],
}

macro_rules! numbers {
    ($($write:ident: $ty:ty),*) => {
        $(pub fn $write(&mut self, address: u32, value: $ty) -> Result<(), Errno> {
            self.write(address, &value.to_le_bytes())
        })*
    };
}

impl<'a> Guest<'a> {
    pub fn new(bytes: &'a mut [u8]) -> Guest<'a> {
        Guest { bytes }
    }

    pub fn bytes(&self, address: u32, len: u32) -> Result<&[u8], Errno> {
        self.bytes.get(range(address, len)).ok_or(Errno::FAULT)
    }

    pub fn bytes_mut(&mut self, address: u32, len: u32) -> Result<&mut [u8], Errno> {
        self.bytes.get_mut(range(address, len)).ok_or(Errno::FAULT)
    }

    /// A path or another text; preview 1 wants UTF-8.
    pub fn text(&self, address: u32, len: u32) -> Result<String, Errno> {
        let text = std::str::from_utf8(self.bytes(address, len)?).map_err(|_| Errno::ILSEQ)?;
        Ok(text.to_string())
    }

    pub fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), Errno> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::OVERFLOW)?;
        self.bytes_mut(address, len)?.copy_from_slice(bytes);
        Ok(())
    }

    numbers!(write_u8: u8, write_u16: u16, write_u32: u32, write_u64: u64);

    pub fn read_u8(&self, address: u32) -> Result<u8, Errno> {
        self.read(address).map(u8::from_le_bytes)
    }

    pub fn read_u16(&self, address: u32) -> Result<u16, Errno> {
        self.read(address).map(u16::from_le_bytes)
    }

    pub fn read_u32(&self, address: u32) -> Result<u32, Errno> {
        self.read(address).map(u32::from_le_bytes)
    }

    pub fn read_u64(&self, address: u32) -> Result<u64, Errno> {
        self.read(address).map(u64::from_le_bytes)
    }

    fn read<const N: usize>(&self, address: u32) -> Result<[u8; N], Errno> {
        let bytes = self.bytes(address, N as u32)?;
        bytes.try_into().map_err(|_| Errno::FAULT)
    }

    /// Address and length of the buffer number `index` in the vector of buffers at `iovs`.
    pub fn iovec(&self, iovs: u32, index: u32) -> Result<(u32, u32), Errno> {
        let at = element(iovs, index, 8)?;
        Ok((self.read_u32(at)?, self.read_u32(field(at, 4)?)?))
    }
}

/// The address of a field, `offset` bytes into a record.
pub(super) fn field(record: u32, offset: u32) -> Result<u32, Errno> {
    record.checked_add(offset).ok_or(Errno::FAULT)
}

/// The address of an element of an array.
pub(super) fn element(array: u32, index: u32, size: u32) -> Result<u32, Errno> {
    index.checked_mul(size).and_then(|offset| array.checked_add(offset)).ok_or(Errno::FAULT)
}

fn range(address: u32, len: u32) -> Range<usize> {
    address as usize..address as usize + len as usize
}
