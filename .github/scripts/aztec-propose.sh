#!/bin/bash
# Opens the pull request, or the issue, of a version.
set -euo pipefail

if test "$CHANGED" = false; then
  test "$CODE" -ne 0 || exit 0
  title="Aztec $VERSION needs a human"
  if test "$CODE" -eq 1; then title="Aztec $VERSION was refused"; fi
  open=$(gh issue list --search "in:title \"$title\"" --json number --jq length)
  test "$open" -gt 0 || gh issue create --title "$title" --body-file build/body.md
  if test "$CODE" -eq 1; then
    echo "::error::$title: two places have different bytes"
    exit 1
  fi
  exit 0
fi
branch="aztec/$VERSION"
git switch --create "$branch"
git -c user.name=version-bot -c user.email=version-bot@users.noreply.github.com \
  commit --message "feat(versions): Aztec $VERSION"
host=${GITHUB_SERVER_URL#https://}
git push "https://x-access-token:$GH_TOKEN@$host/$GITHUB_REPOSITORY" "$branch"
gh label create deploy:test --force --description "Deploy to a test environment, and attest it"
gh pr create --head "$branch" --title "feat(versions): Aztec $VERSION" --body-file build/body.md \
  --label deploy:test
# 0: nobody is needed, so every digest has a second witness and the trial proved.
if test "$MERGE" = true && test "$CODE" -eq 0; then
  gh pr merge "$branch" --auto --squash
fi
