// Channels come in groups of four. Lanes beyond the last channel hold zero, and who writes an activation keeps them so.

import constants::CHANNELS;

/// Which lanes of a group are channels.
fn areChannels(group: u32) -> vec4<bool> {
  return vec4u(group * 4) + vec4u(0, 1, 2, 3) < vec4u(CHANNELS);
}
