export type { ArrayData, Dtype, NamedArrays, NonFiniteOptions, TypedArrays } from './array-data.js';
export { refuseNonFinite } from './array-data.js';
export type { Batch, BatchPlan, BatchPlanOptions } from './batches.js';
export { createBatch, gatherBatch, planBatches } from './batches.js';
export type { BuiltIn, BuiltInName, BuiltInOptions } from './built-in.js';
export { builtIns, loadBuiltIn } from './built-in.js';
export type { Cifar10Images, Cifar10Options } from './cifar10.js';
export { readCifar10 } from './cifar10.js';
export { cifar10ClassNames, fashionMnistClassNames, mnistClassNames } from './class-names.js';
export { entangledRingsPoints } from './entangled-rings.js';
export type { ReadOptions } from './errors.js';
export { DataError } from './errors.js';
export type { IdxImages } from './idx.js';
export { readIdxImages, readIdxLabels, writeIdxImages, writeIdxLabels } from './idx.js';
export type { Dataset, ImageSet } from './images.js';
export { concatenateImages, createImageSet } from './images.js';
export type { LabelledArraysOptions } from './labelled-arrays.js';
export { imageSetFromArrays } from './labelled-arrays.js';
export type { Normalisation } from './normalisation.js';
export { normalisationScales } from './normalisation.js';
export { readNpy, writeNpy } from './npy.js';
export type { NpzOptions } from './npz.js';
export { readNpz, writeNpz } from './npz.js';
export type { NormalSource } from './orthonormal-columns.js';
export type {
  KnownSpectrum,
  PowerLawImages,
  PowerLawImagesOptions,
  PowerLawPresetName,
} from './power-law-images.js';
export { generatePowerLawImages, powerLawPresets } from './power-law-images.js';
export type { PowerLaw, PowerLawSample } from './power-law-sample.js';
export { samplePowerLaw } from './power-law-sample.js';
export type { Safetensors } from './safetensors.js';
export { readSafetensors, writeSafetensors } from './safetensors.js';
export { balancedSubset, selectImages } from './subsets.js';
export { torusPoints } from './torus.js';
export type { ToyDataset, ToyName } from './toy-datasets.js';
export { generateToyDataset, toyDatasets, toyLevels } from './toy-datasets.js';
export type { ToyPoints, ToyPointsOptions } from './toy-points.js';
export { greyLevelsPerUnit } from './toy-points.js';
