//! The one error of every kernel: which operation, what it expected, what it got.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelError {
    pub operation: &'static str,
    pub expected: String,
    pub got: String,
}

pub type KernelResult<T> = Result<T, KernelError>;

impl fmt::Display for KernelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: expected {}, got {}", self.operation, self.expected, self.got)
    }
}

impl std::error::Error for KernelError {}

/// Returns an error naming `operation` unless `condition` holds. The texts are only built on failure.
pub fn ensure(
    condition: bool,
    operation: &'static str,
    expected: impl FnOnce() -> String,
    got: impl FnOnce() -> String,
) -> KernelResult<()> {
    if condition { Ok(()) } else { Err(KernelError { operation, expected: expected(), got: got() }) }
}

/// Checks that an array named `name` holds exactly `expected` values.
pub fn ensure_length(operation: &'static str, name: &str, expected: usize, got: usize) -> KernelResult<()> {
    ensure(expected == got, operation, || format!("{expected} values in {name}"), || got.to_string())
}

/// Checks that every value of an array named `name` is finite.
pub fn ensure_finite(operation: &'static str, name: &str, values: &[f32]) -> KernelResult<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(KernelError {
            operation,
            expected: format!("finite values in {name}"),
            got: format!("{} at index {index}", values[index]),
        }),
    }
}
