#!/usr/bin/env bash
# Makes a Rust that compiles for wasm32-unknown-unknown where rustup cannot add that target:
# Debian's compiler, and the standard library built from Debian's source package.
# Installs wasm-bindgen, wasm-pack and wasm-opt too. Everything lands in one folder outside the checkout; what is
# there already at the right version is kept.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tools=${HEBBLAB_TOOLS:-$HOME/.cache/hebblab-tools}
wasm_pack_version=$(node -p "require('$root/scripts/wasm-tools.json')['wasm-pack']")
binaryen_version=$(node -p "require('$root/scripts/wasm-tools.json').binaryen")
wasm_bindgen_version=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' "$root/Cargo.toml")

main() {
  install_debian_rust
  build_standard_library rust-wasm ""
  build_standard_library rust-wasm-threads "-C target-feature=+atomics,+bulk-memory"
  install_tool wasm-bindgen-cli wasm-bindgen "$wasm_bindgen_version"
  install_tool wasm-pack wasm-pack "$wasm_pack_version"
  install_wasm_opt
}

install_debian_rust() {
  if [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && command -v wasm-ld >/dev/null && [ -d "$(rust_source)" ]; then
    return
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src lld
}

rust_source() {
  echo "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library"
}

# A sysroot of our own around Debian's compiler, so that nothing is written below /usr. Shared memory needs a standard
# library compiled with atomics, so there are two. Bitcode is for link-time optimisation across the standard library.
build_standard_library() {
  local toolchain=$tools/$1 flags=$2 version host target=wasm32-unknown-unknown
  version=$(/usr/bin/rustc --version)
  if [ "$(cat "$toolchain/version" 2>/dev/null)" = "$version" ]; then
    return
  fi
  rm -rf "$toolchain" && mkdir -p "$toolchain/bin" "$toolchain/lib/rustlib/$target/lib" "$toolchain/build/src"
  host=$(/usr/bin/rustc -vV | sed -n 's/^host: //p')
  ln -s "$(/usr/bin/rustc --print sysroot)/lib/rustlib/$host" "$toolchain/lib/rustlib/$host"
  printf '#!/bin/sh\nexec /usr/bin/rustc --sysroot "%s" "$@"\n' "$toolchain" >"$toolchain/bin/rustc"
  printf '#!/bin/sh\nRUSTC="%s" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld exec /usr/bin/cargo "$@"\n' \
    "$toolchain/bin/rustc" >"$toolchain/bin/cargo"
  chmod +x "$toolchain/bin/rustc" "$toolchain/bin/cargo"

  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$toolchain/build/Cargo.toml"
  touch "$toolchain/build/src/lib.rs"
  (
    cd "$toolchain/build"
    linked=$(dirname "$(rust_source)")
    source_root=$(readlink -f "$linked")
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld \
      RUSTFLAGS="$flags -C embed-bitcode=yes --remap-path-prefix=$linked=/rust --remap-path-prefix=$source_root=/rust \
        --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
      /usr/bin/cargo build --release --target $target -Z build-std=std,panic_abort
    find target/$target/release/deps -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$toolchain/lib/rustlib/$target/lib" \;
  )
  rm -rf "$toolchain/build"
  echo "$version" >"$toolchain/version"
}

# Without --locked: the lock files of these tools name withdrawn versions.
install_tool() {
  local crate=$1 binary=$2 version=$3
  if [ "$("$tools/bin/$binary" --version 2>/dev/null)" = "$binary $version" ]; then
    return
  fi
  cargo install "$crate" --version "$version" --root "$tools"
}

# The npm package carries it compiled to WebAssembly, for any machine that runs Node.
install_wasm_opt() {
  local package=$tools/binaryen/node_modules/binaryen
  if [ "$(node -p "require('$package/package.json').version" 2>/dev/null)" != "$binaryen_version" ]; then
    npm install --silent --no-save --no-audit --no-fund --prefix "$tools/binaryen" "binaryen@$binaryen_version"
  fi
  mkdir -p "$tools/bin"
  ln -sf "$package/bin/wasm-opt" "$tools/bin/wasm-opt"
}

main
