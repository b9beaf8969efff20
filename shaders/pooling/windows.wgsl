// Windows of SIZE steps, STRIDE apart, the first from FIRST on; none reaches beyond the last step. A row is the steps of one
// sample in one group of four channels, STEPS in the input and OUT_STEPS in the output.

import constants::{STEPS, OUT_STEPS, FIRST, SIZE, STRIDE};

/// Where the window of an element of the output begins in the input.
fn startOf(n: u32) -> u32 {
  return n / OUT_STEPS * STEPS + FIRST + n % OUT_STEPS * STRIDE;
}

/// Elements of the output, from `first` to before `behind`, whose windows hold an element of the input.
struct Holders {
  first: u32,
  behind: u32,
}

fn holdersOf(n: u32) -> Holders {
  let row = n / STEPS * OUT_STEPS;
  let step = n % STEPS;
  if (step < FIRST) {
    return Holders(row, row);
  }
  let since = step - FIRST;
  let first = select(0, (since - SIZE) / STRIDE + 1, since >= SIZE);
  return Holders(row + first, row + min(since / STRIDE + 1, OUT_STEPS));
}
