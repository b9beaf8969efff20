import { type Device, Network, readModel } from "../../engine";
import type { Request } from "./protocol";

export type PredictRequest = Extract<Request, { readonly kind: "predict" }>;

/** Networks kept at most. */
const mostNetworks = 16;
/** Curves of a dispatch: questions are of one curve or a few. */
const batch = 4;

/** Trained networks on one device, ready to predict. Those least lately asked make room. */
export class Predictors {
  readonly #device: Device;
  /** By run, the one asked last at the end. */
  readonly #networks = new Map<string, Network>();

  constructor(device: Device) {
    this.#device = device;
  }

  /**
   * (rows, 1, T) to curves (rows, 2, T). One question at a time: builds on a device must not overlap, and no network may
   * go while it predicts.
   * @throws FormatError for a file that is no model, RangeError for curves of another length, the device's fault
   */
  async predict({ run, model, x }: PredictRequest): Promise<Float32Array<ArrayBuffer>> {
    const network = this.#networks.get(run) ?? (await this.#build(model));
    this.#networks.delete(run);
    this.#networks.set(run, network);
    return new Float32Array(await network.predict(x));
  }

  async #build(bytes: Uint8Array): Promise<Network> {
    const { spec, tensors } = readModel(bytes, "the trained network");
    for (const [oldest, network] of this.#networks) {
      if (this.#networks.size < mostNetworks) break;
      network.dispose();
      this.#networks.delete(oldest);
    }
    const network = await Network.build(this.#device, { ...spec, batch });
    try {
      network.writeTensors(tensors);
      return network;
    } catch (error) {
      network.dispose();
      throw error;
    }
  }
}
