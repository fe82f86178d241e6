# shellcheck shell=bash
# What bootstrap, server and test have in common. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=${XDG_DATA_HOME:-$HOME/.local/share}/preau
NODE_NEEDED=20.19
RUST_NEEDED=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")

say() { printf '==> %s\n' "$*" >&2; }

# One line, and out.
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# at_least NEEDED FOUND: compares dotted versions.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# A command, not a function of these scripts with its name.
has() { type -P "$1" >/dev/null; }

node_version() { node --version 2>/dev/null | sed 's/^v//'; }
rust_version() { cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9.]*\).*/\1/p'; }

node_ready() { has npm && at_least "$NODE_NEEDED" "$(node_version | sed 's/^$/0/')"; }
rust_ready() { at_least "$RUST_NEEDED" "$(rust_version | sed 's/^$/0/')"; }

# The machine's tools are used when they are new enough, else those that bootstrap installed for this user.
use_tools() {
  if ! node_ready && [ -x "$TOOLS/node/bin/node" ]; then export PATH="$TOOLS/node/bin:$PATH"; fi
  if ! rust_ready && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"; fi
}
use_tools

# digest PATH...: one digest of all files under the given paths, built and downloaded ones apart.
digest() {
  (cd "$ROOT" && find "$@" \( -name node_modules -o -name dist -o -name screenshots \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# once STAMP DIGEST COMMAND...: runs the command unless the stamp says that it was done for this digest.
once() {
  local stamp=$1 wanted=$2
  shift 2
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  rm -f "$stamp"
  "$@" || return 1
  mkdir -p "$(dirname "$stamp")"
  printf '%s' "$wanted" >"$stamp"
}

# Installs the exact versions of a package-lock.json, once.
npm_install() {
  local folder=$1
  once "$ROOT/$folder/node_modules/.preau-installed" "$(digest "$folder/package.json" "$folder/package-lock.json")" \
    npm_ci "$folder"
}
npm_ci() {
  say "npm packages of $1"
  (cd "$ROOT/$1" && npm ci --no-audit --no-fund --loglevel=error >&2) && return 0
  printf '%s: npm ci failed in %s (its messages are above)\n' "$(basename "$0")" "$1" >&2
  return 1
}

build_player() {
  npm_install player || return 1
  if [ ! -f "$ROOT/player/dist/.vite/manifest.json" ]; then rm -f "$ROOT/build/.player"; fi
  once "$ROOT/build/.player" "$(digest player src/scorm/data-model)" vite_build
}
vite_build() {
  say "player"
  (cd "$ROOT/player" && npm run --silent build >&2)
}

build_content() {
  npm_install content-packages || return 1
  (cd "$ROOT" && node content-packages/build.mjs >&2)
}

# start_postgres OPTION...: a PostgreSQL of its own in a temporary folder, at POSTGRES_URL until stop_postgres.
POSTGRES_DIR=
start_postgres() {
  say "PostgreSQL"
  local bin port
  bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
  [ -n "$bin" ] || bin=$(dirname "$(readlink -f "$(command -v initdb)")")
  POSTGRES_BIN=$bin
  POSTGRES_DIR=$(mktemp -d)
  AS_POSTGRES=()
  if [ "$(id -u)" -eq 0 ]; then
    # PostgreSQL refuses to run as root.
    AS_POSTGRES=(runuser -u postgres --)
    chown postgres "$POSTGRES_DIR"
  fi
  port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  local log
  log=$(mktemp)
  (
    cd "$POSTGRES_DIR" || exit 1
    "${AS_POSTGRES[@]}" "$bin/initdb" -D "$POSTGRES_DIR/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
      "${AS_POSTGRES[@]}" "$bin/pg_ctl" -D "$POSTGRES_DIR/data" -l "$POSTGRES_DIR/log" -w -t 60 start -o "-p $port \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=$POSTGRES_DIR -c max_connections=400 $*"
  ) >"$log" 2>&1 || {
    cat "$log" "$POSTGRES_DIR/log" >&2 2>/dev/null
    rm -f "$log"
    fail "PostgreSQL did not start (its messages are above)"
  }
  rm -f "$log"
  # shellcheck disable=SC2034 # read by those who source this
  POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
}
stop_postgres() {
  [ -n "$POSTGRES_DIR" ] || return 0
  (cd / && "${AS_POSTGRES[@]}" "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES_DIR/data" -m immediate -w stop) >/dev/null 2>&1
  rm -rf "$POSTGRES_DIR"
  POSTGRES_DIR=
}
