export { l2 } from './l2.js';
