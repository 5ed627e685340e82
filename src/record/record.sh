#!/bin/sh
# Records the memory hotplug of this machine for mmreplay. POSIX sh and busybox; needs no other
# program than cat, date, dmesg, grep, gzip, head, id, mkdir, mktemp, mount, mv, rm, rmdir, sed,
# sleep, tar, tr, umount, uname.
#
# It traces in an own instance of tracefs and touches neither the main trace buffer nor other
# instances. Probe definitions are shared by the whole kernel: they get the group `mhp` and are
# removed again at the end, each by its name.

usage() {
	cat <<'USAGE'
usage: record.sh [options] [-- command [argument...]]
  Records until the command ends, or for -d seconds, or until Ctrl-C.
  -o FILE      archive to write (default: ./mmreplay-RELEASE-TIME.tar.gz)
  -n NAME      name of the recording (default: recording)
  -l LEVEL     hotplug (default): calls of memory hotplug; page: and every page allocation and free
  -b KB        trace buffer for each CPU in KiB (default: 2048, at level page 32768)
  -d SECONDS   how long to record; not with a command
  --redact     leave out host names, addresses of code, command lines (but for the words that the
               memory management reads) and names of tasks
  -c           only check: say what this kernel lacks and what that means for the replay
  -r           remove what a recording left behind that was ended with SIGKILL; not of one that runs
  -h           this text
In pieces, for a program that drives the steps (nothing is restored until `end`):
  record.sh [-l LEVEL] [-b KB] begin DIR     set up; tracing is paused until `mark` or `resume`
  record.sh mark DIR N TEXT                  step N begins: resume tracing, put the mark, print
                                             `began SECONDS` (of the clock of the trace)
  record.sh pause | resume DIR               stop and go on
  record.sh snapshot DIR N                   write DIR/snapshot-NN.txt
  record.sh last DIR                         write DIR/.lost (events that did not fit: CPU, how
                                             many, which) and DIR/.ratio (lowmem_reserve_ratio)
  record.sh end DIR                          write DIR/trace.txt and dmesg.txt, restore
The archive is readable by its owner only. It holds the kernel log, /proc/iomem and the boot
parameters (addresses of the kernel, names of the machine and its devices), the command after --,
names and PIDs of tasks, and the state of memory. A signal ends the recording, the command and all
that it started; what was seen until then is written. When the archive cannot be written, the
folder of the recording stays, and its path is printed.
Exit status: that of the command; 1: could not record; 2: wrong usage; 128+N: ended by signal N.
Overhead, measured in QEMU with TCG on Debian's 6.12 and 6.1: an online or offline of a 128 MiB
block takes 3 to 18 % longer (of 40 to 54 ms). Writing 200 MiB to tmpfs takes the same at level
hotplug and 1.3 to 1.8 times as long at level page.
USAGE
}

say() { echo "record.sh: $*" >&2 || :; }
fail() { say "$*"; exit 1; }
wrong() { say "$*"; usage >&2; exit 2; }

