// The best so far, decided and kept on the GPU:
//
//   judge     the validation loss becomes the lowest if it is finite, a number and lower than every one before
//   keep      source → destination, where judge has just found the lowest: current weights into the snapshot
//   restore   source → destination, where there is a lowest: the snapshot into the current weights
//
// Copies go by words, not by f32, so that every bit pattern survives.

import package::shared::cursor::Cursor;
import package::shared::finite::isFinite;

struct Best {
  loss: f32,
  /// Iterations done when it was validated.
  iteration: u32,
  /// Not zero once there is one.
  known: u32,
  /// Not zero when the last validation was the lowest.
  improved: u32,
}

@group(0) @binding(0) var<storage, read> score: vec4f;
@group(0) @binding(1) var<storage, read> cursor: Cursor;
@group(0) @binding(2) var<storage, read_write> judged: Best;
@group(0) @binding(3) var<storage, read> best: Best;
@group(0) @binding(4) var<storage, read> source: array<u32>;
@group(0) @binding(5) var<storage, read_write> destination: array<u32>;

/// A halted training is validated with weights of an earlier iteration than the one that was due: not judged.
@compute @workgroup_size(1)
fn judge() {
  let lower = judged.known == 0 || score.x < judged.loss;
  if (cursor.halted == 0 && isFinite(score.x) && lower) {
    judged = Best(score.x, cursor.index, 1, 1);
  } else {
    judged.improved = 0;
  }
}

@compute @workgroup_size(64)
fn keep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (best.improved != 0) {
    copy(id.x, groups.x * 64);
  }
}

@compute @workgroup_size(64)
fn restore(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (best.known != 0) {
    copy(id.x, groups.x * 64);
  }
}

fn copy(first: u32, stride: u32) {
  for (var i = first; i < arrayLength(&source); i += stride) {
    destination[i] = source[i];
  }
}
