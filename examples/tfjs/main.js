const worker = new Worker(new URL('./train-worker.js', import.meta.url), { type: 'module' });
const [train, abort, save, load] = ['train', 'abort', 'save', 'load'].map((id) =>
  document.getElementById(id),
);
const progress = document.querySelector('progress');
const status = document.querySelector('#status');

let model;

train.onclick = () => {
  worker.postMessage({ kind: 'train', epochs: 3 });
  setTraining(true);
  status.textContent = 'Loading the images …';
};
abort.onclick = () => worker.postMessage({ kind: 'abort' });
load.onchange = async () => {
  const [file] = load.files;
  if (file !== undefined)
    worker.postMessage({ kind: 'load', bytes: new Uint8Array(await file.arrayBuffer()) });
};
save.onclick = () => {
  const address = URL.createObjectURL(new Blob([model]));
  Object.assign(document.createElement('a'), { href: address, download: 'digits.safetensors' }).click();
  URL.revokeObjectURL(address);
};

worker.onmessage = ({ data }) => {
  if (data.kind === 'progress') {
    progress.value = data.share;
    status.textContent = `${Math.round(100 * data.share)} % done, loss ${data.loss.toFixed(3)}, ${data.threads} ${data.threads === 1 ? 'thread' : 'threads'}.`;
    return;
  }
  setTraining(false);
  if (data.kind === 'failed') {
    status.textContent = data.message;
    return;
  }
  model = data.bytes;
  save.disabled = false;
  status.textContent = `${data.how}: ${(100 * data.accuracy).toFixed(1)} % of ${data.images} unseen digits are recognised.`;
};
worker.onerror = ({ message }) => {
  setTraining(false);
  status.textContent = message;
};

function setTraining(isTraining) {
  train.disabled = isTraining;
  load.disabled = isTraining;
  abort.disabled = !isTraining;
}
