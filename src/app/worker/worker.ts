/** The training worker: one device, one training at a time, and answers to questions meanwhile. */
import { type Device, NoAdapterError } from "../../index";
import { answerPredict, answerProfile, answerSelfTest } from "./answers";
import { DeviceKeeper } from "./device";
import type { Answers, Command, Event, Request } from "./protocol";
import { Training } from "./training";

const devices = new DeviceKeeper();
let training: Training | undefined;

const tell = (event: Event): void => postMessage(event);

addEventListener("message", ({ data }: MessageEvent<Command>) => {
  switch (data.kind) {
    case "open":
      void open();
      return;
    case "start":
      start(data);
      return;
    case "pause":
    case "resume":
    case "step":
    case "stop":
    case "discard":
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

async function open(): Promise<void> {
  try {
    const { adapter, gpu } = await devices.open();
    tell({ kind: "opened", adapter, timestamps: gpu.features.has("timestamp-query") });
  } catch (error) {
    const reason = !("gpu" in navigator) || !navigator.gpu ? "no-webgpu" : "no-adapter";
    tell({
      kind: "unavailable",
      reason: error instanceof NoAdapterError ? reason : "refused",
      message: messageOf(error),
    });
  }
}

function start({ run, experiment, resume, paused = false }: Extract<Command, { kind: "start" }>): void {
  const started = new Training(run, experiment, { resume, paused }, devices, tell);
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
    case "self-test":
      return alone((device) => answerSelfTest(device, (check) => tell({ kind: "checked", id, check })));
    case "profile":
      return alone((device) => answerProfile(device, request.experiment));
    default:
      throw new RangeError(`unknown request ${JSON.stringify(request satisfies never)}`);
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** Builds and measures one thing at a time, while training stands aside. */
function alone<T>(action: (device: Device) => Promise<T>): Promise<T> {
  const act = async () => action(await devices.open());
  const answered = turn.then(() => (training ? training.standAside(act) : act()));
  turn = answered.catch(() => undefined);
  return answered;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
