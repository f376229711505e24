/** Base64 of bytes, in Node and in browsers alike. */
export function toBase64(bytes: Uint8Array): string {
  const CHUNK = 8192; // a call takes only so many arguments
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}
