// L2 regularisation and the three ways of clipping a gradient (MATLAB's GradientThresholdMethod), over one flat buffer
// of all learnables:
//
//   g ← g + λ · w                     (λ = L2 · the learnable's factor)
//   l2norm            g ← g · THRESHOLD / ‖g‖  for each group whose norm exceeds THRESHOLD
//   global-l2norm     the same with the norm over all learnables
//   absolute-value    each element held to ±THRESHOLD (done by the solver, which reads factor 1)
//
// A group is one learnable, or those that MATLAB holds as one: the same weights of both directions of a BiLSTM. The sums
// of squares go by chunks of a learnable, then in order over the chunks of a group. The one workgroup that forms the
// factors also closes the step: it tests loss and gradients for finiteness, writes the history and moves the cursor on.
// A learnable that is not finite makes the sum of its chunk infinite: the clamped activations of an LSTM would hide it
// from loss and gradients.

import package::shared::cursor::Cursor;
import package::shared::finite::{isFinite, infiniteBits};
import package::shared::reduce::workgroupSum;
import package::solver::chunk::Chunk;
import package::solver::gradient::regularised;
import constants::{CHUNKS, GROUPS, ARENA_LENGTH, ITERATIONS, THRESHOLD, WORKGROUP};

@group(0) @binding(0) var<storage, read> chunks: array<Chunk, CHUNKS>;
@group(0) @binding(1) var<storage, read> gradient: array<f32, ARENA_LENGTH>;
@group(0) @binding(2) var<storage, read> weight: array<f32, ARENA_LENGTH>;
@group(0) @binding(3) var<storage, read_write> square: array<f32, CHUNKS>;
@group(0) @binding(4) var<storage, read> squares: array<f32, CHUNKS>;
/// First chunk of each group, and one past the last.
@group(0) @binding(5) var<storage, read> bounds: array<u32, BOUNDS_LENGTH>;
@group(0) @binding(6) var<storage, read_write> factors: array<f32, GROUPS>;
@group(0) @binding(7) var<storage, read> score: vec4f;
@group(0) @binding(8) var<storage, read_write> cursor: Cursor;
@group(0) @binding(9) var<storage, read> learnRates: array<f32, ITERATIONS>;
/// Loss, RMSE, gradient norm and learning rate of every iteration.
@group(0) @binding(10) var<storage, read_write> history: array<vec4f, ITERATIONS>;

const BOUNDS_LENGTH: u32 = GROUPS + 1;

@compute @workgroup_size(WORKGROUP)
fn sum_squares(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let chunk = chunks[group.x];
  var sum = 0f;
  var spoilt = 0f;
  for (var i = chunk.start + local; i < chunk.end; i += WORKGROUP) {
    let g = regularised(gradient[i], weight[i], chunk.l2Factor);
    sum += g * g;
    spoilt += select(1f, 0f, isFinite(weight[i]));
  }
  let totals = workgroupSum(vec4f(sum, spoilt, 0, 0), local);
  if (local == 0) {
    square[group.x] = bitcast<f32>(select(bitcast<u32>(totals.x), infiniteBits, totals.y > 0));
  }
}

@compute @workgroup_size(WORKGROUP)
fn close_step(@builtin(local_invocation_index) local: u32) {
  var sum = 0f;
  for (var group = local; group < GROUPS; group += WORKGROUP) {
    var own = 0f;
    for (var chunk = bounds[group]; chunk < bounds[group + 1]; chunk++) {
      own += squares[chunk];
    }
    @if(perElement) factors[group] = 1;
    @if(perGroup) factors[group] = factor(sqrt(own));
    sum += own;
  }
  let total = workgroupSum(vec4f(sum), local).x;
  @if(jointly) {
    for (var group = local; group < GROUPS; group += WORKGROUP) {
      factors[group] = factor(sqrt(total));
    }
  }
  if (local != 0 || cursor.halted != 0) {
    return;
  }
  if (!isFinite(total) || !isFinite(score.x)) {
    cursor.halted = 1;
    return;
  }
  history[cursor.index] = vec4f(score.x, score.y, sqrt(total), learnRates[cursor.index]);
  cursor.index += 1;
}

fn factor(norm: f32) -> f32 {
  return select(1, THRESHOLD / norm, norm > THRESHOLD);
}
