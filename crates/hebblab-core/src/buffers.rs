//! Memory for intermediate results. Where none is left the caller gets an error: running out inside a
//! WebAssembly instance would otherwise end it, with every array that it holds.

use crate::error::{KernelError, KernelResult};

/// The first `length` values of a buffer that never shrinks, and grows to that length exactly.
pub fn grow<'b, T: Clone + Default>(
    operation: &'static str,
    buffer: &'b mut Vec<T>,
    length: usize,
) -> KernelResult<&'b mut [T]> {
    if buffer.len() < length {
        reserve(operation, buffer, length - buffer.len())?;
        buffer.resize(length, T::default());
    }
    Ok(&mut buffer[..length])
}

pub fn zeros<T: Clone + Default>(operation: &'static str, length: usize) -> KernelResult<Vec<T>> {
    let mut buffer = Vec::new();
    grow(operation, &mut buffer, length)?;
    Ok(buffer)
}

/// Makes room for `additional` values beyond those in the buffer.
pub fn reserve<T>(operation: &'static str, buffer: &mut Vec<T>, additional: usize) -> KernelResult<()> {
    buffer.try_reserve_exact(additional).map_err(|_| KernelError {
        operation,
        expected: format!("memory for {additional} intermediate values"),
        got: "none left".into(),
    })
}
