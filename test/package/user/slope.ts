/** A user's program that reads expressions. */
import { readExpression } from "fluxion/expressions";

export const slope: string = readExpression("x^2").writtenDerivative;
