/** Functions that the networks were not taught, in families: each asks one question of what they learnt. */
import { type RandomStream, randomStream } from "../../engine/random";
import { readExpression } from "../expression/expression";
import type { DifferentiableFunction } from "../functions";
import type { Family, Member } from "./family";
import { randomChebyshev, randomFourier, randomGaussianProcess } from "./random";

/** The expression as a function; its derivative is symbolic. */
const readMember = (text: string): Member => ({ name: text, ...readExpression(text).curve });

const written = (name: string, question: string, expressions: readonly string[]): Family => ({
  name,
  question,
  members: () => expressions.map(readMember),
});

/** Of a random family. */
const membersDrawn = 8;

/** @param part separates the numbers of this family from those of the others */
const drawn = (
  name: string,
  question: string,
  part: number,
  draw: (random: RandomStream) => DifferentiableFunction,
): Family => ({
  name,
  question,
  members: (seed) =>
    Array.from({ length: membersDrawn }, (_, i) => ({
      name: `${name} ${i + 1}`,
      ...draw(randomStream(seed, "family", i, part)),
    })),
});

/** The seven by which opponents and networks were first compared. Each is of a family below, or near to one. */
export const sevenUnseen: Family = written(
  "seven unseen",
  "How far does what was learnt carry to seven functions that were not taught?",
  ["x^5", "exp(x)", "x*sin(pi*x)", "sin(pi*x^2)", "sin(2*pi*x)", "tanh(3x)", "x^2/2"],
);

/** Random functions of the kinds that the taught families are drawn from; no member is one of those. */
export const randomFamilies: readonly Family[] = [
  drawn("Chebyshev", "How does it do on random polynomials?", 0, randomChebyshev),
  drawn("Fourier", "How does it do on random periodic functions?", 1, randomFourier),
  drawn(
    "Gaussian process",
    "How does it do on random smooth functions of no form?",
    2,
    randomGaussianProcess,
  ),
];

/** No member is one of the six functions that the networks were taught, with either sign. */
export const unseenFamilies: readonly Family[] = [
  written("near", "Is a power more, or a factor, already too much?", [
    "x^5",
    "x^6",
    "x^2/2",
    "x^3/2",
    "sin(pi*x)/2",
  ]),
  written("mixtures", "Is the derivative of a sum the sum of the derivatives taught?", [
    "(x+x^3)/2",
    "x^2-x^4",
    "(x+cos(pi*x))/2",
    "(x^4-sin(pi*x))/2",
    "(x^3+sin(pi*x)+cos(pi*x))/3",
  ]),
  written("products", "Is there a product rule?", [
    "x*sin(pi*x)",
    "x*cos(pi*x)",
    "x^2*cos(pi*x)",
    "x^3*sin(pi*x)",
    "sin(pi*x)*cos(pi*x)",
  ]),
  written("compositions", "Is there a chain rule?", [
    "sin(pi*x^2)",
    "cos(pi*x^3)",
    "exp(sin(x))",
    "sin(cos(pi*x))",
    "cos(pi*x)^4",
  ]),
  written("elementary", "Do functions of other kinds do, where they are as smooth?", [
    "exp(x)",
    "tanh(3x)",
    "log(x+2)",
    "sqrt(x+2)",
    "1/(1+25x^2)",
  ]),
  written("frequency", "Do the waves that were taught do faster or slower?", [
    "sin(2*pi*x)",
    "cos(2*pi*x)",
    "sin(3*pi*x)",
    "sin(pi*x/2)",
    "cos(5*x)",
  ]),
  written("non-smooth", "What becomes of a kink, which no function taught has?", [
    "abs(x)",
    "abs(x-0.3)",
    "x*abs(x)",
    "abs(sin(pi*x))",
    "abs(x)-abs(x+0.5)",
  ]),
  ...randomFamilies,
];
