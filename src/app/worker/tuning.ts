import { createStore, get, set, type UseStore } from "idb-keyval";
import { type Device, type NetworkSpec, type Tuning, tune } from "../../engine";
import { isTuning } from "../../engine/layers/variant";
import { tuningKey } from "../../engine/tuning/tuner";

let store: UseStore | undefined;

/**
 * Which kernels suit a network on this adapter: measured once, in some 0.3 s, and kept in this browser. What cannot be
 * kept is not measured, and software adapters go by the rules, which are made for them: the same link then trains to the
 * same bits.
 */
export async function tuningFor(
  device: Device,
  spec: NetworkSpec & { readonly batch: number },
): Promise<Tuning> {
  if (device.adapter.software) return {};
  const key = tuningKey(device, navigator.userAgent);
  let known: Tuning = {};
  try {
    store ??= createStore("fluxion-tuning", "tunings");
    const kept: unknown = await get(key, store);
    if (isTuning(kept)) known = kept;
    // What is there can be written back.
    await set(key, known, store);
    const { tuning } = await tune(device, spec, { known });
    await set(key, tuning, store);
    return tuning;
  } catch (error) {
    if (device.fault) throw device.fault;
    console.warn("kernels go by rules: tuning failed", error);
    return known;
  }
}
