/**
 * Gives engines the symbol that `using` looks for, where they lack it (Safari; Firefox before 141): compiled `using`
 * throws without it, and arrays would have their disposal under the name "undefined".
 */
if (Symbol.dispose === undefined) {
  Object.defineProperty(Symbol, 'dispose', { value: Symbol('Symbol.dispose') });
}
