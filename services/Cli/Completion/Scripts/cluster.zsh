#compdef cluster
# Completion of `cluster` for zsh: put it as _cluster into a directory of $fpath, or source it after compinit.
_cluster() {
  local -a suggestions
  suggestions=("${(@f)$(cluster "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
  compadd -- $suggestions
}
compdef _cluster cluster
