#!/bin/sh
# Installs the package that is asked for, or builds the action's own checkout; says where the program is.
set -eu

if [ -n "$INPUT_PACKAGE" ]; then
  prefix=$RUNNER_TEMP/bridgehead/tool
  npm install --global --prefix "$prefix" --no-audit --no-fund "$INPUT_PACKAGE"
  tool=$prefix/bin/bridgehead
else
  tool=$GITHUB_ACTION_PATH/bin/bridgehead.js
  node "$GITHUB_ACTION_PATH/scripts/setup.js"
fi
printf 'tool=%s\n' "$tool" >>"$GITHUB_OUTPUT"
