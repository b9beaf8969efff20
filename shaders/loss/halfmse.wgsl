// Half the sum of squared errors over channels and time, per sample (`observations`: NORMALISER 1) or per sample and step
// (`observations-and-steps`: NORMALISER T):
//
//   loss = ½ Σ (prediction − target)² / (rows · NORMALISER)
//   dprediction = (prediction − target) / (rows · NORMALISER)
//   rmse = √(Σ (prediction − target)² / (rows · channels · T))
//
// One workgroup sums all: the predictions are one channel, and a fixed order needs no second dispatch.

import package::shared::cursor::Cursor;
import package::shared::reduce::workgroupSum;
import constants::{BATCH, STEPS, CHANNELS, LENGTH, NORMALISER, WORKGROUP};

struct Score {
  loss: f32,
  rmse: f32,
  /// Sum of squared errors and number of samples, gathered over the batches of an evaluation.
  squares: f32,
  rows: f32,
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

fn scored(squares: f32, rows: f32) -> Score {
  return Score(squares / (2 * rows * NORMALISER), sqrt(squares / (rows * STEPS * CHANNELS)), squares, rows);
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(local_invocation_index) local: u32) {
  for (var n = local; n < LENGTH; n += WORKGROUP) {
    dprediction[n] = (prediction[n] - labels[n]) / (BATCH * NORMALISER);
  }
  let squares = batchSquares(local);
  if (local == 0) {
    score = scored(squares, BATCH);
  }
}

@compute @workgroup_size(WORKGROUP)
fn evaluate(@builtin(local_invocation_index) local: u32) {
  let squares = batchSquares(local);
  if (local == 0) {
    if (cursor.index == 0) {
      score = scored(squares, f32(cursor.rows));
    } else {
      score = scored(score.squares + squares, score.rows + f32(cursor.rows));
    }
  }
}
