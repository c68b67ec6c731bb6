#!/usr/bin/env bash
# npm runs prepare for a dependency from git, and not prepack, which its page on scripts says it runs.
#
# Expected: prepack runs "when installing a git dependency" (npm's documentation of scripts), as it does before npm pack.
# Happens: npm install of a git address runs prepare. npm pack of the same package runs prepack
#   as well.
# Versions: npm@11.19.1; Node 20.20.2
# Matters: A library that builds in prepack works from the registry and is without its build where somebody installs a
#   branch of it from git, to try a fix before it is released. Build in prepare.
#
# It installs the package in a temporary folder, runs it without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact npm@11.19.1 >>npm.log 2>&1 || { cat npm.log; exit 1; }
npm="$folder/node_modules/.bin/npm"

mkdir library program
cat >library/package.json <<'JSON'
{
  "name": "library",
  "version": "1.0.0",
  "scripts": {
    "prepack": "echo prepack >>ran.txt",
    "prepare": "echo prepare >>ran.txt"
  }
}
JSON
git -C library init --quiet
git -C library add package.json
git -C library -c user.name=Somebody -c user.email=somebody@example.org commit --quiet --message "A library"
echo '{"name":"program","private":true}' >program/package.json
(cd program && "$npm" install --no-audit --no-fund "git+file://$folder/library" >../npm.log 2>&1) || { cat npm.log; exit 1; }
(cd library && "$npm" pack --silent >/dev/null)

cat >seen.txt <<'TEXT'
installed from git: prepare
packed: prepack, prepare
TEXT

ran() { sort -u "$1" | paste -s -d, | sed 's/,/, /g'; }
{
  echo "installed from git: $(ran program/node_modules/library/ran.txt)"
  echo "packed: $(ran library/ran.txt)"
} | tee output.txt
diff seen.txt output.txt && echo "As it was found."
