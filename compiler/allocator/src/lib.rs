//! The allocator of galc: mimalloc, asked for alignment only where it does not come by itself.
//!
//! The wrapper that mimalloc's own crate has asks for the alignment of every layout. For sizes that are no power of two
//! mimalloc then takes a block that is larger than needed and remembers that pointers lead into its middle, which makes
//! getting and freeing it slower: a fiftieth of the front end's time. Entry point: [`Mimalloc`].

use libmimalloc_sys as mi;
use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;

/// To be declared as the global allocator of an executable.
pub struct Mimalloc;

/// Blocks of at least so many bytes begin at a multiple of it, smaller ones at a multiple of their size's power of two:
/// `MI_MAX_ALIGN_SIZE` in mimalloc's `types.h`.
const NATURAL: usize = 16;

/// `MI_SMALL_SIZE_MAX` there: nearly all blocks are no larger. Where the size is known, as in most places it is, mimalloc
/// need not ask for it.
const SMALL: usize = 128 * size_of::<*mut c_void>();

unsafe extern "C" {
    fn mi_malloc_small(size: usize) -> *mut c_void;
}

fn is_natural(size: usize, align: usize) -> bool {
    align <= NATURAL && align <= size
}

#[allow(clippy::undocumented_unsafe_blocks, reason = "said once, for all of them")]
// SAFETY: each function hands on to mimalloc's of the same contract; `mi_malloc`, `mi_malloc_small` and `mi_realloc` give blocks
// for the alignments of `is_natural`, and all blocks may be freed and resized by any of them.
unsafe impl GlobalAlloc for Mimalloc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        match is_natural(size, align) {
            true if size <= SMALL => unsafe { mi_malloc_small(size).cast() },
            true => unsafe { mi::mi_malloc(size).cast() },
            false => unsafe { mi::mi_malloc_aligned(size, align).cast() },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        match is_natural(size, align) {
            true => unsafe { mi::mi_zalloc(size).cast() },
            false => unsafe { mi::mi_zalloc_aligned(size, align).cast() },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { mi::mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        match is_natural(size, align) {
            true => unsafe { mi::mi_realloc(block.cast(), size).cast() },
            false => unsafe { mi::mi_realloc_aligned(block.cast(), size, align).cast() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes and alignments of all kinds, through growing, shrinking and freeing, keep what they hold.
    #[test]
    fn blocks_are_aligned_and_keep_their_contents() {
        let mut blocks = Vec::new();
        for align in (0..13).map(|power| 1usize << power) {
            for size in
                [1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 40, 48, 100, 160, 1000, SMALL, SMALL + 1, 5000, 70_000]
            {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                // SAFETY: the size is not zero.
                let block = unsafe { Mimalloc.alloc(layout) };
                assert!(!block.is_null() && block.addr() % align == 0, "{layout:?}: {block:?}");
                // SAFETY: the block has `size` bytes.
                unsafe { block.write_bytes(size as u8, size) };
                blocks.push((block, layout));
            }
        }
        for (block, layout) in blocks {
            for new in [layout.size() * 3 + 1, layout.size().div_ceil(2)] {
                // SAFETY: from `alloc` with this layout, which is given back at the end of the round.
                let grown = unsafe { Mimalloc.realloc(block_of(layout), layout, new) };
                assert_eq!(grown.addr() % layout.align(), 0, "{layout:?} to {new}");
                // SAFETY: that many bytes were written and copied.
                let kept = unsafe { std::slice::from_raw_parts(grown, layout.size().min(new)) };
                assert!(kept.iter().all(|byte| *byte == layout.size() as u8));
                let layout = Layout::from_size_align(new, layout.align()).expect("a layout");
                // SAFETY: the block has this layout now.
                unsafe { Mimalloc.dealloc(grown, layout) };
            }
            // SAFETY: as above.
            let kept = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            assert!(
                kept.iter().all(|byte| *byte == layout.size() as u8),
                "another block reaches into this one"
            );
            // SAFETY: allocated above with this layout, and not freed.
            unsafe { Mimalloc.dealloc(block, layout) };
        }
    }

    fn block_of(layout: Layout) -> *mut u8 {
        // SAFETY: the layouts of the test are not empty, and the bytes are written before they are read.
        unsafe {
            let block = Mimalloc.alloc(layout);
            block.write_bytes(layout.size() as u8, layout.size());
            block
        }
    }

    #[test]
    fn zeroed_blocks_are_zero() {
        for (size, align) in [(8, 8), (48, 8), (48, 16), (4096, 64), (100_000, 8)] {
            let layout = Layout::from_size_align(size, align).expect("a layout");
            for _ in 0..3 {
                // SAFETY: not empty; read within its size; freed once with its layout.
                unsafe {
                    let block = Mimalloc.alloc_zeroed(layout);
                    assert!(std::slice::from_raw_parts(block, size).iter().all(|byte| *byte == 0));
                    block.write_bytes(0xFF, size);
                    Mimalloc.dealloc(block, layout);
                }
            }
        }
    }
}
