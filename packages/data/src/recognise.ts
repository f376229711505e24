/** Names the format that the first bytes show, for error messages about a swapped file; '' where none is known. */
export function recognise(bytes: Uint8Array): string {
  const known = signatures.find(({ start }) => start.every((value, i) => bytes[i] === value));
  if (known) return known.name;
  return bytes.length > 262 && ascii(bytes, 257, 5) === 'ustar' ? 'a tar archive' : '';
}

/** `, which looks like ...` where the bytes are of a known format, else ''. */
export function looksLike(bytes: Uint8Array): string {
  const name = recognise(bytes);
  return name === '' ? '' : ` (it looks like ${name})`;
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

const signatures: readonly { name: string; start: readonly number[] }[] = [
  { name: 'IDX images', start: [0, 0, 8, 3] },
  { name: 'IDX labels', start: [0, 0, 8, 1] },
  { name: 'a gzip file', start: [0x1f, 0x8b] },
  { name: 'an .npy file', start: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] },
  { name: 'a zip or .npz file', start: [0x50, 0x4b] },
  { name: 'a Python pickle, as of the Python version of CIFAR-10', start: [0x80, 0x02, 0x7d] },
  { name: 'an HDF5 or MATLAB 7.3 file', start: [0x89, 0x48, 0x44, 0x46] },
  { name: 'a PNG image', start: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'an HTML page', start: [0x3c, 0x21] },
  { name: 'an HTML page', start: [0x3c, 0x68, 0x74, 0x6d, 0x6c] },
];
