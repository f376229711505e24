//! The wasm-bindgen surface of hebblab-core: checks arguments, calls the core, nothing else.
