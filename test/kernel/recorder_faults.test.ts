/** What goes wrong while the recorder runs, in booted guests: nothing is lost, nothing is left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../../src/record/guest.js';
import { bootLab, dashFiles, onEachKernel } from './lab.js';

const T = '/sys/kernel/tracing';
/** What a recording makes, and what it may leave behind: nothing of it. */
const left = `grep -c mhp/ ${T}/kprobe_events; ls ${T}/instances; ls -A /tmp; \
ls /run/mmreplay.recorder 2>/dev/null; pidof sleep || :`;
const NOTHING = '0';

const signals = [['HUP', 129], ['INT', 130], ['QUIT', 131], ['USR1', 138], ['USR2', 140],
  ['PIPE', 141], ['ALRM', 142], ['TERM', 143], ['XCPU', 152], ['40', 168]] as const;

/** Every test with one shell of the guest. */
function faults(boot: () => Promise<Guest>, shell: string): void {
  let guest: Guest;
  beforeAll(async () => {
    guest = await boot();
    await run('mkdir -p /out /full');
  });

  const run = (script: string) => guest.console.run(script, 120);
  const record = (args: string, before = '') => run(`${before}${shell} /record.sh ${args}`);
  /** In the foreground: in the background a shell ignores INT and QUIT for it. */
  const whileItRuns = (other: string, args: string) => run(`rm -f /run/began /out/*
(while [ ! -e /run/began ]; do sleep 1; done; ${other}) &
sh -c 'echo $$ > /run/pid; exec ${shell} /record.sh ${args.replaceAll("'", "'\\''")}'`);
  const nothingIsLeft = async (): Promise<void> => {
    expect((await run(left)).stdout.split('\n').filter((line) => line !== ''))
      .toEqual([NOTHING]);
  };
  const namesIn = async (archive: string): Promise<string[]> =>
    (await run(`tar tzf ${archive}`)).stdout.split('\n').map((name) => name.split('/')[1] ?? '')
      .filter((name) => name !== '').sort();
  const whole = ['dmesg.txt', 'info.json', 'snapshot-00.txt', 'snapshot-01.txt', 'trace.txt'];

  it.each(signals)('SIG%s ends it and all that it started; the archive is whole',
    async (signal, status) => {
      // Expect: the signal's status, five files, no probe, no instance, no folder, no sleep.
      const { rc, stderr } = await whileItRuns(`kill -s ${signal} $(cat /run/pid)`,
        "-o /out/a.tgz -- sh -c 'touch /run/began; sleep 300; echo x'");
      expect(stderr).toContain('wrote /out/a.tgz');
      expect(rc).toBe(status);
      expect(await namesIn('/out/a.tgz')).toEqual(whole);
      await nothingIsLeft();
    });

  it('leaves nothing behind when a signal comes while it sets up', async () => {
    // Expect: whether the instance is made, or probes are, all of it is taken back.
    for (const ms of [100, 200, 300, 400, 600, 900]) {
      await run(`(sh -c 'echo $$ > /run/pid; exec ${shell} /record.sh -d 20 -o /out/a.tgz') &
usleep ${ms * 1000}; kill $(cat /run/pid); wait`);
      await nothingIsLeft();
    }
  });

  it('ends what a command started without its environment', async () => {
    const { rc } = await whileItRuns('kill $(cat /run/pid)',
      "-o /out/a.tgz -- sh -c 'env -i sleep 300 & touch /run/began; sleep 300'");
    expect(rc).toBe(143);
    await nothingIsLeft();
  });

  it('says what somebody read of its buffer', async () => {
    // Expect: info.json has the events that trace_pipe took away, as lost, nobody knows where.
    const { stderr } = await whileItRuns(
      `cat ${T}/instances/mmreplay/trace_pipe > /out/pipe & sleep 2; kill $!; touch /run/end`,
      "-o /out/a.tgz -- sh -c 'touch /run/began; while [ ! -e /run/end ]; do sleep 1; done'");
    await run('rm /run/end');
    expect(stderr).toMatch(/somebody read trace_pipe of .*: \d+ events of CPU \d+ are missing/);
    expect((await run('tar xzf /out/a.tgz -O recording/info.json')).stdout)
      .toMatch(/"events": \d+, "which": "some"/);
    await nothingIsLeft();
  });

  it('has no business with the recording of somebody else', async () => {
    const { rc } = await whileItRuns(
      `${shell} /record.sh end /tmp/mine 2> /out/r; touch /run/end`,
      "-o /out/a.tgz -- sh -c 'touch /run/began; while [ ! -e /run/end ]; do sleep 1; done'");
    expect((await run('rm /run/end; cat /out/r')).stdout).toMatch(/, not in \/tmp\/mine$/);
    expect(rc).toBe(0);
    expect(await namesIn('/out/a.tgz')).toEqual(whole);
    await nothingIsLeft();
  });

  it('makes a whole archive where CDPATH and a relative TMPDIR are set', async () => {
    await run('mkdir /full/rel');
    expect((await record('-d 1 -o /out/a.tgz', 'cd /full; TMPDIR=rel CDPATH=/full ')).rc).toBe(0);
    expect(await namesIn('/out/a.tgz')).toEqual(whole);
    await run('rmdir /full/rel');
  });

  it('ends as well when nobody reads its messages any more', async () => {
    await run(`rm -f /out/a.tgz; { ${shell} /record.sh -d 2 -o /out/a.tgz 2>&1; } | head -n 1
sleep 3`);
    expect(await namesIn('/out/a.tgz')).toEqual(whole);
    await nothingIsLeft();
    expect((await record('-d 1 -o /out/b.tgz <&- >&- 2>&-')).rc).toBe(0);
    expect(await namesIn('/out/b.tgz')).toEqual(whole);
  });

  it.each([
    ['/no/such/folder/a.tgz', 'cannot be written'], ['/out', 'is a folder'],
  ])('tries -o %s before it records', async (path, message) => {
    const { rc, stderr } = await record(`-o ${path} -d 100`);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('recording for');
    expect(rc).toBe(1);
    await nothingIsLeft();
  });

  it('keeps the recording when the archive cannot be written', async () => {
    await run('mount -t tmpfs -o size=8k x /full');
    const { rc, stderr } = await record('-o /full/a.tgz -d 1');
    expect(rc).toBe(1);
    const kept = /the recording is kept in (\S+)/.exec(stderr)?.[1];
    expect((await run(`ls ${kept}; umount /full`)).stdout.split('\n')).toEqual(whole);
    expect((await run('ls /full')).stdout).toBe('');
    await run(`rm -rf $(dirname ${kept})`);
    await nothingIsLeft();
  });

  it.each([16, 40, 60])('tells that %i KiB of TMPDIR are too small', async (size) => {
    await run(`mount -t tmpfs -o size=${size}k x /full`);
    const { rc, stderr } = await record('-o /out/a.tgz -- true', 'TMPDIR=/full ');
    expect(stderr).toMatch(/ is cut: no room in /);
    expect(rc).toBe(1);
    await run('umount /full');
    await nothingIsLeft();
  });

  it('makes an archive for its owner, in the place of a link, whatever the umask', async () => {
    await run('echo precious > /out/target; ln -sf /out/target /out/link.tgz; umask 022');
    expect((await record('-d 1 -o /out/link.tgz')).rc).toBe(0);
    expect((await run('cat /out/target; ls -l /out/link.tgz')).stdout)
      .toMatch(/^precious\n-rw------- /);
    expect((await record("-o /out/m.tgz -- sh -c 'umask > /out/umask'")).rc).toBe(0);
    expect((await run('cat /out/umask')).stdout).toBe('0022');
  });

  it('-r refuses while a recording runs, and removes nothing of others', async () => {
    await run(`echo 'p:mhp/mine do_exit' >> ${T}/kprobe_events`);
    const { rc, stderr } = await whileItRuns(
      `${shell} /record.sh -r > /out/r 2>&1; echo "rc $?" >> /out/r; touch /run/end`,
      "-o /out/a.tgz -- sh -c 'touch /run/began; while [ ! -e /run/end ]; do sleep 1; done'");
    expect(stderr).toContain('wrote /out/a.tgz');
    expect((await run('cat /out/r; rm /run/end')).stdout)
      .toMatch(/a recording runs \(PID \d+\); nothing was removed\nrc 1/);
    expect(rc).toBe(0);
    expect(await namesIn('/out/a.tgz')).toEqual(whole);
    await whileItRuns('kill -9 $(cat /run/pid)',
      "-o /out/b.tgz -- sh -c 'touch /run/began; sleep 300'");
    expect((await record('-r')).rc).toBe(0);
    expect((await run(`grep -c mhp/mine ${T}/kprobe_events`)).stdout).toBe('1');
    await run(`echo '-:mhp/mine' >> ${T}/kprobe_events; rm -f /out/b.tgz.*`);
    await nothingIsLeft();
  });

  it('--redact leaves out who, where and what', async () => {
    await run(`hostname secrethost; for line in 'at secrethost Comm: spy' 'spy[7]: segfault at 0' \
'spy invoked oom-killer: gfp_mask=0' 'Killed process 7 (spy) total-vm:1' 'sh spy (7): drop_caches' \
'INFO: task spy:7 blocked for more' "process '/x/spy' started" 'stuck for 22s! [spy:7]' \
'audit: type=1701 comm="spy" exe="/spy"' 'oom-kill:task=spy,pid=7'; do
echo "<6>$line" > /dev/kmsg; done`);
    const { rc } = await record("--redact -o /out/r.tgz -- sh -c 'echo password > /dev/null'");
    expect(rc).toBe(0);
    const text = (await run('tar xzf /out/r.tgz -O')).stdout;
    for (const word of ['secrethost', 'password', 'spy', 'console=ttyS0']) {
      expect(text).not.toContain(word);
    }
    expect(text).not.toMatch(/ffffffff[0-9a-f]{8}/);
    expect(text).toContain('task-');
    await nothingIsLeft();
  });
}

onEachKernel('what goes wrong with the recorder', (kernel) => {
  let guest: Promise<Guest> | undefined;
  const boot = (): Promise<Guest> => (guest ??= bootLab(kernel));
  afterAll(async () => (await guest)?.stop());
  for (const shell of dashFiles().length > 0 ? ['sh', 'dash'] : ['sh']) {
    describe(`under ${shell === 'sh' ? 'busybox sh' : shell}`, () => faults(boot, shell));
  }
});
