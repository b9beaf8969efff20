/**
 * The second public face, `fluxion/expressions`: functions written as expressions, with symbolic derivatives, and the families
 * of unseen functions made of them. It brings a parser along, which training does not need.
 */
export * from "./calculus/expression/expression";
export { ExpressionError } from "./calculus/expression/scan";
export * from "./calculus/families/families";
export * from "./calculus/families/family";
export * from "./calculus/families/random";