# Two lines a probe: kind, function, arguments; then what its absence means for the replay. Kind p:
# entry, r: entry and return, v: likewise, of a function without result. With z, where the kernel
# can (BTF arguments, Linux 6.6 and later), node and zone are recorded too. A function that was
# renamed has its other names after a slash; the event has the first one, or the one before a colon
# (Linux 7.3 calls __add_memory_resource() past add_memory_resource()). arg3: up to Linux 5.14
# the functions that remove memory have a node first; the importer sees which it is. An argument
# with @5.10 exists from Linux 5.10 on: before, the register holds something else.
probes() {
	cat <<'PROBES'
r add_memory_resource:__add_memory_resource/add_memory_resource nid=$arg1:s32 start=+0($arg2):x64 end=+8($arg2):x64 flags=$arg3:x32@5.10
	where an added range begins its life is taken from arch_add_memory
p hotadd_init_pgdat/hotadd_new_pgdat nid=$arg1:s32
	a node that appears is taken from __try_online_node
r __try_online_node nid=$arg1:s32
	a node that appears is seen in the snapshots only
p build_all_zonelists
	zonelist rebuilds are not compared
p __build_all_zonelists
	zonelist rebuilds are not compared
r arch_add_memory nid=$arg1:s32 start=$arg2:x64 size=$arg3:x64
	WITHOUT IT ADDED RANGES ARE UNKNOWN: the replay needs them in a scenario file
p create_memory_block_devices start=$arg1:x64 size=$arg2:x64
	the blocks of an added range follow from arch_add_memory
r memory_subsys_online
	results of writes to `state` are taken from online_pages
r memory_subsys_offline
	results of writes to `state` are taken from offline_pages
p zone_for_pfn_range online_type=$arg1:s32
	which word was written to `state` is known for the steps of a scenario only
rz online_pages pfn=$arg1:x64 nr_pages=$arg2:u64
	WITHOUT IT ONLINING IS UNKNOWN: the replay cannot follow this machine
rz offline_pages pfn=$arg1:x64 nr_pages=$arg2:u64
	WITHOUT IT OFFLINING IS UNKNOWN: the replay cannot follow this machine
pz mhp_init_memmap_on_memory pfn=$arg1:x64 nr_pages=$arg2:u64
	memmap in the block itself is seen in the zone counts only
p mhp_deinit_memmap_on_memory pfn=$arg1:x64 nr_pages=$arg2:u64
	memmap in the block itself is seen in the zone counts only
pz move_pfn_range_to_zone start_pfn=$arg2:x64 nr_pages=$arg3:u64 migratetype=$arg5:s32@5.10
	zone growth is not compared
pz remove_pfn_range_from_zone start_pfn=$arg2:x64 nr_pages=$arg3:u64
	zone shrinking is not compared
p adjust_present_page_count nr_pages=$arg3:s64@5.15
	present page changes are compared in the snapshots only
p memory_notify action=$arg1:u32
	the order of notifier calls is not compared
pz zone_pcp_disable
	disabling of per-cpu lists is not compared
pz zone_pcp_enable
	disabling of per-cpu lists is not compared
pz zone_pcp_reset
	freeing of per-cpu lists is not compared
p drain_all_pages
	drains are not compared
p __drain_all_pages force_all_cpus=$arg2:u8
	drains are not compared
r start_isolate_page_range start_pfn=$arg1:x64 end_pfn=$arg2:x64 migratetype=$arg3:s32
	isolation is not compared
p undo_isolate_page_range start_pfn=$arg1:x64 end_pfn=$arg2:x64 migratetype=$arg3:s32
	isolation is not compared
p do_migrate_range start_pfn=$arg1:x64 end_pfn=$arg2:x64
	migration attempts are not compared
r try_remove_memory start=$arg1:x64 size=$arg2:x64 arg3=$arg3:x64
	removal is taken from arch_remove_memory
p arch_remove_memory start=$arg1:x64 size=$arg2:x64 arg3=$arg3:x64
	removal is taken from try_remove_memory
v try_offline_node nid=$arg1:s32
	a node that goes offline is seen in the snapshots only
r offline_and_remove_memory start=$arg1:x64 size=$arg2:x64 arg3=$arg3:x64
	virtio-mem unplug is seen as offline and removal only
r alloc_contig_range/alloc_contig_range_noprof start_pfn=$arg1:x64 end_pfn=$arg2:x64
	pages that virtio-mem takes back are seen in the zone counts only
PROBES
}

# Tracepoints: level and group/name.
tracepoints() {
	cat <<'TRACEPOINTS'
hotplug page_isolation/test_pages_isolated
page kmem/mm_page_alloc
page kmem/mm_page_alloc_zone_locked
page kmem/mm_page_alloc_extfrag
page kmem/mm_page_free
page kmem/mm_page_free_batched
page kmem/mm_page_pcpu_drain
page migrate/mm_migrate_pages
page migrate/mm_migrate_pages_start
TRACEPOINTS
}

# tracefs: where it is mounted, else a mount of our own that restore() takes away again.
find_tracefs() {
	for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing; do
		[ -e "$tracefs/trace_marker" ] && return
	done
	tracefs=/sys/kernel/tracing
	mount -t tracefs tracefs "$tracefs" 2>/dev/null ||
		fail "tracefs cannot be mounted on $tracefs: this kernel lacks CONFIG_TRACING"
	mounted_tracefs=1
}

check_kernel() {
	[ "$(id -u)" = 0 ] || fail "runs as root only: tracefs belongs to root"
	[ -d /sys/devices/system/memory ] ||
		fail "no /sys/devices/system/memory: this kernel lacks CONFIG_MEMORY_HOTPLUG"
	find_tracefs
	[ -d "$tracefs/instances" ] || fail "$tracefs has no instances (Linux 3.10 and later have)"
}

zone_fields='zone_nid=zone->node:s32 zone=zone->name:string'

