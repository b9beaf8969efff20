import { type NetworkSpec, resolveLayers } from "../../src/engine";
import { normals } from "./differences";

/** Standard normal numbers for every learnable of a network, by name. */
export function randomLearnables(network: NetworkSpec): Map<string, Float64Array> {
  return new Map(
    resolveLayers(network)
      .flatMap(({ learnables }) => learnables)
      .map(({ name, shape }, i) => [
        name,
        normals(
          shape.reduce((size, extent) => size * extent),
          i,
        ),
      ]),
  );
}
