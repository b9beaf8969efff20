/** The training worker: one device, one training at a time, and answers to questions meanwhile. */

import type { Experiment } from "../../calculus";
import { type KernelCheck, profileStep, type StepProfile, selfTest } from "../../check";
import { type Device, NoAdapterError } from "../../engine";
import { DeviceKeeper } from "./device";
import { messageOf } from "./failure";
import { Predictors } from "./predictors";
import type { Answers, Command, Event, Request } from "./protocol";
import { Training } from "./training";
import { tuningFor } from "./tuning";
import { Turns } from "./turns";

/** A lost device takes its networks along. */
const predictors = new WeakMap<Device, Predictors>();

/** A trained network's answer (rows, 1, T) to curves (rows, 2, T), in a buffer that may be transferred. */
function answerPredict(
  device: Device,
  request: Extract<Request, { readonly kind: "predict" }>,
): Promise<Float32Array<ArrayBuffer>> {
  const own = predictors.get(device) ?? new Predictors(device);
  predictors.set(device, own);
  return own.predict(request);
}

/** Every kernel against the float64 reference; `tell` hears of each as it comes. */
const answerSelfTest = (
  device: Device,
  tell: (check: KernelCheck) => void,
): Promise<readonly KernelCheck[]> => selfTest(device, tell);

/** The kernels of one step of an experiment's training. */
const answerProfile = async (
  device: Device,
  { spec, training: { batch, ...options } }: Experiment,
): Promise<StepProfile> => {
  const kernels = { tuning: await tuningFor(device, { ...spec, batch }) };
  return profileStep(device, { spec, batch, options, kernels });
};

const turns = new Turns();
const devices = new DeviceKeeper(
  ({ adapter, gpu }) => tell({ kind: "opened", adapter, timestamps: gpu.features.has("timestamp-query") }),
  (error) => tell({ kind: "unavailable", reason: refusalOf(error), message: messageOf(error) }),
);
let training: Training | undefined;

function tell(event: Event, transfer: readonly Transferable[] = []): void {
  postMessage(event, { transfer: [...transfer] });
}

function refusalOf(error: unknown): Extract<Event, { kind: "unavailable" }>["reason"] {
  if (!(error instanceof NoAdapterError)) return "refused";
  return "gpu" in navigator && navigator.gpu ? "no-adapter" : "no-webgpu";
}

addEventListener("message", ({ data }: MessageEvent<Command>) => {
  switch (data.kind) {
    case "open":
      // What comes of it is told by the keeper.
      void devices.open().catch(() => undefined);
      return;
    case "start":
      start(data);
      return;
    case "pause":
    case "resume":
    case "step":
    case "stop":
      training?.[data.kind]();
      return;
    case "show":
      training?.show(data.rows);
      return;
    case "ask":
      void answer(data.id, data.request);
      return;
    default:
      throw new RangeError(`unknown command ${JSON.stringify(data satisfies never)}`);
  }
});

function start(command: Extract<Command, { kind: "start" }>): void {
  const started = new Training(command, { devices, turns, tell });
  training = started;
  void started.complete().then(() => {
    if (training === started) training = undefined;
  });
}

async function answer(id: number, request: Request): Promise<void> {
  try {
    tell({ kind: "answered", id, answer: await answerTo(request, id) });
  } catch (error) {
    tell({ kind: "refused", id, message: messageOf(error) });
  }
}

async function answerTo(request: Request, id: number): Promise<Answers[Request["kind"]]> {
  switch (request.kind) {
    case "recorded":
      return (await import("../recorded/recorded")).recordedRuns();
    case "inspect":
      if (!training) throw new Error("no network is being trained");
      return training.inspect(request.layer);
    case "predict":
      return alone((device) => answerPredict(device, request));
    case "measure":
      // The sets of functions bring a parser along, which training does not need.
      return (await import("./laboratory")).answerMeasure(
        request,
        (question) => alone((device) => answerPredict(device, question)),
        (progress) => tell({ kind: "measuring", id, ...progress }),
      );
    case "self-test":
      return alone((device) => answerSelfTest(device, (check) => tell({ kind: "checked", id, check })));
    case "profile":
      return alone((device) => answerProfile(device, request.experiment));
    default:
      throw new RangeError(`unknown request ${JSON.stringify(request satisfies never)}`);
  }
}

/** In turn, while training stands aside. */
function alone<T>(action: (device: Device) => Promise<T>): Promise<T> {
  const act = async () => action(await devices.open());
  return turns.take(() => (training ? training.standAside(act) : act()));
}
