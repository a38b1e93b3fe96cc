# Completions of secrets for bash: the program itself knows the words.
_secrets() {
    local line=${COMP_LINE:0:COMP_POINT} part rest word cut= reply glued= i
    local -a words=()
    # Readline takes words apart at : and =; what stands together is one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        [[ $line == "$part"* ]] || part=$line
        if [[ $glued ]]; then
            words[${#words[@]}-1]+=$part
        else
            words+=("$part")
        fi
        line=${line#"$part"}
        rest=${line#"${line%%[![:space:]]*}"}
        glued=
        [[ $rest == "$line" ]] && glued=yes
        line=$rest
    done
    i=$((${#words[@]} - 1))
    word=${words[i]}
    unset "words[i]"
    # Only what follows the last of them is replaced.
    case $COMP_WORDBREAKS in *=*) [[ $word == *=* ]] && cut=${word%"${word##*=}"} ;; esac
    case $COMP_WORDBREAKS in *:*) rest=${word#"$cut"} && [[ $rest == *:* ]] && cut+=${rest%"${rest##*:}"} ;; esac
    COMPREPLY=()
    while IFS= read -r reply; do
        case $reply in
            $'\tfiles') compopt -o default 2> /dev/null ;;
            $'\tcommands')
                while IFS= read -r reply; do
                    COMPREPLY+=("$reply")
                done < <(compgen -c -- "$word")
                ;;
            *)
                case $reply in *[:/]) compopt -o nospace 2> /dev/null ;; esac
                COMPREPLY+=("${reply#"$cut"}")
                ;;
        esac
    done < <(command secrets completions bash "--words=$word" -- "${words[@]}" < /dev/null 2> /dev/null)
}
complete -F _secrets secrets
