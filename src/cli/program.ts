/** The command line as a whole: commands, help, and what becomes of errors. */
import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { DeviceLostError, FormatError, NoAdapterError } from "../engine";
import { oneLine } from "../engine/files/error";
import { addBench } from "./bench";
import { addCheck } from "./check";
import { codeOf, fileError, UsageError } from "./errors";
import { brokenStatus } from "./host";
import { endOnInterrupt } from "./interrupt";
import { addPredict } from "./predict";
import { addStudy } from "./study";
import { addTrain } from "./train";

const examples = `
Exit status: 0 done; 1 a check failed or training diverged; 2 bad usage, bad input or results that
could not be written; 3 no adapter of the wanted kind; 4 the device was lost or the program broke;
129, 130 or 143 ended by SIGHUP, Ctrl-C or SIGTERM, with work left undone: a training that was
stopped keeps what it has. Output that nobody reads (| head) is no error.

Examples:
  fluxion train cnn
  fluxion predict --model runs/a/model.safetensors --input curves.csv
  fluxion COMMAND --help`;

/** Runs this process: its command line, and its end. */
export async function main(): Promise<never> {
  process.on("uncaughtException", (error) => process.exit(report(error)));
  endOnInterrupt("stopped");
  const undelivered = listenToStreams();
  await run(process.argv.slice(2));
  // Dawn's threads can outlive the work, so Node is told to end once the output is out.
  const flush = (stream: NodeJS.WriteStream) => new Promise((done) => stream.write("", done));
  await flush(process.stdout);
  const cause = undelivered();
  if (cause !== undefined) {
    const status = report(fileError("standard output cannot be written", cause));
    process.exitCode ||= status;
  }
  await flush(process.stderr);
  process.exit();
}

/**
 * Runs one command line and reports its errors. Sets the exit status where it is not 0.
 * @param words behind the name of the program
 */
export async function run(words: readonly string[]): Promise<void> {
  try {
    if (words.length === 0) throw new UsageError("a command is missing, see fluxion --help");
    await createProgram().parseAsync(words, { from: "user" });
  } catch (error) {
    const status = report(error);
    if (status !== 0) process.exitCode = status;
  }
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
  addHelp(program);
  return program;
}

/** `fluxion help`: unlike commander's own, a misspelt command is one line, and `help study merge` is of merge. */
function addHelp(program: Command): void {
  program
    .command("help")
    .description("display help for command")
    .argument("[command...]")
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const next = command.commands.find((each) => each.name() === word);
        if (next === undefined) throw new UsageError(`help: unknown command '${word}', see fluxion --help`);
        command = next;
      }
      command.help();
    });
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

/**
 * What cannot be written to a stream ends no work: files are written to the end, and runs are made. Nobody needs to be
 * told that a reader has gone (`| head`), and where standard error cannot be written nobody can be.
 * @returns what has become of standard output, where it could not take all
 */
function listenToStreams(): () => Error | undefined {
  let first: Error | undefined;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error) => {
    if (codeOf(error) !== "EPIPE") first ??= error;
  });
  return () => first;
}
