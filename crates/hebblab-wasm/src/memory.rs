//! Linear memory: allocation, the count of live bytes, and checked slices from offsets.

use std::alloc::{GlobalAlloc, Layout, System, alloc, dealloc};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use hebblab_core::KernelError;
use hebblab_core::krotov_hopfield::screening::projection::Tail;
use hebblab_core::krotov_hopfield::screening::{CoarseUnit, UnitScreen};
use wasm_bindgen::prelude::*;

/// Cache-line alignment, so that no vector load of a row start straddles two lines.
const ALIGNMENT: usize = 64;

/// Small allocations (error texts, lists of arguments) cannot report a failure: running out would end the
/// instance. So the large ones, which can, leave this much to them.
const RESERVED_FOR_SMALL: Layout = Layout::new::<[u8; 65536]>();
const LARGEST_SMALL: usize = 1024;

/// Counts what is alive, so that a leak shows as a number.
struct CountingAllocator;

static LIVE_BYTES: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let pointer = unsafe { System.alloc(layout) };
        if layout.size() > LARGEST_SMALL && !pointer.is_null() && !reserve_is_free() {
            unsafe { System.dealloc(pointer, layout) };
            return std::ptr::null_mut();
        }
        if !pointer.is_null() {
            LIVE_BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE_BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn reserve_is_free() -> bool {
    let pointer = unsafe { System.alloc(RESERVED_FOR_SMALL) };
    if pointer.is_null() {
        return false;
    }
    unsafe { System.dealloc(pointer, RESERVED_FOR_SMALL) };
    true
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Reserves zeroed memory and returns its offset.
#[wasm_bindgen]
pub fn allocate(byte_length: u32) -> Result<u32, JsError> {
    let offset = allocate_uninitialised(byte_length)?;
    unsafe { std::ptr::write_bytes(offset as usize as *mut u8, 0, byte_length as usize) };
    Ok(offset)
}

/// Reserves memory that holds whatever was there before, and returns its offset.
#[wasm_bindgen(js_name = allocateUninitialised)]
pub fn allocate_uninitialised(byte_length: u32) -> Result<u32, JsError> {
    let layout = layout_of(byte_length)?;
    let pointer = unsafe { alloc(layout) };
    let leaves_reserve = !pointer.is_null() && reserve_is_free();
    if !pointer.is_null() && !leaves_reserve {
        unsafe { dealloc(pointer, layout) };
    }
    if !leaves_reserve {
        return Err(failure(
            "allocate",
            "memory for an array",
            &format!("none left for {byte_length} bytes"),
        ));
    }
    Ok(pointer as usize as u32)
}

/// Returns memory that one of the two gave for the same length.
#[wasm_bindgen]
pub fn release(offset: u32, byte_length: u32) -> Result<(), JsError> {
    unsafe { dealloc(offset as usize as *mut u8, layout_of(byte_length)?) };
    Ok(())
}

/// Bytes that are allocated now, buffers and workspaces together.
#[wasm_bindgen(js_name = liveBytes)]
pub fn live_bytes() -> u32 {
    LIVE_BYTES.load(Ordering::Relaxed) as u32
}

/// An empty array still gets an address of its own.
fn layout_of(byte_length: u32) -> Result<Layout, JsError> {
    Layout::from_size_align(byte_length.max(1) as usize, ALIGNMENT)
        .map_err(|_| failure("allocate", "a length below 2 GiB", &format!("{byte_length} bytes")))
}

/// The arrays of one call: each is in bounds and aligned, and none that is written overlaps another.
pub struct Arguments {
    operation: &'static str,
    claimed: Vec<(Range<usize>, bool)>,
}

/// Types whose every bit pattern is a value.
pub trait Plain {}
impl Plain for f32 {}
impl Plain for f64 {}
impl Plain for i32 {}
impl Plain for u32 {}
impl Plain for u8 {}
impl Plain for CoarseUnit {}
impl Plain for UnitScreen {}
impl Plain for Tail {}

impl Arguments {
    pub fn of(operation: &'static str) -> Self {
        Arguments { operation, claimed: Vec::with_capacity(16) }
    }

    pub fn read<T: Plain>(
        &mut self,
        name: &str,
        offset: u32,
        length: usize,
    ) -> Result<&'static [T], JsError> {
        self.claim(name, offset, length, Layout::new::<T>(), false)?;
        Ok(unsafe { std::slice::from_raw_parts(offset as usize as *const T, length) })
    }

    pub fn write<T: Plain>(
        &mut self,
        name: &str,
        offset: u32,
        length: usize,
    ) -> Result<&'static mut [T], JsError> {
        self.claim(name, offset, length, Layout::new::<T>(), true)?;
        Ok(unsafe { std::slice::from_raw_parts_mut(offset as usize as *mut T, length) })
    }

    /// Not inlined: every call has several.
    #[inline(never)]
    fn claim(
        &mut self,
        name: &str,
        offset: u32,
        length: usize,
        element: Layout,
        writes: bool,
    ) -> Result<(), JsError> {
        let start = offset as usize;
        let end = length.checked_mul(element.size()).and_then(|bytes| start.checked_add(bytes));
        let inside = end.is_some_and(|end| end <= memory_bytes());
        if start == 0 || !start.is_multiple_of(element.align()) || !inside {
            let got = format!("{length} values at offset {offset} of {} bytes", memory_bytes());
            return Err(failure(self.operation, &format!("{name} inside memory and aligned"), &got));
        }
        let range = start..end.unwrap_or(start);
        let overlaps = |(other, written): &(Range<usize>, bool)| {
            (writes || *written) && range.start < other.end && other.start < range.end
        };
        if self.claimed.iter().any(overlaps) {
            let expected = format!("{name} apart from the other arrays");
            return Err(failure(self.operation, &expected, "memory shared with one that is written"));
        }
        self.claimed.push((range, writes));
        Ok(())
    }
}

pub fn error(error: KernelError) -> JsError {
    JsError::new(&error.to_string())
}

pub fn failure(operation: &'static str, expected: &str, got: &str) -> JsError {
    error(KernelError { operation, expected: expected.into(), got: got.into() })
}

/// One less than 2^32 where the memory is as large as it can be: 2^32 itself is no 32-bit number.
fn memory_bytes() -> usize {
    const PAGE: usize = 65536;
    core::arch::wasm32::memory_size(0).saturating_mul(PAGE)
}

/// The number of values in an array of these dimensions; 32-bit arithmetic must not wrap.
pub fn values_in(operation: &'static str, dimensions: &[u32]) -> Result<usize, JsError> {
    let product = dimensions.iter().try_fold(1usize, |product, &size| product.checked_mul(size as usize));
    product.ok_or_else(|| {
        failure(operation, "an array below 4 Gi values", &format!("dimensions {dimensions:?}"))
    })
}
