#!/bin/sh
# /init of the recorded guest. Commands come on the serial line, one a line, as
# `ID BASE64-OF-SCRIPT`; the answer is `@@ID RC BASE64-OF-STDOUT BASE64-OF-STDERR` with `-` for
# nothing. Each command is a shell of its own: an oops that kills it leaves this loop alive. The loop
# is not PID 1: to that one come orphans, and busybox's shell can sleep for good when one ends while
# it waits for a command.
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /t
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t tmpfs tmpfs /run
/bin/busybox --install -s /bin
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
for module in /mod/boot/*.ko; do
	[ -e "$module" ] && insmod "$module"
done
exec </dev/ttyS0 >/dev/ttyS0
stty raw -echo
[ -e /dev/ttyS1 ] && stty -F /dev/ttyS1 raw -echo
# The fast way out: virtio-serial; without its driver the second serial line.
ls /dev/vport*p1 >/run/channel 2>/dev/null || echo /dev/ttyS1 >/run/channel
in_base64() { if [ -s "$1" ]; then head -c 65536 "$1" | base64 | tr -d '\n'; else printf -- -; fi; }
answer_commands() {
	echo '@@ready'
	while read -r id script; do
		echo "$script" | base64 -d >/run/command
		sh /run/command </dev/null >/run/stdout 2>/run/stderr
		echo "@@$id $? $(in_base64 /run/stdout) $(in_base64 /run/stderr)"
	done
}
# In the foreground: what a shell runs in the background ignores INT and QUIT, and cannot trap them.
(answer_commands) </dev/ttyS0
while :; do
	wait
	sleep 1
done
