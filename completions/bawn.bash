# bash completion of bawn; made by `bawn completion bash`
_bawn() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} name=${COMP_WORDS[1]} words=
  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W 'check policy doctor serve reload stop config log completion version help ' -- "$cur")); return; fi
  case $name in
    policy) if ((COMP_CWORD == 2)) && [[ $cur != -* ]]; then COMPREPLY=($(compgen -W 'check explain schema reference init publish suggest ' -- "$cur")); return; fi
      [[ ${COMP_WORDS[2]} == -* ]] || name="$name ${COMP_WORDS[2]}" ;;
    log) if ((COMP_CWORD == 2)) && [[ $cur != -* ]]; then COMPREPLY=($(compgen -W 'show stats verify repair ' -- "$cur")); return; fi
      [[ ${COMP_WORDS[2]} == -* ]] || name="$name ${COMP_WORDS[2]}" ;;
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")); return ;;
    help) COMPREPLY=($(compgen -W 'check policy doctor serve reload stop config log completion version help ' -- "$cur")); return ;;
  esac
  case $name in
    'check')
      case $prev in
        --policy|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --guardrail|-g) COMPREPLY=(); return ;;
        --side) COMPREPLY=($(compgen -W 'input output' -- "$cur")); return ;;
        --format|-f) COMPREPLY=($(compgen -W 'text json jsonl sarif' -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --policy --guardrail --side --format --explain --progress --state' ;;
    'policy check')
      case $prev in
        --policy|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --policy --state' ;;
    'policy explain')
      case $prev in
        --policy|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --policy --state' ;;
    'policy schema')
      case $prev in
      esac
      words='--help' ;;
    'policy reference')
      case $prev in
      esac
      words='--help' ;;
    'policy init')
      case $prev in
        --upstream|-u) COMPREPLY=(); return ;;
        --key|-k) COMPREPLY=(); return ;;
        --output|-o) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --upstream --key --output' ;;
    'policy publish')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --config --state' ;;
    'policy suggest')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --last|-n) COMPREPLY=(); return ;;
      esac
      words='--help --config --state --folder --last' ;;
    'doctor')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --port|-p) COMPREPLY=(); return ;;
      esac
      words='--help --config --state --port' ;;
    'serve')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --port|-p) COMPREPLY=(); return ;;
        --workers|-w) COMPREPLY=(); return ;;
        --confine) COMPREPLY=($(compgen -W 'on off required' -- "$cur")); return ;;
      esac
      words='--help --config --state --port --workers --confine' ;;
    'reload')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --config --state' ;;
    'stop')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --config --state' ;;
    'config')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --port|-p) COMPREPLY=(); return ;;
        --workers|-w) COMPREPLY=(); return ;;
        --confine) COMPREPLY=($(compgen -W 'on off required' -- "$cur")); return ;;
      esac
      words='--help --config --state --port --workers --confine' ;;
    'log')
      case $prev in
        --action|-a) COMPREPLY=($(compgen -W 'allow observe mask block refuse fail' -- "$cur")); return ;;
        --guard|-g) COMPREPLY=(); return ;;
        --since|-s) COMPREPLY=(); return ;;
        --last|-n) COMPREPLY=(); return ;;
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --follow --action --guard --since --last --json --config --state --folder' ;;
    'log show')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --json --config --state --folder' ;;
    'log stats')
      case $prev in
        --since|-s) COMPREPLY=(); return ;;
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --since --json --config --state --folder' ;;
    'log verify')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --config --state --folder' ;;
    'log repair')
      case $prev in
        --config|-c) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --state) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --folder) COMPREPLY=($(compgen -f -- "$cur")); return ;;
      esac
      words='--help --config --state --folder' ;;
    'completion')
      case $prev in
      esac
      words='--help' ;;
    'version')
      case $prev in
      esac
      words='--help --verbose' ;;
    'help')
      case $prev in
      esac
      words='--help' ;;
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); else COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _bawn bawn
