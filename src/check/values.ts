/** Numbers to check kernels with: the same everywhere. */
import type { LayerSpec } from "../engine/layers/registry";
import { resolveLayers } from "../engine/network/spec";
import { randomStream } from "../engine/random";

/** What a layer computes from, forward and backward: x (B, C, T), dy (B, Cout, Tout), learnables by the layer's own names. */
export interface LayerValues {
  readonly x: {
    readonly shape: readonly [batch: number, channels: number, steps: number];
    readonly data: Float32Array;
  };
  readonly dy: Float32Array;
  /** Real steps of each sample, where they have such. */
  readonly lengths?: Uint32Array;
  /** `weight`, `forward.weight_ih` … */
  readonly learnables: ReadonlyMap<string, Float32Array>;
}

/** n standard normal numbers that float32 holds exactly, other ones for every seed. */
export function singles(n: number, seed: number): Float32Array<ArrayBuffer> {
  const random = randomStream(seed, "noise");
  return Float32Array.from({ length: n }, () => random.normal());
}

/**
 * Normal numbers for everything. The weights of a row have variances that add up to `weights`², as those of the bias do,
 * so that sums of any width stay in the curved part of the gates where `weights` and `x` are 1.
 */
export function layerValues(
  spec: LayerSpec,
  shape: readonly [batch: number, channels: number, steps: number],
  scales: { readonly x?: number; readonly weights?: number } = {},
): LayerValues {
  const [batch, channels, steps] = shape;
  const { x = 1, weights = 1 } = scales;
  const [{ name: layer, learnables, output }] = resolveLayers({
    input: { channels, steps },
    layers: [spec],
    loss: "observations",
  });
  const scaled = (count: number, seed: number, scale: number) =>
    singles(count, seed).map((value) => scale * value);
  return {
    x: { shape, data: scaled(batch * channels * steps, 100, x) },
    dy: singles(batch * output.channels * output.steps, 101),
    learnables: new Map(
      learnables.map(({ name, shape: [rows, ...others] }, seed) => {
        const columns = others.reduce((product, size) => product * size, 1);
        return [name.slice(layer.length + 1), scaled(rows * columns, seed, weights / Math.sqrt(columns))];
      }),
    ),
  };
}
