// tfjs-backend-cpu imports the package seedrandom, which is no module; its file alea.min.js defines a global.
export const alea = globalThis.alea;