version_number() { # 5.10.0-46-amd64 or 5.10 as 5010
	minor=${1#*.}
	echo $((${1%%.*} * 1000 + ${minor%%[!0-9]*}))
}

# Those of the arguments that this kernel has, in the words that it understands: $argN is known
# from Linux 4.20 on; before, the registers that functions of x86-64 get their arguments in.
known_arguments() {
	for argument in $1; do
		case $argument in
		*@*) [ "$running" -ge "$(version_number "${argument#*@}")" ] || continue ;;
		esac
		echo "${argument%@*}"
	done | if [ -n "$has_argn" ]; then cat; else
		sed 's/$arg1/%di/; s/$arg2/%si/; s/$arg3/%dx/; s/$arg4/%cx/; s/$arg5/%r8/'
	fi | tr '\n' ' '
}

# define TYPE EVENT NAMES ARGUMENTS: true when the kernel took it for one of the function's names.
# A part of a recorder that was killed goes on until its instance is removed.
define() {
	[ -d "$instance" ] || return
	for name in $(echo "$3" | tr / ' '); do
		if { echo "$1:mhp/$2 $name $4" >>"$tracefs/kprobe_events"; } 2>/dev/null; then
			echo "$2" >>"$work/.probes"
			return
		fi
	done
	return 1
}

# Defines every probe the kernel can have; the others go to $work/.lacks.
define_probes() {
	[ -e "$tracefs/kprobe_events" ] || {
		echo "kprobe events (CONFIG_KPROBE_EVENTS): no call of a kernel function is recorded;" \
			"marks, tracepoints, snapshots and results are. The replay does what the steps" \
			"of a scenario or the recorded command say, and nothing else" >>"$work/.lacks"
		return 0
	}
	running=$(version_number "$(uname -r)")
	has_argn=$(grep '\$arg<N>' "$tracefs/README")
	# Says when /proc/zoneinfo was read: a snapshot at level page is taken under tracing.
	[ "$opt_level" = page ] && { define p zoneinfo_show zoneinfo_show '' ||
		echo "zoneinfo_show: what the snapshots themselves allocate is not known" \
			>>"$work/.lacks"; }
	probes | while read -r kind names args && read -r meaning; do
		event=${names%%[:/]*}
		names=${names#*:}
		args=$(known_arguments "$args")
		if { [ "${kind#?}" = z ] && define p "$event" "$names" "$args $zone_fields"; } ||
			define p "$event" "$names" "$args"; then
			case ${kind%z} in
			r) define r "${event}_ret" "$names" 'ret=$retval:s32' ;;
			v) define r "${event}_ret" "$names" '' ;;
			esac
		else
			echo "$event: $meaning" >>"$work/.lacks"
		fi
	done
}

# Who records, since when, and where: `-r` asks. A file of root's, in a folder of root's.
for notes in /run /var/run /dev; do [ ! -d "$notes" ] || break; done
notes=$notes/mmreplay.recorder

started_at() { # PID: when it was started, in ticks since boot; empty when there is no such process
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	# What stands behind the name, which may have blanks: 20 fields on.
	set -- ${stat##*) }
	[ $# -lt 20 ] || shift 19
	echo "$1"
}

note_recorder() {
	since=$(started_at "${recorder:-0}")
	{ printf '%s\n' "${recorder:-0} ${since:--} $work" >"$notes"; } 2>/dev/null ||
		say "cannot write $notes: record.sh -r will not know this recording"
}

# Names of our events that the kernel has: `mhp/NAME` lines. Others may have a group mhp too.
own_events() {
	[ -e "$tracefs/kprobe_events" ] || return 0
	ours=' zoneinfo_show '$(probes | while read -r kind names args && read -r meaning; do
		printf '%s %s_ret ' "${names%%[:/]*}" "${names%%[:/]*}"
	done)
	sed -n 's/^[pr][0-9]*:mhp\/\([^ ]*\).*/\1/p' "$tracefs/kprobe_events" |
		while read -r event; do
			case $ours in *" $event "*) echo "mhp/$event" ;; esac
		done
}

enable_events() {
	while read -r event; do
		echo 1 >"$instance/events/mhp/$event/enable"
	done <"$work/.probes"
	tracepoints | while read -r level event; do
		[ "$level" = page ] && [ "$opt_level" != page ] && continue
		{ echo 1 >"$instance/events/$event/enable"; } 2>/dev/null ||
			echo "tracepoint $event: what it tells is not compared" >>"$work/.lacks"
	done
}

# begin DIR: everything set up, tracing paused.
begin() {
	work=$1
	mkdir -p "$work" || fail "cannot make $work"
	{ : >"$work/.probes" && : >"$work/.lacks"; } || fail "cannot write into $work"
	[ -d "$instance" ] && fail "$instance exists: a recording runs already, or one was killed" \
		"(then: record.sh -r)"
	[ -z "$(own_events)" ] ||
		fail "kprobe events of a recording exist already (to remove them: record.sh -r)"
	# A signal finds it made and known, or not made.
	own=$(trap '' $signals; mkdir "$instance" && echo 1)
	[ -n "$own" ] || fail "cannot make $instance"
	note_recorder
	echo 0 >"$instance/tracing_on"
	# Where CPUs' clocks differ the kernel has chosen this one for itself, and the log has it too.
	case $(cat "$tracefs/trace_clock") in
	*'[global]'*) echo global >"$instance/trace_clock" ;;
	esac
	# The replay starts from the first snapshot: of a full buffer the beginning is kept.
	echo 0 >"$instance/options/overwrite"
	echo "$opt_buffer" >"$instance/buffer_size_kb" ||
		fail "no memory for a buffer of $opt_buffer KiB for each CPU; choose less with -b"
	define_probes
	enable_events
	say_lacks
}

say_lacks() {
	[ -s "$work/.lacks" ] || return 0
	say "kernel $(uname -r) lacks, or has inlined:"
	sed 's/^/  /' "$work/.lacks" >&2
}

# Our events and nothing else. None of these names was there when we began.
remove_probes() {
	own_events | while read -r event; do
		{ echo "-:$event" >>"$tracefs/kprobe_events"; } 2>/dev/null ||
			say "the probe $event is in use by someone else and stays"
	done
}

restore() {
	[ -n "$own" ] || { unmount_own; return; }
	own=
	echo 0 >"$instance/tracing_on"
	[ -d "$instance/events/mhp" ] && echo 0 >"$instance/events/mhp/enable"
	tries=0
	until rmdir "$instance" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || { say "$instance is open elsewhere and stays"; break; }
		sleep 0.1 2>/dev/null || sleep 1
	done
	remove_probes
	rm -f "$notes"
	unmount_own
}

unmount_own() {
	[ -n "$mounted_tracefs" ] || return 0
	mounted_tracefs=
	umount "$tracefs" 2>/dev/null || say "$tracefs is in use and stays mounted"
}

# What a recording left that could not restore: its instance, its probes, its folder.
remove_leftovers() {
	recorder='' since='' left=''
	[ ! -f "$notes" ] || read -r recorder since left <"$notes"
	if [ -n "$since" ] && [ "$(started_at "$recorder")" = "$since" ]; then
		fail "a recording runs (PID $recorder); nothing was removed"
	fi
	case $left in
	*/mmreplay.??????/*)
		temporary=${left%/*} child=$recorder
		end_children
		;;
	esac
	if [ -d "$instance" ]; then
		rmdir "$instance" || fail "$instance is in use"
		say "removed $instance"
	fi
	[ -z "$(own_events)" ] || say "removes the probes" $(own_events)
	remove_probes
	# The last probe of a killed recorder may have been on its way.
	sleep 0.2 2>/dev/null || sleep 1
	remove_probes
	# Of pieces the folder is their caller's.
	[ -z "$temporary" ] || { rm -rf "$temporary" && say "removed $temporary"; }
	rm -f "$notes"
	unmount_own
}

print_file() { # NAME PATH
	echo "#FILE $1"
	cat "$2" 2>/dev/null
}

# Standard input into a file, whole: a full disk is told once.
keep() { # PATH
	cat >"$1" && return
	say "${1##*/} is cut: no room in ${1%/*} (another place: TMPDIR=...)"
	failed=1
	return 1
}

value_of() { # PATH: its first line, words joined by commas, in $value; empty when unreadable
	value=
	{ read -r value <"$1"; } 2>/dev/null
	case $value in *' '*) value=$(echo "$value" | tr ' ' ',') ;; esac
}

print_memory_blocks() {
	echo '#FILE memory_blocks'
	for block in /sys/devices/system/memory/memory[0-9]*; do
		line=${block##*/}
		for file in state phys_index phys_device removable valid_zones; do
			value_of "$block/$file"
			[ "$file" = phys_index ] && value=0x${value#0x}
			line="$line $file=$value"
		done
		nodes=
		for node in "$block"/node[0-9]*; do
			[ -e "$node" ] && nodes="$nodes,${node##*/node}"
		done
		echo "$line nodes=${nodes#,}"
	done
}

print_node_states() {
	echo '#FILE node_states'
	for state in possible online has_cpu has_memory has_normal_memory; do
		value_of "/sys/devices/system/node/$state"
		echo "$state $value"
	done
}

print_node_distances() {
	echo '#FILE node_distances'
	for node in /sys/devices/system/node/node[0-9]*; do
		{ read -r value <"$node/distance"; } 2>/dev/null && echo "${node##*/node} $value"
	done
}

print_settings() {
	echo '#FILE settings'
	for file in /sys/devices/system/memory/block_size_bytes \
		/sys/devices/system/memory/auto_online_blocks \
		/sys/module/memory_hotplug/parameters/* /proc/sys/vm/min_free_kbytes \
		/proc/sys/vm/watermark_scale_factor /proc/sys/vm/percpu_pagelist_high_fraction \
		/proc/sys/vm/movable_gigantic_pages /sys/kernel/mm/transparent_hugepage/enabled; do
		# not lowmem_reserve_ratio, see reserve_ratio()
		# cat, not read: /proc/sys gives a reader of single bytes the first byte only.
		[ -r "$file" ] && echo "${file##*/} $(cat "$file" | tr '\t' ' ')"
	done
}

