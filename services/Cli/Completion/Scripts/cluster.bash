# Completion of `cluster` for bash: source it, or put it into ~/.local/share/bash-completion/completions/cluster.
_cluster() {
  local word=${COMP_WORDS[COMP_CWORD]}
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ $line == "$word"* ]] && COMPREPLY+=("$line")
  done < <(cluster "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
}
complete -o default -F _cluster cluster
