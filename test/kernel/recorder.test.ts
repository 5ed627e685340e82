/** The recorder script in booted guests, under busybox sh and dash. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../../src/record/actions.js';
import type { Guest } from '../../src/record/guest.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';
import { bootLab, dashFiles, onEachKernel } from './lab.js';

const T = '/sys/kernel/tracing';

/** Everything of tracefs that another user of it would notice. */
const tracingState = `cd ${T}; ls instances; cat kprobe_events uprobe_events set_event tracing_on \
current_tracer buffer_size_kb options/overwrite trace_clock; ls events; cat kprobe_profile | wc -l
grep -H . instances/*/set_event instances/*/tracing_on; grep tracefs /proc/mounts; ls /tmp`;

/** Every test with one shell of the guest. */
function recorderTests(kernel: string, shell: string): void {
  let guest: Guest;
  beforeAll(async () => {
    guest = await bootLab(kernel);
    // Others who trace: the main buffer, an instance, and kprobes of their own.
    await run(`cd ${T}; echo 1 > events/sched/sched_process_exec/enable
echo "p:mine/my_open do_sys_openat2" >> kprobe_events; mkdir instances/theirs
echo 1 > instances/theirs/events/mine/enable; echo theirs > trace_marker`);
    const added = await actions['add-dimm'](guest,
      { action: 'add-dimm', id: 1, size_mb: 256, node: 1 }, 60);
    expect(added.rc).toBe(0);
  });
  afterAll(() => guest?.stop());

  const run = (script: string) => guest.console.run(script, 120);
  const record = (args: string, script = '/record.sh') =>
    run(`cd /run; ${shell} ${script} ${args}`);
  const unpack = (name: string) =>
    run(`cd /run && rm -rf ${name} && tar xzf ${name}.tar.gz && ls ${name}`);
  const file = async (path: string): Promise<string> =>
    (await guest.fetch(`cat /run/${path}`)).toString();

  it('records until the command ends and leaves tracing as it was', async () => {
    const before = (await run(tracingState)).stdout;
    const { rc, stderr } = await record('-n one -o one.tar.gz -- sh -c ' +
      '"echo online_movable > /sys/devices/system/memory/memory32/state; exit 7"');
    expect(stderr).toContain('record.sh: wrote /run/one.tar.gz');
    expect(rc).toBe(7);
    expect((await run(tracingState)).stdout).toBe(before);
    expect((await run(`grep -c ': theirs' ${T}/trace`)).stdout).toBe('1');
    expect((await unpack('one')).stdout.split('\n'))
      .toEqual(['dmesg.txt', 'info.json', 'snapshot-00.txt', 'snapshot-01.txt', 'trace.txt']);
    const trace = await file('one/trace.txt');
    expect(trace).toMatch(/tracing_mark_write: step 1: sh -c echo online_movable/);
    expect(trace).toMatch(/ online_pages: \(\S+\) pfn=0x100000 nr_pages=32768/);
    expect(trace).toMatch(/ online_pages_ret: \(.*\) ret=0/);
    expect(trace).not.toMatch(/my_open|sched_process_exec/);
    expect(await file('one/snapshot-01.txt')).toMatch(new RegExp('memory32 state=online ' +
      'phys_index=0x00000020 phys_device=0 removable=1 valid_zones=Movable nodes=1\n'));
    expect(JSON.parse(await file('one/info.json'))).toMatchObject({
      name: 'one', steps: [{ step: 1, action: 'sh', rc: 7 }], recorder: { lost: [] } });
    expect(await file('one/dmesg.txt')).toMatch(/Linux version[^]*BIOS-e820/);
  });

  it.each([['TERM', 143], ['HUP', 129], ['INT', 130]] as const)(
    'ended by SIG%s leaves tracing as it was and writes what it has',
    async (signal, status) => {
      // The signal comes when the command runs: a slow machine is not ready after any fixed time.
      const before = (await run(tracingState)).stdout;
      const { rc, stderr } = await run(`cd /run; rm -f cut.tar.gz began
(while [ ! -e began ]; do sleep 1; done; kill -${signal} $(cat pid)) &
sh -c 'echo $$ > pid; exec ${shell} /record.sh -n cut -o cut.tar.gz -- sh -c "touch began
sleep 1000"'`);
      expect(stderr).toContain('wrote /run/cut.tar.gz');
      expect(rc).toBe(status);
      expect((await run(tracingState)).stdout).toBe(before);
      expect((await run('pidof sleep; ls /run/cut.tar.gz')).stdout).toBe('/run/cut.tar.gz');
    });

  it('records for a time', async () => {
    const { rc, stderr } = await record('-d 1 -n timed -o timed.tar.gz');
    expect(stderr).toContain('recording for 1 s');
    expect(rc).toBe(0);
  });

  it('says which events a full buffer lost', async () => {
    const { stderr } = await record('-l page -b 16 -n full -o full.tar.gz -- ' +
      'dd if=/dev/zero of=/run/x bs=1M count=20');
    expect(stderr).toMatch(/the buffer was full: CPU \d lost its last \d+ events/);
    await unpack('full');
    const { recorder } = JSON.parse(await file('full/info.json')) as
      { recorder: { lost: { cpu: number; events: number }[] } };
    expect(recorder.lost[0]?.events).toBeGreaterThan(100);
  });

  it('says what the kernel lacks and what that means', async () => {
    await run("sed 's/^rz online_pages /rz no_such_function /' /record.sh > /run/lacking.sh");
    const { rc, stderr } = await record('-c', '/run/lacking.sh');
    expect(rc).toBe(0);
    expect(stderr).toMatch(/kernel \S+ lacks, or has inlined:/);
    expect(stderr).toContain('no_such_function: WITHOUT IT ONLINING IS UNKNOWN');
  });

  it('records what remains on a kernel without kprobes, and says so', async () => {
    // Expect: marks, tracepoints, log and snapshots; no call of a kernel function.
    const before = (await run(tracingState)).stdout;
    await run("sed 's/kprobe_events/no_kprobe_events/g' /record.sh > /run/bare.sh");
    const { rc, stderr } = await record('-n bare -o bare.tar.gz -- sh -c ' +
      '"echo offline > /sys/devices/system/memory/memory32/state"', '/run/bare.sh');
    expect(rc).toBe(0);
    expect(stderr).toContain('kprobe events (CONFIG_KPROBE_EVENTS): no call of a kernel');
    await unpack('bare');
    const trace = await file('bare/trace.txt');
    expect(trace).toMatch(/tracing_mark_write: step 1: sh -c echo offline/);
    expect(trace).toMatch(/ test_pages_isolated: start_pfn=0x100000 /);
    expect(trace).not.toContain(' offline_pages: ');
    expect(await file('bare/snapshot-01.txt')).toContain('memory32 state=offline ');
    await run('echo online_movable > /sys/devices/system/memory/memory32/state');
    await run('rm /run/bare.sh');
    expect((await run(tracingState)).stdout).toBe(before);
  });

  it('refuses a second recording and does not disturb the first', async () => {
    const before = (await run(tracingState)).stdout;
    await record('begin /run/first');
    // Expect: the clock that the kernel chose for itself, which on one of the two is not local.
    const clocks = `grep -ho '\\[.*\\]' ${T}/trace_clock ${T}/instances/mmreplay/trace_clock`;
    expect(new Set((await run(clocks)).stdout.split('\n')).size).toBe(1);
    const { rc, stderr } = await record('-- true');
    expect(stderr)
      .toContain('a recording runs already, or one was killed (then: record.sh -r)');
    expect(rc).toBe(1);
    await record("mark /run/first 1 'hello\nyou'");
    expect((await record('end /run/first')).rc).toBe(0);
    expect(await file('first/trace.txt')).toContain('tracing_mark_write: step 1: hello you\n');
    expect((await run(tracingState)).stdout).toBe(before);
  });

  it.each(['-b 900000000 -- true', '-b 900000000 begin /run/large'])(
    'refuses a buffer for which there is no memory, and leaves tracing as it was: %s',
    async (args) => {
      const before = (await run(tracingState)).stdout;
      const { rc, stderr } = await record(args);
      expect(stderr).toContain('no memory for a buffer of 900000000 KiB for each CPU');
      expect(rc).toBe(1);
      expect((await run(tracingState)).stdout).toBe(before);
    });

  it('has status 1 when the archive cannot be written', async () => {
    const { rc, stderr } = await record('-o /run/no/such/folder.tar.gz -- true');
    expect(stderr).toContain('/run/no/such/folder.tar.gz cannot be written');
    expect(rc).toBe(1);
  });

  it('-r removes what a killed recording left', async () => {
    const before = (await run(tracingState)).stdout;
    await record('begin /run/killed');
    expect((await run(tracingState)).stdout).not.toBe(before);
    expect((await record('-r')).rc).toBe(0);
    expect((await run(tracingState)).stdout).toBe(before);
  });
}

