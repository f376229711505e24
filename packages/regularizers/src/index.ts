export { jacregPublished } from './jacreg-published.js';
export { l2 } from './l2.js';
