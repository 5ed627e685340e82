#!/bin/sh
# Every night: traces over policies, held against the night before.
#   nightly.sh FOLDER TRACE... [-p POLICY...]
# Exit status: 0 as before or better, 1 something got worse or changed, 2 trouble (of it the results
# are kept too, but they are not what the next night is held against).
set -u
mmreplay=${MMREPLAY:-mmreplay}
folder=$1
shift
mkdir -p "$folder"
last=$folder/last.gz
now=$folder/now.gz
baseline=
[ ! -e "$last" ] || baseline=--baseline=$last

# Of the word $baseline nothing is left where there is no night before.
$mmreplay run "$@" --quiet --cache-dir "$folder/cache" --resume ${baseline:+"$baseline"} \
	--results "$now" --format "junit=$folder/report.xml" --format "html=$folder/report.html" \
	2>"$folder/messages.txt"
status=$?
cat "$folder/messages.txt" >&2
# The first night has nothing to be worse than.
[ -n "$baseline" ] || [ "$status" != 1 ] || status=0
[ "$status" = 2 ] || [ "$status" -gt 2 ] || mv "$now" "$last"
exit "$status"
