/** The command line as a whole: commands, help, and what becomes of errors. */
import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { FormatError, NoAdapterError, oneLine } from "../index";
import { addBench } from "./bench";
import { addCheck } from "./check";
import { UsageError } from "./errors";
import { addPredict } from "./predict";
import { addStudy } from "./study";
import { addTrain } from "./train";

const examples = `
Exit status: 0 done; 1 a check failed or training diverged; 2 bad usage or bad input; 130 or 143
ended by a signal: before training, by the second one, or with cells of a study left.

Examples:
  fluxion train cnn
  fluxion predict --model runs/a/model.safetensors --input curves.csv
  fluxion COMMAND --help`;

/** Runs one command line, reports its errors and ends the process. */
export async function main(argv: readonly string[]): Promise<never> {
  process.stdout.on("error", leaveOnClosedPipe);
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
  if (error instanceof UsageError || error instanceof FormatError || error instanceof NoAdapterError)
    return say(error.message, 2);
  return say(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, 1);
}

function say(message: string, status: 1 | 2): number {
  const lines = status === 2 ? [message] : message.split("\n");
  process.stderr.write(`fluxion: ${lines.map(oneLine).join("\n")}\n`);
  return status;
}

/** `fluxion … | head` closes standard output early; that is no error. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): never {
  process.exit(error.code === "EPIPE" ? 0 : 1);
}
