import { type Device, openDevice } from "../../index";

/** The worker's one device: opened when it is first needed, and anew after it was lost. */
export class DeviceKeeper {
  #opening: Promise<Device> | undefined;

  /** @throws NoAdapterError, or whatever the browser says against it */
  open(): Promise<Device> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<Device> {
    try {
      const device = await openDevice();
      void device.lost.then(() => {
        this.#opening = undefined;
      });
      return device;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}
