/** The page: names the adapter that training would run on. */

import { type AdapterReport, openDevice } from "../index";

const output = document.querySelector("#adapter");
if (output) output.textContent = await findAdapter();

async function findAdapter(): Promise<string> {
  try {
    const device = await openDevice();
    device.dispose();
    return describe(device.adapter);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describe({ vendor, architecture, description, software }: AdapterReport): string {
  const name = description || `${vendor} ${architecture}`;
  return software ? `${name} (software: computes on the CPU, slowly)` : name;
}
