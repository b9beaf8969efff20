import { type Device, openDevice } from "../../engine";

/** The worker's one device: opened when it is first needed, and anew after it was lost or has reported an error. */
export class DeviceKeeper {
  readonly #opened: (device: Device) => void;
  readonly #refused: (error: unknown) => void;
  #opening: Promise<Device> | undefined;

  /**
   * @param opened hears of every device
   * @param refused hears why there is none
   */
  constructor(opened: (device: Device) => void, refused: (error: unknown) => void) {
    this.#opened = opened;
    this.#refused = refused;
  }

  /** @throws NoAdapterError, or whatever the browser says against it */
  async open(): Promise<Device> {
    const opening = this.#opening;
    const known = await opening?.catch(() => undefined);
    if (known && !known.fault) return known;
    // Results after an error in the background cannot be trusted.
    known?.dispose();
    // Another caller may have been quicker.
    if (this.#opening === opening || !this.#opening) this.#opening = this.#open();
    return this.#opening;
  }

  async #open(): Promise<Device> {
    try {
      const device = await openDevice();
      this.#opened(device);
      return device;
    } catch (error) {
      this.#opening = undefined;
      this.#refused(error);
      throw error;
    }
  }
}
