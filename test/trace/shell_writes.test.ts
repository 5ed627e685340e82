import { describe, expect, it } from 'vitest';
import {
  cpuWrites, pageErrors, parameterReads, parameterWrites, stateWrites,
} from '../../src/trace/kernel_text/recording/shell_writes.js';

describe('what a shell command writes', () => {
  it('to memory blocks: by state or online, by the whole path or from their folder', () => {
    expect(stateWrites('cd /sys/devices/system/memory; echo online_movable > memory33/state; '
      + 'echo "online" >/sys/devices/system/memory/memory32/state; echo 0 > memory33/online; '
      + 'echo 1 > ./memory34/online; echo 2 > memory35/online; echo x > memory36/state; '
      + 'echo offline > memory37/uevent')).toEqual([
      { event: 'online_movable', block: 33 }, { event: 'online', block: 32 },
      { event: 'offline', block: 33 }, { event: 'online', block: 34 },
    ]);
  });

  it('to CPUs', () => {
    expect(cpuWrites('echo 0 > /sys/devices/system/cpu/cpu2/online; '
      + 'echo 1 > /sys/devices/system/cpu/cpu11/online')).toEqual([
      { event: 'cpu_offline', args: 'cpu=2' }, { event: 'cpu_online', args: 'cpu=11' },
    ]);
  });
});

describe('what a shell command reads', () => {
  it.each([
    'cat /proc/sys/vm/lowmem_reserve_ratio', 'cat /proc/meminfo /proc/sys/vm/lowmem_reserve_ratio',
    'read x < /proc/sys/vm/lowmem_reserve_ratio', 'sysctl -a', 'sysctl vm.lowmem_reserve_ratio',
  ])('%s has what zones keep back computed', (cmd) => {
    expect(parameterReads(cmd)).toEqual([
      { event: 'read_parameter', args: 'file=/proc/sys/vm/lowmem_reserve_ratio' }]);
  });

  it.each([
    'echo 256 64 > /proc/sys/vm/lowmem_reserve_ratio', 'sysctl vm.lowmem_reserve_ratio=256',
    'cat /proc/sys/vm/min_free_kbytes',
  ])('%s has not', (cmd) => {
    expect(parameterReads(cmd)).toEqual([]);
  });

  it('is told apart from writing', () => {
    expect(parameterWrites('sysctl vm.lowmem_reserve_ratio="256 64 32 0 0"')).toEqual([{
      event: 'write_parameter',
      args: 'file=/proc/sys/vm/lowmem_reserve_ratio value=256/64/32/0/0',
    }]);
  });
});

describe('pages whose memory is said to fail', () => {
  it('are found by their address, which any way of writing it names', () => {
    expect(pageErrors('echo 0x104000000 > /sys/devices/system/memory/soft_offline_page; '
      + 'cd /sys/devices/system/memory && echo 4429185024 > hard_offline_page')).toEqual([
      { event: 'soft_offline_page', pfn: 0x104000 }, { event: 'memory_failure', pfn: 0x108000 }]);
    expect(pageErrors('cat /sys/devices/system/memory/soft_offline_page')).toEqual([]);
  });
});
