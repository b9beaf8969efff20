/** The laboratory's studies, in the order of their names. */
import { choices } from "./studies/choices";
import { diversity } from "./studies/diversity";
import { inputs } from "./studies/inputs";
import { inverse } from "./studies/inverse";
import { noise } from "./studies/noise";
import { rules } from "./studies/rules";
import { sampling } from "./studies/sampling";
import { split } from "./studies/split";
import { stencil } from "./studies/stencil";
import { unseen } from "./studies/unseen";
import type { Study } from "./study";

export const studies: readonly Study[] = [
  unseen,
  rules,
  stencil,
  diversity,
  inputs,
  noise,
  sampling,
  split,
  inverse,
  choices,
];
