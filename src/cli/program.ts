/** The command line as a whole: commands, help, and what becomes of errors. */
import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { DeviceLostError, FormatError, NoAdapterError, oneLine } from "../index";
import { addBench } from "./bench";
import { addCheck } from "./check";
import { UsageError } from "./errors";
import { brokenStatus } from "./host";
import { addPredict } from "./predict";
import { addStudy } from "./study";
import { addTrain } from "./train";

const examples = `
Exit status: 0 done; 1 a check failed or training diverged; 2 bad usage or bad input; 3 no adapter
of the wanted kind; 4 the device was lost or the program broke; 130 or 143 ended by a signal: before
training, by the second one, or with cells of a study left.

Examples:
  fluxion train cnn
  fluxion predict --model runs/a/model.safetensors --input curves.csv
  fluxion COMMAND --help`;

/** Runs one command line, reports its errors and ends the process. */
export async function main(argv: readonly string[]): Promise<never> {
  process.stdout.on("error", leaveOnClosedPipe);
  process.on("uncaughtException", (error) => process.exit(report(error)));
  try {
    if (argv.length <= 2) throw new UsageError("a command is missing, see fluxion --help");
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
  // Dawn's threads can outlive the work, so Node is told to end once the output is out.
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))),
  );
  process.exit();
}

function createProgram(): Command {
  const program = new Command("fluxion")
    .description("Train 1-D sequence networks on the GPU: can a network learn to differentiate?")
    .version(version)
    .exitOverride()
    // Errors are reported below, in one line.
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", examples);
  addTrain(program);
  addPredict(program);
  addCheck(program);
  addBench(program);
  addStudy(program);
  return program;
}

/** Writes the error as one line and returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    return say(error.message.replace(/^error: /, ""), 2);
  }
  if (error instanceof UsageError || error instanceof FormatError) return say(error.message, 2);
  if (error instanceof NoAdapterError) return say(error.message, 3);
  if (error instanceof DeviceLostError) return say(error.message, brokenStatus);
  const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`fluxion: internal error: ${story.split("\n").map(oneLine).join("\n")}\n`);
  return brokenStatus;
}

/** One line, whatever the message is. */
function say(message: string, status: number): number {
  process.stderr.write(`fluxion: ${oneLine(message)}\n`);
  return status;
}

/** `fluxion … | head` closes standard output early; that is no error. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): never {
  process.exit(error.code === "EPIPE" ? 0 : 1);
}
