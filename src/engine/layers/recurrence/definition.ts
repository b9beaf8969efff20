import { requireFields, wholeNumber } from "../../fields";
import { type InitialValues, type LayerKind, layerLimits, learnable, zeros } from "../kind";
import { gruCell, lstmCell, type RecurrentCell } from "./cell";

/**
 * Long short-term memory: gates in the order i, f, g, o, one bias, zero initial state, the whole sequence as output.
 * (B, Ci, T) → (B, hidden, T)
 */
export interface LstmSpec {
  readonly kind: "lstm";
  readonly hidden: number;
}

/** Two LSTMs, one through each direction of time. (B, Ci, T) → (B, 2·hidden, T): forward channels, then reverse. */
export interface BiLstmSpec {
  readonly kind: "bilstm";
  readonly hidden: number;
}

/**
 * Gated recurrent units: gates in the order r, z, n, the reset behind the recurrent product, two biases, zero initial state,
 * the whole sequence as output. (B, Ci, T) → (B, hidden, T)
 */
export interface GruSpec {
  readonly kind: "gru";
  readonly hidden: number;
}

/** Two GRUs, one through each direction of time. (B, Ci, T) → (B, 2·hidden, T): forward channels, then reverse. */
export interface BiGruSpec {
  readonly kind: "bigru";
  readonly hidden: number;
}

const fields = { hidden: wholeNumber(1, layerLimits.hidden) } as const;

type Units = { readonly hidden: number };

function requireUnits(name: string, options: Units): Units {
  requireFields(name, options, Object.keys(fields));
  return options;
}

export const lstm = (options: Units): LstmSpec => ({ kind: "lstm", ...requireUnits("lstm", options) });
export const biLstm = (options: Units): BiLstmSpec => ({
  kind: "bilstm",
  ...requireUnits("biLstm", options),
});
export const gru = (options: Units): GruSpec => ({ kind: "gru", ...requireUnits("gru", options) });
export const biGru = (options: Units): BiGruSpec => ({ kind: "bigru", ...requireUnits("biGru", options) });

type RecurrentKind = "lstm" | "bilstm" | "gru" | "bigru";

/** The directions of a recurrent layer, in the order of its output channels. */
export const directionsOf = (kind: RecurrentKind): readonly ("forward" | "reverse")[] =>
  kind === "lstm" || kind === "gru" ? ["forward"] : ["forward", "reverse"];

/**
 * Largest error of a recurrent layer relative to the largest value. Measured on a software adapter at most 3.1e-7 for y and
 * 1.5e-6 for gradients, whatever T: where gates are half open, errors of early steps are forgotten as their values are. Four
 * times that stands here.
 */
export const recurrentTolerance = { y: 1.25e-6, gradient: 6e-6 } as const;

const kindOf = (
  kind: RecurrentKind,
  { gates, biases }: RecurrentCell,
  title: string,
  bias: (hidden: number) => InitialValues,
) => {
  const directions = directionsOf(kind);
  return {
    stem: kind,
    keepsPadding: true,
    fields,
    output: ({ hidden }: Units, { steps }) => ({ channels: directions.length * hidden, steps }),
    learnables: ({ hidden }: Units, { channels }) =>
      directions.flatMap((direction) =>
        [
          learnable("weight_ih", [gates * hidden, channels], 1, "weights"),
          learnable("weight_hh", [gates * hidden, hidden], 1, "recurrent weights"),
          ...biases.map((name) => learnable(name, [gates * hidden], 0, bias(hidden))),
        ].map((each) => ({ ...each, name: `${direction}.${each.name}` })),
      ),
    // Four lanes for each that it gives out.
    widest: ({ channels }) => 4 * channels,
    describe: ({ hidden }: Units) => ({
      kind: title,
      detail: `${hidden} hidden units${directions.length > 1 ? " each way" : ""}, whole sequence`,
    }),
    tolerance: () => ({ kind: "relative", ...recurrentTolerance }),
  } satisfies LayerKind<LstmSpec>;
};

/** The forget gate begins open: MATLAB's default of later releases; that R2018b has it too is from memory. */
const openForget =
  (hidden: number): InitialValues =>
  (i) =>
    i >= hidden && i < 2 * hidden ? 1 : 0;

export const lstmKind: LayerKind<LstmSpec> = kindOf("lstm", lstmCell, "LSTM", openForget);
export const biLstmKind: LayerKind<BiLstmSpec> = kindOf("bilstm", lstmCell, "bidirectional LSTM", openForget);
export const gruKind: LayerKind<GruSpec> = kindOf("gru", gruCell, "GRU", () => zeros);
export const biGruKind: LayerKind<BiGruSpec> = kindOf("bigru", gruCell, "bidirectional GRU", () => zeros);
