#compdef bridgehead
# zsh completion of bridgehead. Source it after compinit, or save it as _bridgehead in a folder of $fpath
_bridgehead() {
  local line
  local -a found lines
  lines=("${(@f)$("${(@)words[1]/#\~\//$HOME/}" __complete "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  for line in "${lines[@]}"; do
    case $line in
      '') ;;
      :files) compset -P '--*='; _files ;;
      :folders) compset -P '--*='; _files -/ ;;
      *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      *) found+=("${line//:/\\:}") ;;
    esac
  done
  (( $#found )) && _describe -V bridgehead found
}

if [[ $funcstack[1] == _bridgehead ]]; then _bridgehead "$@"; else compdef _bridgehead bridgehead; fi
