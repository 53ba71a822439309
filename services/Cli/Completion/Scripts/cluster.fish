# Completion of `cluster` for fish: put it into ~/.config/fish/completions/cluster.fish.
complete -c cluster -f -a '(cluster "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