# At level page tracing is on from the first snapshot to the last one, so that all that happens
# between reading their zoneinfo has events.
snapshot() {
	if [ -d "$instance/events/mhp/zoneinfo_show" ]; then
		echo 1 >"$instance/tracing_on"
		printf '%s' "snapshot $2" >"$instance/trace_marker"
	fi
	{
		for file in zoneinfo buddyinfo pagetypeinfo; do print_file "$file" "/proc/$file"; done
		print_memory_blocks
		print_node_states
		print_file iomem /proc/iomem
		print_file meminfo /proc/meminfo
		for node in /sys/devices/system/node/node[0-9]*; do
			print_file "${node##*/}_meminfo" "$node/meminfo"
		done
		print_node_distances
		print_settings
	} 2>/dev/null | keep "$1/snapshot-$2.txt" || failed=1
	[ -z "$failed" ]
}

# The kernel log from its first line on: the replay reads e820, SRAT and zone ranges there.
kernel_log() {
	dmesg 2>/dev/null | keep "$1/dmesg.txt" || { failed=1; return; }
	head -n 3 "$1/dmesg.txt" | grep -q 'Linux version' && return
	if journalctl -k -b -o short-monotonic --no-hostname >"$1/.journal" 2>/dev/null &&
		grep -q 'Linux version' "$1/.journal"; then
		sed 's/^\(\[ *[0-9.]*\]\) kernel: /\1 /' "$1/.journal" | keep "$1/dmesg.txt" || failed=1
	else
		say "the kernel log has lost its beginning (e820, node and zone ranges): the replay" \
			"needs them; boot with a greater log_buf_len= or add the log from the journal"
	fi
	rm -f "$1/.journal"
}

