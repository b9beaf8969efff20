// Half the sum of squared errors over channels and time, divided by n: the samples, or their time steps (`per_step`). Of
// sequences that have lengths, the real steps count; what stands behind them is zero in prediction and target alike.
//
//   loss = ½ Σ (prediction − target)² / n
//   dprediction = (prediction − target) / n
//   rmse = √(Σ (prediction − target)² / (steps · channels))
//
// One workgroup sums all: the predictions are one channel, and a fixed order needs no second dispatch.

import package::shared::cursor::Cursor;
import package::shared::lengths::realSteps;
import package::shared::reduce::workgroupSum;
import constants::{BATCH, STEPS, CHANNELS, LENGTH, WORKGROUP};

struct Score {
  loss: f32,
  rmse: f32,
  /// Sum of squared errors, samples and time steps, gathered over the batches of an evaluation.
  squares: f32,
  rows: u32,
  steps: u32,
}

@group(0) @binding(0) var<storage, read> cursor: Cursor;
@group(0) @binding(1) var<storage, read> prediction: array<vec4f, LENGTH>;
@group(0) @binding(2) var<storage, read> labels: array<vec4f, LENGTH>;
@group(0) @binding(3) var<storage, read_write> dprediction: array<vec4f, LENGTH>;
@group(0) @binding(4) var<storage, read_write> score: Score;

/// Sums over the batch; samples beyond cursor.rows do not count.
fn batchSquares(local: u32) -> f32 {
  var sum = vec4f();
  for (var n = local; n < LENGTH; n += WORKGROUP) {
    if (n % (BATCH * STEPS) < cursor.rows * STEPS) {
      let error = prediction[n] - labels[n];
      sum += error * error;
    }
  }
  let sums = workgroupSum(sum, local);
  return sums.x + sums.y + sums.z + sums.w;
}

/// Time steps of the first `rows` samples of the batch.
fn stepsOf(rows: u32, local: u32) -> u32 {
  @if(lengths) return realSteps(rows, local);
  @else return rows * STEPS;
}

fn divisor(rows: u32, steps: u32) -> f32 {
  @if(per_step) return f32(steps);
  @else return f32(rows);
}

fn scored(squares: f32, rows: u32, steps: u32) -> Score {
  let rmse = sqrt(squares / (f32(steps) * CHANNELS));
  return Score(squares / (2 * divisor(rows, steps)), rmse, squares, rows, steps);
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(local_invocation_index) local: u32) {
  let steps = stepsOf(BATCH, local);
  for (var n = local; n < LENGTH; n += WORKGROUP) {
    dprediction[n] = (prediction[n] - labels[n]) / divisor(BATCH, steps);
  }
  let squares = batchSquares(local);
  if (local == 0) {
    score = scored(squares, BATCH, steps);
  }
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(local_invocation_index) local: u32) {
  let steps = stepsOf(cursor.rows, local);
  let squares = batchSquares(local);
  if (local == 0) {
    if (cursor.index == 0) {
      score = scored(squares, cursor.rows, steps);
    } else {
      score = scored(score.squares + squares, score.rows + cursor.rows, score.steps + steps);
    }
  }
}
