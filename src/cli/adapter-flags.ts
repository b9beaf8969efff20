/** The flags that every command with a GPU shares. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AdapterChoice } from "../engine";

export interface AdapterFlags {
  readonly adapter: AdapterChoice;
  readonly expectAdapter?: RegExp;
  readonly verbose?: true;
}

export const addAdapterFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        "--adapter <which>",
        "what to run on: auto (a GPU where there is one), hardware, software, or a part of an adapter's name",
      )
        .argParser(readName)
        .default("auto"),
    )
    .addOption(
      new Option(
        "--expect-adapter <regex>",
        "end with status 3 unless vendor, architecture, description or driver of the adapter match",
      ).argParser(readPattern),
    )
    .option("--verbose", "say which installed drivers are of no use, and why");

function readName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Must not be empty.");
  return text;
}

function readPattern(text: string): RegExp {
  // It would match whatever there is.
  if (text === "") throw new InvalidArgumentError("Must not be empty.");
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "");
  }
}
