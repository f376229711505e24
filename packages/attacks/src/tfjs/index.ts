export { type TfFunction, tfClassifier } from './tf-classifier.js';
