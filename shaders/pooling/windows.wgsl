// Windows of SIZE steps, STRIDE apart, the first from FIRST on; none reaches beyond the last step. A row is the steps of one
// sample in one group of four channels, STEPS in the input and OUT_STEPS in the output. Where sequences have lengths, a window
// is of all real steps of its sample, or of the `last` of them.

import package::shared::lengths::lengths;
import constants::{BATCH, STEPS, OUT_STEPS, FIRST, SIZE, STRIDE};

fn firstOf(row: u32) -> u32 {
  @if(lengths && last) return lengths[row % BATCH] - 1;
  @else return FIRST;
}

fn sizeOf(row: u32) -> u32 {
  @if(lengths && !last) return lengths[row % BATCH];
  @else return SIZE;
}

/// Where the window of an element of the output begins in the input.
fn startOf(n: u32) -> u32 {
  let row = n / OUT_STEPS;
  return row * STEPS + firstOf(row) + n % OUT_STEPS * STRIDE;
}

/// Elements of the output, from `first` to before `behind`, whose windows hold an element of the input.
struct Holders {
  first: u32,
  behind: u32,
}

fn holdersOf(n: u32) -> Holders {
  let row = n / STEPS;
  let start = row * OUT_STEPS;
  let step = n % STEPS;
  if (step < firstOf(row)) {
    return Holders(start, start);
  }
  let since = step - firstOf(row);
  let size = sizeOf(row);
  let first = select(0, (since - size) / STRIDE + 1, since >= size);
  return Holders(start + first, start + min(since / STRIDE + 1, OUT_STEPS));
}