/** They take turns over the kernels: what depends on the shell does not depend on the kernel. */
const shells = dashFiles().length > 0 ? ['sh', 'dash'] : ['sh'];

onEachKernel('the recorder', (kernel, index) => {
  const shell = shells[index % shells.length] ?? 'sh';
  describe(`under ${shell === 'sh' ? 'busybox sh' : shell}`, () => recorderTests(kernel, shell));
});

const memory = '/sys/devices/system/memory';

onEachKernel('memory that comes while the recorder runs', (kernel) => {
  it('is in an archive that is imported, and the model agrees with every fact', async () => {
    const guest = await bootLab(kernel);
    const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
    try {
      // Written before, and read by the recorder when all else is recorded.
      await guest.console.run('echo 128 64 16 0 0 > /proc/sys/vm/lowmem_reserve_ratio', 60);
      await guest.console.run(`(sh /record.sh -n live -o /run/live.tar.gz -- sh -c \
'touch /run/began; while [ ! -e /run/stop ]; do sleep 1; done' > /run/log 2>&1 < /dev/null &)
while [ ! -e /run/began ]; do sleep 1; done`, 60);
      const added = await actions['add-dimm'](guest,
        { action: 'add-dimm', id: 1, size_mb: 256, node: 1 }, 60);
      expect(added.rc).toBe(0);
      // Plain `online`: before Linux 6.6 no probe sees which word was written.
      await guest.console.run(`echo online > ${memory}/memory33/state
echo online > ${memory}/memory32/state; touch /run/stop
while ! grep -q 'wrote /run/live.tar.gz' /run/log; do sleep 1; done`, 60);
      const archive = join(folder, 'live.tar.gz');
      const text = (await guest.fetch('base64 /run/live.tar.gz')).toString();
      writeFileSync(archive, Buffer.from(text, 'base64'));
      const { trace, problems } = await readTrace(archive);
      expect(problems).toEqual([]);
      expect(trace.header.other.find(([key]) => key === 'settings')?.[1])
        .toContain(' lowmem_reserve_ratio=128/64/16/0/0');
      const version = versionOfHeader(trace.header);
      const { disagree, facts } = verify(trace, { version, series: [], name: 'live' });
      expect(disagree).toEqual([]);
      expect(facts).toBeGreaterThan(200);
    } finally {
      rmSync(folder, { recursive: true });
      await guest.stop();
    }
  });
});
