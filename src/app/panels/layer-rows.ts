/** A network's layers in words and numbers. */

import type { LayerSpec, ResolvedLayer } from "../../index";
import { formatNumber } from "../charts/numbers";

/** "convolution", "128 filters of 5, same padding". */
export function describeLayer(spec: LayerSpec): { readonly kind: string; readonly detail: string } {
  switch (spec.kind) {
    case "conv1d":
      return {
        kind: "convolution",
        detail: `${spec.filters} filter${spec.filters === 1 ? "" : "s"} of ${spec.kernel}, same padding`,
      };
    case "batchnorm":
      return { kind: "batch normalisation", detail: `ε ${formatNumber(spec.epsilon)}` };
    case "leakyrelu":
      return { kind: "leaky ReLU", detail: `slope ${spec.slope}` };
    case "dense":
      return { kind: "fully connected", detail: `${spec.outputs} at every step` };
    case "lstm":
      return { kind: "LSTM", detail: `${spec.hidden} hidden units, whole sequence` };
    case "bilstm":
      return { kind: "bidirectional LSTM", detail: `${spec.hidden} hidden units each way, whole sequence` };
    case "dropout":
      return { kind: "dropout", detail: `probability ${spec.probability}` };
    default:
      throw new RangeError(`unknown layer ${JSON.stringify(spec satisfies never)}`);
  }
}

/** The learnable's name within its layer: "forward.weight_ih". */
export const ownName = ({ name: layer }: ResolvedLayer, name: string): string => name.slice(layer.length + 1);

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const learnablesOf = ({ learnables }: ResolvedLayer): number =>
  learnables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
