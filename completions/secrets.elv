# Completions of secrets for elvish: the program itself knows the words.
set edit:completion:arg-completer[secrets] = {|@words|
    var line = $words[..-1]
    try {
        (external secrets) completions elvish --words=$words[-1] -- $@line 2>/dev/null </dev/null | from-lines | each {|reply|
            if (or (eq $reply "\tfiles") (eq $reply "\tcommands")) {
                edit:complete-filename $@words
            } elif (or (eq $reply[-1] ':') (eq $reply[-1] '/')) {
                edit:complex-candidate $reply
            } else {
                edit:complex-candidate $reply &code-suffix=' '
            }
        }
    } catch { }
}