# Events that did not fit: `CPU COUNT WHICH` lines. A full buffer that does not overwrite drops all
# that comes (last); one that somebody made overwrite loses what it had (first); interrupts that
# fill it while one event is being written lose theirs (some); who reads trace_pipe takes them
# away (read).
lost_events() {
	for cpu in "$instance"/per_cpu/cpu[0-9]*; do
		cat "$cpu/stats" | while read -r key1 key2 rest; do
			case "$key1 $key2" in
			'dropped events:') count=$rest which=last ;;
			'overrun: '*) count=$key2 which=first ;;
			'commit overrun:') count=$rest which=some ;;
			'read events:') count=$rest which=read ;;
			*) continue ;;
			esac
			[ "$count" -le 0 ] || echo "${cpu##*/cpu} $count $which"
		done
	done
}

say_lost() {
	lost_events >"$work/.lost"
	while read -r cpu count which; do
		case $which in
		some) which='' ;;
		read)
			say "somebody read trace_pipe of $instance: $count events of CPU $cpu are missing;" \
				"what that hides is not compared"
			continue
			;;
		esac
		say "the buffer was full: CPU $cpu lost its ${which:+$which }$count events" \
			"(choose more with -b); what that hides is not compared"
	done <"$work/.lost"
}

end() {
	echo 0 >"$instance/tracing_on"
	say_lost
	keep "$work/trace.txt" <"$instance/trace" || failed=1
	kernel_log "$work"
	restore
	[ -z "$failed" ]
}

# Reading it makes the kernel compute lowmem_reserve anew: when all else has been recorded.
reserve_ratio() {
	cat /proc/sys/vm/lowmem_reserve_ratio 2>/dev/null | tr '\t' '/'
}

json_text() { # the words as one JSON string
	printf '"%s"' "$(printf '%s' "$*" | tr '\n\t' '  ' | tr -d '\001-\037' |
		sed 's/\\/\\\\/g; s/"/\\"/g')"
}

json_lacks() {
	comma=
	while read -r line; do
		printf '%s\n   %s' "$comma" "$(json_text "$line")"
		comma=,
	done <"$work/.lacks"
}

json_lost() {
	comma=
	while read -r cpu count which; do
		printf '%s{"cpu": %s, "events": %s' "$comma" "$cpu" "$count"
		case $which in
		last) ;;
		read) printf ', "which": "some"' ;;
		*) printf ', "which": "%s"' "$which" ;;
		esac
		printf '}'
		comma=', '
	done <"$work/.lost"
}

# write_info RC COMMAND: step 1 is the command, when there was one.
write_info() {
	{
		printf '{\n "name": %s,\n "note": %s,\n' "$(json_text "$opt_name")" \
			"$(json_text "recorded by record.sh, level $opt_level")"
		printf ' "cmdline": %s,\n' "$(json_text "$(boot_words </proc/cmdline)")"
		printf ' "kernel": [%s, %s],\n' "$(json_text "$(uname -r)")" "$(json_text "$(uname -v)")"
		printf ' "recorder": {\n  "level": "%s",\n  "buffer_kb": %s,\n' "$opt_level" "$opt_buffer"
		printf '  "lacks": [%s],\n  "lost": [%s],\n' "$(json_lacks)" "$(json_lost)"
		printf '  "lowmem_reserve_ratio": %s\n },\n' "$(json_text "$(reserve_ratio)")"
		printf ' "steps": ['
		[ -z "$2" ] ||
			printf '{"step": 1, "action": "sh", "rc": %s, "cmd": %s}' "$1" "$(json_text "$2")"
		printf ']\n}\n'
	} 2>/dev/null | keep "$work/info.json" || failed=1
}

