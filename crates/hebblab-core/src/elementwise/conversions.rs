//! Selections, conversions between element types, and constants.

use super::broadcast::{Element, bytes_of, bytes_of_mut};
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::threads::{Threads, for_each_part};

/// Values to convert. Bytes are truth values: 1 or 0.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    Float32(&'a [f32]),
    Int32(&'a [i32]),
    Uint8(&'a [u8]),
}

/// Where converted values go.
#[derive(Debug)]
pub enum ValuesOut<'a> {
    Float32(&'a mut [f32]),
    Int32(&'a mut [i32]),
    Uint8(&'a mut [u8]),
}

/// Whether an f32 is of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nan,
    Infinite,
    Finite,
}

const PIECE: usize = 1 << 16;

/// `out[i]` = `yes[i]` where the condition is not 0, else `no[i]`. Each value of `condition` stands for as many neighbours
/// as the output is longer: one for each element, or one for each row.
///
/// # Errors
/// Lengths that do not fit, or a thread that failed.
///
/// ```
/// use hebblab_core::elementwise::select;
/// use hebblab_core::threads::OneThread;
/// let mut out = [0.0; 4];
/// select(&OneThread, &[1, 0], &[1.0, 2.0, 3.0, 4.0], &[-1.0, -2.0, -3.0, -4.0], &mut out)?;
/// assert_eq!(out, [1.0, 2.0, -3.0, -4.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn select<T: Copy + Send + Sync>(
    threads: &dyn Threads,
    condition: &[u8],
    yes: &[T],
    no: &[T],
    out: &mut [T],
) -> KernelResult<()> {
    const OPERATION: &str = "select";
    ensure_length(OPERATION, "yes", out.len(), yes.len())?;
    ensure_length(OPERATION, "no", out.len(), no.len())?;
    ensure(
        if condition.is_empty() { out.is_empty() } else { out.len().is_multiple_of(condition.len()) },
        OPERATION,
        || format!("a condition for each or for equally many of {} values", out.len()),
        || condition.len().to_string(),
    )?;
    let neighbours = out.len() / condition.len().max(1);
    for_each_part(threads, out, PIECE, &|index, part| {
        let first = index * PIECE;
        let (yes, no) = (&yes[first..][..part.len()], &no[first..][..part.len()]);
        if neighbours == 1 {
            let condition = &condition[first..][..part.len()];
            for (index, value) in part.iter_mut().enumerate() {
                *value = if condition[index] != 0 { yes[index] } else { no[index] };
            }
            return;
        }
        let mut done = 0;
        while done < part.len() {
            let place = first + done;
            let end = (done + neighbours - place % neighbours).min(part.len());
            let chosen = if condition[place / neighbours] != 0 { yes } else { no };
            part[done..end].copy_from_slice(&chosen[done..end]);
            done = end;
        }
    })
}

/// Converts each value: f32 to i32 towards zero, as JavaScript's `Int32Array` does (modulo 2^32, 0 for NaN and infinities);
/// to bytes 1 where it is not 0 (NaN too), else 0.
///
/// # Errors
/// Lengths that differ, two arrays of one type, or a thread that failed.
pub fn cast(threads: &dyn Threads, input: Values, out: ValuesOut) -> KernelResult<()> {
    match (input, out) {
        (Values::Float32(input), ValuesOut::Int32(out)) => map(threads, input, out, to_int32),
        (Values::Float32(input), ValuesOut::Uint8(out)) => map(threads, input, out, |x| u8::from(x != 0.0)),
        (Values::Int32(input), ValuesOut::Float32(out)) => map(threads, input, out, |x| x as f32),
        (Values::Int32(input), ValuesOut::Uint8(out)) => map(threads, input, out, |x| u8::from(x != 0)),
        (Values::Uint8(input), ValuesOut::Float32(out)) => map(threads, input, out, f32::from),
        (Values::Uint8(input), ValuesOut::Int32(out)) => map(threads, input, out, i32::from),
        _ => Err(KernelError {
            operation: "cast",
            expected: "two element types".into(),
            got: "one and the same".into(),
        }),
    }
}

/// 1 where the truth value is 0, else 0.
///
/// # Errors
/// Lengths that differ, or a thread that failed.
pub fn logical_not(threads: &dyn Threads, input: &[u8], out: &mut [u8]) -> KernelResult<()> {
    map(threads, input, out, |x| u8::from(x == 0))
}

/// 1 where the value is of the kind, else 0.
///
/// # Errors
/// Lengths that differ, or a thread that failed.
pub fn is_of_kind(threads: &dyn Threads, kind: Kind, input: &[f32], out: &mut [u8]) -> KernelResult<()> {
    match kind {
        Kind::Nan => map(threads, input, out, |x| u8::from(x.is_nan())),
        Kind::Infinite => map(threads, input, out, |x| u8::from(x.is_infinite())),
        Kind::Finite => map(threads, input, out, |x| u8::from(x.is_finite())),
    }
}

/// JavaScript's ToInt32. From 2^63 on, an f32 is a multiple of 2^32.
pub fn to_int32(x: f32) -> i32 {
    if x.abs() < 9_223_372_036_854_775_808.0 { x as i64 as i32 } else { 0 }
}

fn map<In: Element, Out: Element>(
    threads: &dyn Threads,
    input: &[In],
    out: &mut [Out],
    function: impl Fn(In) -> Out + Sync,
) -> KernelResult<()> {
    ensure_length("cast", "input", out.len(), input.len())?;
    map_bytes(
        threads,
        bytes_of(input),
        bytes_of_mut(out),
        [size_of::<In>(), size_of::<Out>()],
        &|input, out| {
            let length = out.len() / size_of::<Out>();
            // SAFETY: these are pieces of arrays of the two types, cut between elements.
            let (input, out) = unsafe {
                (
                    std::slice::from_raw_parts(input.as_ptr().cast::<In>(), length),
                    std::slice::from_raw_parts_mut(out.as_mut_ptr().cast::<Out>(), length),
                )
            };
            for (value, x) in out.iter_mut().zip(input) {
                *value = function(*x);
            }
        },
    )
}

/// Gives pieces of as many elements of both arrays to `kernel`. Once in the machine code for all types.
#[inline(never)]
fn map_bytes(
    threads: &dyn Threads,
    input: &[u8],
    out: &mut [u8],
    sizes: [usize; 2],
    kernel: &(dyn Fn(&[u8], &mut [u8]) + Sync),
) -> KernelResult<()> {
    for_each_part(threads, out, PIECE * sizes[1], &|index, part| {
        let length = part.len() / sizes[1];
        kernel(&input[index * PIECE * sizes[0]..][..length * sizes[0]], part);
    })
}
