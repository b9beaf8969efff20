// RMSProp (Tieleman and Hinton 2012) behind L2 and clipping (clip.wgsl), as MATLAB computes it:
//
//   g ← (gradient + λ · w) · factor of its group
//   v ← DECAY · v + (1 − DECAY) · g²               w ← w − rate · g / (√v + EPSILON)
//
// One workgroup a chunk. Nothing happens once the cursor is halted.

import package::shared::cursor::Cursor;
import package::solver::chunk::Chunk;
import package::solver::gradient::{regularised, clipped};
import constants::{CHUNKS, GROUPS, ARENA_LENGTH, ITERATIONS, DECAY, EPSILON};

@group(0) @binding(0) var<storage, read> chunks: array<Chunk, CHUNKS>;
@group(0) @binding(1) var<storage, read> gradient: array<f32, ARENA_LENGTH>;
@group(0) @binding(2) var<storage, read> factors: array<f32, GROUPS>;
@group(0) @binding(3) var<storage, read> cursor: Cursor;
@group(0) @binding(4) var<storage, read> learnRates: array<f32, ITERATIONS>;
@group(0) @binding(5) var<storage, read_write> meanSquare: array<f32, ARENA_LENGTH>;
@group(0) @binding(6) var<storage, read_write> weight: array<f32, ARENA_LENGTH>;

@compute @workgroup_size(64)
fn update(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  if (cursor.halted != 0) {
    return;
  }
  let chunk = chunks[group.x];
  // The step has been closed: the cursor already stands at the next iteration.
  let rate = learnRates[cursor.index - 1];
  let factor = factors[chunk.group];
  for (var i = chunk.start + local; i < chunk.end; i += 64) {
    let g = clipped(regularised(gradient[i], weight[i], chunk.l2Factor), factor);
    meanSquare[i] = DECAY * meanSquare[i] + (1 - DECAY) * g * g;
    weight[i] -= rate * g / (sqrt(meanSquare[i]) + EPSILON);
  }
}