# When a step begins, in $began, by the clock of the trace: a full buffer may lose the mark.
note_begin() {
	began=$(sed -n 's/^now ts: *\([0-9]*\.[0-9]*\)$/\1/p' "$instance/per_cpu/cpu0/stats")
}

# The ring buffer takes a line of about 1 KiB at once.
put_mark() { # N TEXT
	note_begin
	echo 1 >"$instance/tracing_on"
	printf '%s' "step $1: $2" | tr '\n' ' ' | head -c 900 >"$instance/trace_marker"
}

# Of the boot parameters those that the replay reads, when the others are nobody's business.
boot_words() {
	if [ -z "$opt_redact" ]; then cat; return; fi
	tr ' ' '\n' | grep -E "$memory_words" | tr '\n' ' '
}
memory_words='^(kernelcore|movablecore|movable_node|memhp_default_state|memory_hotplug\.'
memory_words=$memory_words'|mem|(default_)?hugepage|numa|transparent_hugepage|page_|nokaslr)'

# Text of a log or a trace without who and where; lines and their columns stay.
redacted_text() {
	host=$(uname -n | sed 's/[^A-Za-z0-9_-]/./g')
	# A name of a letter or two is in every word.
	case $host in ???*) ;; *) host=localhost ;; esac
	LC_ALL=C sed -E -e "s/$host/HOST/g" -e 's/[^ (@]+@[^ )]+/user@HOST/g' \
		-e 's/ffff[0-9a-f]{12}/0000000000000000/g' \
		-e 's/(Kernel Offset:).*/\1 redacted/' -e 's/(ostname set to ).*/\1HOST/' \
		-e 's/(Comm: ).*( Not tainted| Tainted:| Kdump:)/\1task\2/' \
		-e 's/([Cc]omm[:=] ?)("[^"]*"|[^ ]+)/\1task/g' \
		-e 's/(audit: (type=[0-9]+ )?).*/\1redacted/' -e 's/(task(_memcg)?=)[^,]*/\1task/g' \
		-e 's/(ommand line parameters ).*/\1redacted/' \
		-e 's/(process [0-9]+ )\([^)]*\)/\1(task)/' \
		-e "s/(process )'[^']*'( launched '[^']*')?/\1'task'/; s/\`[^']*'/\`task'/g" \
		-e 's/^((\[ *[0-9.]+\] )?).* invoked oom-killer/\1task invoked oom-killer/' \
		-e 's/^((\[ *[0-9.]+\] )?)[^:]* \(([0-9]+)\): /\1task (\3): /' \
		-e 's/(INFO: task ).*(:[0-9]+ blocked)/\1task\2/; s/task:[^ ]+ +state:/task:task state:/' \
		-e 's/(stuck for [0-9]+s! )\[.*:([0-9]+)\]/\1[task:\2]/' \
		-e 's/(^|[] ])[^][ ]+\[([0-9]+)\](:| general| trap)/\1task[\2]\3/g' \
		-e 's/(\[ *[0-9]+\]( +-?[0-9]+){6,} ).*/\1task/' \
		-e 's/^ *[^ #].*-([0-9]+)( +\([^)]*\))? +(\[[0-9]+\])/            task-\1  \3/'
}

# The line with the boot parameters has those that the replay reads; what of them goes to the first
# process stands again below two headings, further in.
redacted_log() {
	inside=
	redacted_text | while IFS= read -r line; do
		case $line in
		*'with arguments:' | *'with environment:') inside=1 ;;
		*']     '* | '    '*) [ -z "$inside" ] || line="${line%%]*}]     redacted" ;;
		*) inside= ;;
		esac
		case $line in
		*ommand\ line:*)
			words=$(echo "${line#*ommand line:}" | boot_words)
			printf '%s\n' "${line%%ommand line:*}ommand line: $words"
			;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}

redact() {
	for file in trace.txt dmesg.txt snapshot-00.txt snapshot-01.txt; do
		[ -e "$work/$file" ] || continue
		case $file in
		dmesg.txt) redacted_log <"$work/$file" ;;
		trace.txt) redacted_text <"$work/$file" ;;
		*) sed 's/^[0-9a-f-]* : Kernel /00000000-00000000 : Kernel /' "$work/$file" ;;
		esac | keep "$work/.redacted" && mv "$work/.redacted" "$work/$file" || failed=1
	done
	[ -n "$failed" ] || return 0
	say "could not redact everything; the archive is not written"
	return 1
}

# Processes of the command, also those whose parent has ended: they have this in their environment.
# Some programs (sudo, env -i) take that away: they are known while their parent lives.
# No `grep -F`: that of busybox stops at the first NUL.
members() {
	mark=$(printf '%s' "MMREPLAY_RECORDING=$temporary" | sed 's/[][\.*^$]/\\&/g')
	grep -ls "$mark" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n'
	for pid in $! $descendants; do [ ! -e "/proc/$pid/environ" ] || echo "$pid"; done
}

