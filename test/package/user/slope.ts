/** A user's program that reads expressions. */
import { readExpression } from "fluxion/calculus";

export const slope: string = readExpression("x^2").writtenDerivative;
