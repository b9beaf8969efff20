// Adam (Kingma and Ba 2015) behind L2 and clipping (clip.wgsl), ε outside the bias correction as in MATLAB, and AdamW,
// which decays weights besides (Loshchilov and Hutter 2019); Adam's decay is 0:
//
//   g ← (gradient + λ · w) · factor of its group
//   m ← BETA1 · m + (1 − BETA1) · g                v ← BETA2 · v + (1 − BETA2) · g²
//   w ← w − (size · m / (√v + EPSILON) + decay · w)
//   size = α · √(1 − BETA2ᵗ) / (1 − BETA1ᵗ)        decay = α · weight decay · the learnable's L2 factor
//
// The host computes size and decay of every iteration in float64: in f32, 1 − βᵗ is wrong by 2e-5 at t = 2. One
// workgroup a chunk. Nothing happens once the cursor is halted.

import package::shared::cursor::Cursor;
import package::solver::chunk::Chunk;
import package::solver::gradient::{regularised, clipped};
import constants::{CHUNKS, GROUPS, ARENA_LENGTH, ITERATIONS, BETA1, BETA2, EPSILON};

struct Step {
  size: f32,
  decay: f32,
}

@group(0) @binding(0) var<storage, read> chunks: array<Chunk, CHUNKS>;
@group(0) @binding(1) var<storage, read> gradient: array<f32, ARENA_LENGTH>;
@group(0) @binding(2) var<storage, read> factors: array<f32, GROUPS>;
@group(0) @binding(3) var<storage, read> cursor: Cursor;
@group(0) @binding(4) var<storage, read> steps: array<Step, ITERATIONS>;
@group(0) @binding(5) var<storage, read_write> mean: array<f32, ARENA_LENGTH>;
@group(0) @binding(6) var<storage, read_write> meanSquare: array<f32, ARENA_LENGTH>;
@group(0) @binding(7) var<storage, read_write> weight: array<f32, ARENA_LENGTH>;

@compute @workgroup_size(64)
fn update(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  if (cursor.halted != 0) {
    return;
  }
  let chunk = chunks[group.x];
  // The step has been closed: the cursor already stands at the next iteration.
  let step = steps[cursor.index - 1];
  let decay = step.decay * chunk.l2Factor;
  let factor = factors[chunk.group];
  for (var i = chunk.start + local; i < chunk.end; i += 64) {
    let g = clipped(regularised(gradient[i], weight[i], chunk.l2Factor), factor);
    mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
    meanSquare[i] = BETA2 * meanSquare[i] + (1 - BETA2) * g * g;
    weight[i] -= step.size * mean[i] / (sqrt(meanSquare[i]) + EPSILON) + decay * weight[i];
  }
}