# Whoever a member started, and whoever that one did, in $descendants.
find_descendants() {
	processes=$(for stat in /proc/[0-9]*/stat; do
		{ read -r line <"$stat"; } 2>/dev/null || continue
		pid=${stat#/proc/}
		set -- ${line##*) }
		echo "${pid%/stat} $2"
	done)
	descendants='' more=$(members | tr '\n' ' ')
	while [ -n "$more" ]; do
		more=$(echo "$processes" | while read -r pid parent; do
			case " $more " in *" $parent "*) printf '%s ' "$pid" ;; esac
		done)
		descendants="$descendants $more"
	done
}

# The command and all that it started.
end_children() {
	[ -n "$child" ] || return 0
	find_descendants
	for signal in TERM KILL; do
		for pid in $(members); do kill -s $signal "$pid" 2>/dev/null; done
		tries=0
		while [ -n "$(members)" ] && [ $tries -lt 20 ]; do
			tries=$((tries + 1))
			sleep 0.1 2>/dev/null || sleep 1
		done
	done
	[ -z "$(members)" ] || say "processes of the command go on:" $(members)
}

# Runs in the background, so that a signal ends the recording at once and not after the command.
wait_for_command() {
	exec 3<&0
	# From here on: a signal may come before the next line.
	child=1
	{
		umask "$users_umask"
		MMREPLAY_RECORDING=$temporary "$@"
	} <&3 3<&- &
	child=$!
	wait "$child"
	status=$?
	child=
}

wait_for_time() {
	if [ -n "$opt_seconds" ]; then
		say "recording for $opt_seconds s"
	else
		say "recording until Ctrl-C"
	fi
	child=1
	MMREPLAY_RECORDING=$temporary sleep "${opt_seconds:-1000000000}" &
	child=$!
	wait "$child"
	child=
}

# The archive is also written when a signal ends the recording: what was seen until then.
finish() {
	trap '' $signals
	unset TAR_OPTIONS GZIP
	end_children
	if [ -n "$own" ] && [ -n "$recording" ]; then
		if [ "$opt_level" = page ]; then snapshot "$work" 01; fi
		end
		if [ "$opt_level" != page ]; then snapshot "$work" 01; fi
		write_info "$1" "$command_text"
		rm -f "$work/.probes" "$work/.lacks" "$work/.lost"
		if [ -z "$opt_redact" ] || redact; then pack; fi
		if [ -n "$failed" ]; then
			say "the recording is kept in $work"
			temporary=
		fi
	fi
	restore
	[ -z "$part" ] || rm -f "$part"
	[ -z "$temporary" ] || rm -rf "$temporary"
	[ -z "$failed" ] || exit 1
}

# The whole archive takes the name, or nothing does; what is no file is written to.
pack() {
	ended=$({ {
		(unset CDPATH; cd "$temporary" && tar cf - "$opt_name")
		echo $? >&3
	} | gzip >"${part:-$opt_output}" || echo gzip >&3; } 3>&1)
	if [ "$ended" != 0 ] || { [ -n "$part" ] && ! mv "$part" "$opt_output"; }; then
		say "cannot write $opt_output"
		failed=1
		return
	fi
	part=
	[ -n "$failed" ] && say "wrote $opt_output, which is not whole" || say "wrote $opt_output"
}

# Before anything is recorded: can the archive be written there?
try_output() {
	[ ! -d "$opt_output" ] || fail "-o $opt_output is a folder, expected a file to write"
	if [ -e "$opt_output" ] && [ ! -f "$opt_output" ]; then return; fi
	part=$(trap '' $signals; mktemp "$opt_output.XXXXXX" 2>/dev/null) || {
		part=
		fail "-o $opt_output cannot be written: no such folder, or nobody may write there"
	}
}

make_temporary() {
	folder=${TMPDIR:-/tmp}
	case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
	temporary=$(trap '' $signals; mktemp -d "$folder/mmreplay.XXXXXX" 2>/dev/null) || {
		temporary=
		fail "cannot make a folder in $folder (another place: TMPDIR=...)"
	}
}

record() {
	command_text=$*
	[ -z "$opt_redact" ] || [ -z "$command_text" ] || command_text=redacted
	try_output
	make_temporary
	recorder=$$
	begin "$temporary/$opt_name"
	snapshot "$work" 00 || fail "the first snapshot is not whole"
	recording=1
	if [ $# -gt 0 ]; then
		put_mark 1 "$command_text"
		wait_for_command "$@"
	else
		echo 1 >"$instance/tracing_on"
		wait_for_time
	fi
	exit "$status"
}

check_only() {
	make_temporary
	recorder=$$
	begin "$temporary/check"
	[ -s "$work/.lacks" ] || say "kernel $(uname -r) has everything that a recording uses"
	exit 0
}

# A recording of somebody else is none of theirs.
check_begun() {
	[ -d "$instance" ] || fail "no recording has begun; expected \`record.sh begin $work\` before"
	left=$work
	[ ! -f "$notes" ] || read -r recorder since left <"$notes"
	[ "$left" = "$work" ] || fail "the recording that runs is in $left, not in $work"
}

# The pieces run in processes of their own: what `begin` set up stays until `end`.
piece() {
	verb=$1
	work=$2
	[ -n "$work" ] || wrong "$verb needs the folder of the recording"
	case $work in /*) ;; *) work=$PWD/$work ;; esac
	find_tracefs
	instance=$tracefs/instances/mmreplay
	case $verb in
	mark | snapshot) case $3 in '' | *[!0-9]*) wrong "$verb: expected a number before $3" ;; esac ;;
	esac
	case $verb in mark | pause | resume | snapshot | end) check_begun ;; esac
	case $verb in
	begin)
		on_signals
		check_kernel
		begin "$work"
		[ -z "$mounted_tracefs" ] || : >"$work/.mounted"
		own='' mounted_tracefs=''
		;;
	mark)
		put_mark "$3" "$4"
		echo "began $began"
		;;
	pause) echo 0 >"$instance/tracing_on" ;;
	resume) echo 1 >"$instance/tracing_on" ;;
	snapshot) snapshot "$work" "$3" ;;
	last)
		say_lost
		reserve_ratio >"$work/.ratio"
		;;
	end)
		own=1
		[ ! -e "$work/.mounted" ] || mounted_tracefs=1
		end
		;;
	*) wrong "what is $verb? expected begin, mark, pause, resume, snapshot, last or end" ;;
	esac
}

number() { # TEXT OPTION
	case $1 in
	'' | 0* | *[!0-9]*) wrong "-$2 $1: expected a number greater than 0" ;;
	??????????*) wrong "-$2 $1: expected a number below 1000000000" ;;
	esac
}

# A reader of our messages that ends (PIPE) ends the recording too, as every signal does.
# By their numbers: all that end a process, but for KILL and those that a fault of the shell makes.
signals='1 2 3 5 6 10 12 13 14 15 16 24 25 26 27 29 30 31'
number=34
while [ $number -le 64 ]; do signals="$signals $number" number=$((number + 1)); done
on_signals() {
	trap 'finish $?' EXIT
	for number in $signals; do trap "exit $((128 + number))" "$number"; done
}

# Where nobody reads, what is written must not go into a file that got the same number.
{ : >&2; } 2>/dev/null || exec 2>/dev/null
{ : >&1; } 2>/dev/null || exec >/dev/null
{ : <&0; } 2>/dev/null || exec </dev/null
users_umask=$(umask)
umask 077

set +efu
own='' recording='' temporary='' child='' descendants='' mounted_tracefs='' command_text='' status=0 failed=''
began='' part='' recorder='' opt_redact=''
opt_name=recording opt_level=hotplug opt_buffer='' opt_seconds='' opt_check='' opt_output=
work=/nonexistent
while getopts o:n:l:b:d:crh-: option; do
	case $option in
	o) opt_output=$OPTARG
		[ -n "$OPTARG" ] || wrong "-o: expected the archive to write" ;;
	n) opt_name=$OPTARG ;;
	l) opt_level=$OPTARG ;;
	b) opt_buffer=$OPTARG && number "$OPTARG" b ;;
	d) opt_seconds=$OPTARG && number "$OPTARG" d ;;
	c) opt_check=1 ;;
	r) opt_check=remove ;;
	h) usage && exit 0 ;;
	-) [ "$OPTARG" = redact ] || wrong "what is --$OPTARG? expected --redact"
		opt_redact=1 ;;
	*) usage >&2 && exit 2 ;;
	esac
done
# A command comes after `--`; without it the words are a piece (begin, mark, ...).
before=
[ "$OPTIND" -gt 1 ] && eval "before=\${$((OPTIND - 1))}"
shift $((OPTIND - 1))
case $opt_level in
hotplug) : "${opt_buffer:=2048}" ;;
page) : "${opt_buffer:=32768}" ;;
*) wrong "-l $opt_level: expected hotplug or page" ;;
esac
case $opt_name in
'' | .* | -* | *[!A-Za-z0-9._-]*)
	wrong "-n $opt_name: expected a file name of letters, digits, . _ and -" ;;
esac
if [ "$before" != -- ] && [ $# -gt 0 ]; then
	piece "$@"
	exit
fi
: "${opt_output:=$PWD/mmreplay-$(uname -r)-$(date +%Y%m%d-%H%M%S).tar.gz}"
case $opt_output in /*) ;; *) opt_output=$PWD/$opt_output ;; esac
[ $# = 0 ] || [ -z "$opt_seconds" ] ||
	wrong "-d $opt_seconds and a command: expected one of them"
check_kernel
instance=$tracefs/instances/mmreplay
if [ "$opt_check" = remove ]; then
	remove_leftovers
	exit
fi
on_signals
[ -z "$opt_check" ] || check_only
record "$@"
