#!/bin/sh
# One shard of a batch, as a job of GNU parallel, Slurm or any other engine:
#   shard.sh I/N RESULTS TRACE... [-p POLICY...]
# Exit status 0 as soon as RESULTS is there, whatever it says: `merge` tells what differs and what
# was trouble. Any other status: the machine was lost, do it again; what was done is in the cache.
set -u
mmreplay=${MMREPLAY:-mmreplay}
shard=$1 results=$2
shift 2
rm -f "$results"
$mmreplay run "$@" --quiet --shard "$shard" --results "$results" >/dev/null
status=$?
[ -s "$results" ] || exit "$((status > 0 ? status : 1))"
