// A second process that is never idle: arithmetic over 32 MB, more than most caches hold. It ends with its parent.
const values = new Float64Array(4 * 2 ** 20);
const parent = process.ppid;
for (;;) {
  for (let index = 0; index < values.length; index++) values[index] = 0.9 * values[index] + index;
  if (process.ppid !== parent) process.exit();
}
