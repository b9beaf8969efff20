import { requireFields, wholeNumber } from "../../fields";
import { type LayerKind, layerLimits, learnable } from "../kind";

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

const fields = { hidden: wholeNumber(1, layerLimits.hidden) } as const;

export const lstm = (options: { hidden: number }): LstmSpec => {
  requireFields("lstm", options, Object.keys(fields));
  return { kind: "lstm", ...options };
};
export const biLstm = (options: { hidden: number }): BiLstmSpec => {
  requireFields("biLstm", options, Object.keys(fields));
  return { kind: "bilstm", ...options };
};

/** The directions of a recurrent layer, in the order of its output channels. */
export const directionsOf = (kind: "lstm" | "bilstm"): readonly ("forward" | "reverse")[] =>
  kind === "lstm" ? ["forward"] : ["forward", "reverse"];

/**
 * Largest error of a recurrent layer relative to the largest value. Measured on a software adapter at most 3.1e-7 for y and
 * 1.5e-6 for gradients, whatever T: where gates are half open, errors of early steps are forgotten as their values are. Four
 * times that stands here.
 */
export const recurrentTolerance = { y: 1.25e-6, gradient: 6e-6 } as const;

type Units = { readonly hidden: number };

const kindOf = (kind: "lstm" | "bilstm", title: string, way: string) =>
  ({
    stem: kind,
    keepsPadding: true,
    fields,
    output: ({ hidden }: Units, { steps }) => ({ channels: directionsOf(kind).length * hidden, steps }),
    learnables: ({ hidden }: Units, { channels }) =>
      directionsOf(kind).flatMap((direction) =>
        [
          learnable("weight_ih", [4 * hidden, channels], 1, "weights"),
          learnable("weight_hh", [4 * hidden, hidden], 1, "recurrent weights"),
          // The forget gate begins open: MATLAB's default of later releases; that R2018b has it too is from memory.
          learnable("bias", [4 * hidden], 0, (i) => (i >= hidden && i < 2 * hidden ? 1 : 0)),
        ].map((each) => ({ ...each, name: `${direction}.${each.name}` })),
      ),
    // Four gates for each that it gives out.
    widest: ({ channels }) => 4 * channels,
    describe: ({ hidden }: Units) => ({
      kind: title,
      detail: `${hidden} hidden units${way}, whole sequence`,
    }),
    tolerance: () => ({ kind: "relative", ...recurrentTolerance }),
  }) satisfies LayerKind<LstmSpec>;

export const lstmKind: LayerKind<LstmSpec> = kindOf("lstm", "LSTM", "");
export const biLstmKind: LayerKind<BiLstmSpec> = kindOf("bilstm", "bidirectional LSTM", " each way");
