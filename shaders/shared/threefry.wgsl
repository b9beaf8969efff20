// Counter-based random numbers, the same as in src/engine/random.ts: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

fn mixed(state: vec2u, rotation: u32) -> vec2u {
  let sum = state.x + state.y;
  return vec2u(sum, ((state.y << rotation) | (state.y >> (32 - rotation))) ^ sum);
}

fn fourRounds(state: vec2u, rotations: vec4u, injected: vec2u) -> vec2u {
  let first = mixed(mixed(state, rotations.x), rotations.y);
  return mixed(mixed(first, rotations.z), rotations.w) + injected;
}

/// Two words for a 64-bit key and a 64-bit counter.
fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let parity = 0x1bd11bda ^ key.x ^ key.y;
  let even = vec4u(13, 15, 26, 6);
  let odd = vec4u(17, 29, 16, 24);
  var state = counter + key;
  state = fourRounds(state, even, vec2u(key.y, parity + 1));
  state = fourRounds(state, odd, vec2u(parity, key.x + 2));
  state = fourRounds(state, even, vec2u(key.x, key.y + 3));
  state = fourRounds(state, odd, vec2u(key.y, parity + 4));
  return fourRounds(state, even, vec2u(parity, key.x + 5));
}
