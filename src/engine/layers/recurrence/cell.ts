/**
 * What computes a recurrent layer's units at a time step. Its mathematics stand in its shader: `advance` makes h of the
 * recurrent sums, `retreat` the gradients of the gates of that of h, two functions say in which of a unit's four lanes each
 * gate is, and an alias, how many of them recurrent weights reach. The rest is the same for all cells: recurrence.ts cuts the
 * time loop, weights.ts orders the weights.
 */
export interface RecurrentCell {
  /** Its file below shaders/, which the loop imports as `package::recurrence::cell`. */
  readonly file: string;
  /** Rows of its weights for each unit. */
  readonly gates: number;
  /** The names of its biases: one, or that of the input and that of the recurrence. */
  readonly biases: readonly string[];
  /** Backward, the gradients of its recurrent sums lie by themselves too, gate by gate: its lanes hold more than those. */
  readonly sumsApart?: true;
  /** What its units are called among the sizes of a problem. */
  readonly units: string;
  /** Bytes that it moves for each unit: at each step, and from the step before and after a chunk of steps. */
  readonly bytes: Readonly<Record<"forward" | "backward", CellBytes>>;
}

interface CellBytes {
  readonly step: number;
  readonly begun: number;
  readonly left: number;
}

/** Stands in the shaders for the cell that the loop runs. */
export const cellModule = ({ file }: RecurrentCell) => ({ "recurrence/cell": file });

/** Four gates in and out, and c once; backward c in, dc out, and at the ends of a chunk dc and c of its neighbours. */
export const lstmCell: RecurrentCell = {
  file: "recurrence/lstm",
  gates: 4,
  biases: ["bias"],
  units: "units",
  bytes: {
    forward: { step: 32 + 4, begun: 4, left: 0 },
    backward: { step: 32 + 8, begun: 4, left: 4 },
  },
};

/**
 * Four lanes in and out, and h of the step before out; backward that in, dh · z and three gradients out, and dh · z in where a
 * chunk begins.
 */
export const gruCell: RecurrentCell = {
  file: "recurrence/gru",
  gates: 3,
  biases: ["bias_ih", "bias_hh"],
  sumsApart: true,
  units: "GRU units",
  bytes: {
    forward: { step: 32 + 4, begun: 0, left: 0 },
    backward: { step: 32 + 8 + 12, begun: 4, left: 0 },
  },
};
