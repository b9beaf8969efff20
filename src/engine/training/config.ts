import { numberIn, requireFields, requireFloats, requireValue, show, wholeNumber } from "../fields";
import type { Activation } from "../layers/layer";
import { isReal, requireLengths } from "../network/network";
import type { TrainingOptions } from "./options";
import type { SampleSet } from "./samples";
import type { TrainingState } from "./state";

/** What a Trainer is built with. */
export interface TrainerConfig {
  readonly train: SampleSet;
  readonly validation: SampleSet;
  /** What differs from MATLAB's defaults. The batch, where it is given, must be the network's. */
  readonly options?: Partial<TrainingOptions>;
  /** Steps that one submit holds at least; the trainer packs more where they are short. */
  readonly stepsPerSubmit?: number;
  /** Milliseconds a submit should take where `stepsPerSubmit` allows: short keeps a page alive. */
  readonly submitMilliseconds?: number;
  /** Rows of every iteration (iterations, B) instead of shuffled epochs: to repeat another program's run. */
  readonly batches?: Uint32Array;
  /** Initial learnables by name instead of random ones. */
  readonly learnables?: ReadonlyMap<string, { readonly data: Float32Array }>;
  /**
   * Saves the state after every so many iterations, whenever `requestSave` asks for it, and once more when training is
   * stopped or ends by patience. Training waits for `save`; what it throws ends training and is thrown by `run`.
   */
  readonly checkpoint?: {
    /** Left out where states are saved on request alone. */
    readonly every?: number;
    readonly save: (state: TrainingState) => void | Promise<void>;
  };
  /** Goes on from a state of the same training, on the same data, exactly as if it had never been interrupted. */
  readonly resume?: TrainingState;
  /**
   * Told whenever training comes to hold after `pause` or `step`: all iterations done have been yielded and nothing is in
   * flight. It may call the trainer.
   */
  readonly onHold?: (iteration: number) => void;
}
const fields = {
  train: true,
  validation: true,
  options: true,
  stepsPerSubmit: true,
  submitMilliseconds: true,
  batches: true,
  learnables: true,
  checkpoint: true,
  resume: true,
  onHold: true,
} as const satisfies Readonly<Record<keyof TrainerConfig, true>>;

/** Samples of a set at most: as many as the command line takes. */
const mostRows = 1e6;

/**
 * Refuses a configuration that plain JavaScript has got wrong: names that are none, values of other types, data of another
 * shape or not finite. The options are `resolveTraining`'s to judge, the state to resume `requireFit`'s.
 * @param shapes of what the network takes and gives
 * @throws RangeError, TypeError in one line that names the field and what is expected
 */
export function requireConfig(config: TrainerConfig, shapes: Shapes): void {
  requireFields("the Trainer's configuration", config, Object.keys(fields));
  const { stepsPerSubmit, submitMilliseconds, batches, learnables, checkpoint, resume, onHold } = config;
  requireSamples("train", config.train, shapes);
  requireSamples("validation", config.validation, shapes);
  requireValue("stepsPerSubmit", stepsPerSubmit ?? 1, wholeNumber(1, 1e9));
  requireValue(
    "submitMilliseconds",
    submitMilliseconds ?? 1,
    numberIn({ above: 0, below: Number.POSITIVE_INFINITY }),
  );
  requireType("batches", batches, "a Uint32Array", batches instanceof Uint32Array);
  requireType("learnables", learnables, "a Map from names to { data }", learnables instanceof Map);
  requireType("onHold", onHold, "a function", typeof onHold === "function");
  if (checkpoint !== undefined) {
    requireFields("checkpoint", checkpoint, ["every", "save"]);
    requireValue("checkpoint.every", checkpoint.every ?? 1, wholeNumber(1, 1e9));
    if (typeof checkpoint.save !== "function")
      throw new TypeError(`checkpoint.save must be a function, got ${show(checkpoint.save)}`);
  }
  // A state that went through JSON has lost its Maps, and a Checkpoint holds one beside its metadata.
  const isState = resume?.network && resume.learnables instanceof Map && Array.isArray(resume.history);
  requireType(
    "resume",
    resume,
    "the state that checkpoint.save was given, or that of readCheckpoint",
    Boolean(isState),
  );
}

/** What may be left out, and else must be of a type. */
function requireType(name: string, value: unknown, expected: string, fits: boolean): void {
  if (value !== undefined && !fits) throw new TypeError(`${name} must be ${expected}, got ${show(value)}`);
}

interface Shapes {
  readonly input: Omit<Activation, "slice">;
  readonly output: Omit<Activation, "slice">;
}

function requireSamples(name: string, set: unknown, { input, output }: Shapes): void {
  if (typeof set !== "object" || set === null)
    throw new TypeError(`${name} must be samples { rows, x, target }, got ${show(set)}`);
  const { rows, x, target, lengths } = set as Partial<Record<keyof SampleSet, unknown>>;
  requireValue(`${name}.rows`, rows, wholeNumber(1, mostRows));
  const count = Number(rows);
  requireLengths(`${name}.lengths`, lengths, count, input);
  if (input.lengths && !lengths)
    throw new TypeError(`${name}.lengths is missing: the network was built with lengths: true`);
  const floats = (field: string, values: unknown, shape: Shapes["input"]) => {
    const { channels, steps } = shape;
    const length = count * channels * steps;
    const expected = `(${count}, ${channels}, ${steps}) = ${length}`;
    requireFloats(`${name}.${field}`, values, length, expected, isReal(shape, lengths));
  };
  floats("x", x, input);
  floats("target", target, output);
}
