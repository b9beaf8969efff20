// Where a plan stands in its data. Training advances `index` by one a step; an evaluation by one a batch.

struct Cursor {
  /// Training: iterations done. Evaluation: batches done.
  index: u32,
  /// Samples of the present batch that count; the rest repeat the last one and are ignored.
  rows: u32,
  /// Not zero once a loss or a gradient was not finite: the plan then changes nothing any more.
  halted: u32,
  unused: u32,
}
