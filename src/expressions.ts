/**
 * The second public face, `fluxion/expressions`: functions written as expressions, with symbolic derivatives, and the families
 * of unseen functions made of them, and the studies that ask about those. It brings a parser along, which training does not need.
 */
export * from "./calculus/expression/expression";
export { ExpressionError } from "./calculus/expression/scan";
export * from "./calculus/families/families";
export * from "./calculus/families/family";
export * from "./calculus/families/random";
export * from "./calculus/study/by-seed";
export * from "./calculus/study/cells";
export * from "./calculus/study/condition";
export * from "./calculus/study/condition-rows";
export * from "./calculus/study/data";
export * from "./calculus/study/evaluation-set";
export * from "./calculus/study/integral-opponents";
export * from "./calculus/study/kind";
export * from "./calculus/study/learnt";
export * from "./calculus/study/measure";
export * from "./calculus/study/respondent";
export * from "./calculus/study/rows";
export * from "./calculus/study/score";
export * from "./calculus/study/stencil-properties";
export * from "./calculus/study/studies";
export * from "./calculus/study/study";
export * from "./calculus/study/summary";
export * from "./calculus/study/titles";
export * from "./calculus/study/verdict";
