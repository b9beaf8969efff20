import type { AdapterReport } from "../../src/engine";

/** A place with the library and one device, in which the functions of tests run. */
export interface TestHost {
  /** Runs the function of this source text on encoded arguments and returns its encoded outcome. */
  call(source: string, args: string): Promise<string>;
  /** What went wrong since the last call and nobody caught. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** An adapter in the words of the tests' output. */
export function nameAdapter({ vendor, architecture, description, software }: AdapterReport): string {
  const name = [vendor, architecture, description].filter((part) => part !== "");
  return `${name.join(", ")} (${software ? "software" : "hardware"})`;
}
