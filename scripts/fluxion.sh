#!/bin/sh
# Starts Fluxion. Node and Dawn lie compressed beside this file; the first start unpacks them.
set -eu
here=$(dirname -- "$(readlink -f -- "$0")")

fail() {
  echo "fluxion: $*" >&2
  exit 2
}

# unpack DIRECTORY: whole or not at all, however many processes do so at once.
unpack() {
  [ -x "$1/node" ] && return
  partial=$(mktemp -d "$1.XXXXXX" 2>/dev/null) || return
  if cp -R "$here/app" "$partial/app" &&
    gzip -dc "$here/dawn.node.gz" > "$partial/app/node_modules/webgpu/dist/linux-x64/dawn.node" &&
    gzip -dc "$here/node.gz" > "$partial/node" &&
    chmod 755 "$partial/node" "$partial"; then
    mv -T "$partial" "$1" 2>/dev/null || true
  fi
  rm -rf "$partial"
  [ -x "$1/node" ]
}

# A directory of the user's own among the temporary files: nobody else may have made it.
temporary() {
  private=${TMPDIR:-/tmp}/fluxion-bundle-$(id -u)
  mkdir -m 700 "$private" 2>/dev/null || [ -O "$private" ] && [ ! -L "$private" ] && unpack "$private/$id"
}

[ "$(uname -sm)" = "Linux x86_64" ] || fail "this bundle runs on Linux x86_64, this machine is $(uname -sm)"
id=$(cat "$here/id")
if unpack "$here/unpacked-$id"; then
  root=$here/unpacked-$id
elif temporary; then
  root=$private/$id
else
  fail "$here and ${TMPDIR:-/tmp} are both not writable or full: 150 MB are needed to unpack Node and Dawn"
fi
exec "$root/node" "$root/app/fluxion.js" "$@"
