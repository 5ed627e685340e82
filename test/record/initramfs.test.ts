import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cpioArchive, DIRECTORY, EXECUTABLE } from '../../src/record/cpio.js';
import { findBusybox } from '../../src/record/initramfs.js';
import { loadModules, openKernelImage } from '../../src/record/kernel_image.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, data: string | Buffer): string => {
  writeFileSync(join(folder, name), data);
  return join(folder, name);
};

const noCpio = spawnSync('cpio', ['--version']).status !== 0;

describe('a cpio archive', () => {
  it('is a multiple of four bytes long and ends with its trailer', () => {
    const archive = cpioArchive([{ path: 'a', mode: EXECUTABLE, data: Buffer.from('12345') }]);
    expect(archive.length % 4).toBe(0);
    expect(archive.toString('latin1')).toMatch(/^070701[^]*12345[^]*TRAILER!!!\0+$/);
  });

  it.skipIf(noCpio)('is what cpio lists (skipped: no cpio installed)', () => {
    const archive = cpioArchive([{ path: 'bin', mode: DIRECTORY },
      { path: 'bin/x', mode: EXECUTABLE, data: Buffer.from('#!/bin/sh\n') }]);
    const listed = execFileSync('cpio', ['-tv'],
      { input: archive, stdio: ['pipe', 'pipe', 'ignore'] });
    expect(listed.toString()).toMatch(/drwxr-xr-x.* bin\n-rwxr-xr-x.* 10 .* bin\/x\n/);
  });
});

function bootImage(release: string): Buffer {
  const image = Buffer.alloc(0x1000);
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x400, 0x20e);
  image.write(`${release} (builder@host) #1 SMP\0`, 0x600);
  return image;
}

describe('a kernel image', () => {
  it('says its release', () => {
    const kernel = openKernelImage(file('vmlinuz', bootImage('6.12.1-test')));
    expect(kernel).toMatchObject({ release: '6.12.1-test', modules: undefined });
  });

  it('that is none is refused', () => {
    expect(() => openKernelImage(file('text', 'no kernel')))
      .toThrow(/text: is not an x86 boot image, expected a vmlinuz or bzImage/);
    expect(() => openKernelImage(join(folder, 'absent'))).toThrow(/absent: no such kernel image/);
  });

  it('brings a module after those that it depends on, whatever dash its name has', () => {
    file('one-base.ko', 'ELF\0license=GPL\0depends=\0');
    file('two_user.ko', 'ELF\0depends=one-base\0');
    const kernel = { file: 'x', release: 'y', modules: folder };
    expect(loadModules(kernel, ['two-user', 'absent']).map(({ name }) => name))
      .toEqual(['one_base', 'two_user']);
  });
});

describe('busybox', () => {
  it('must be static', () => {
    expect(() => findBusybox(file('dynamic', 'ELF /lib64/ld-linux-x86-64.so.2')))
      .toThrow(/dynamic: is linked dynamically, expected a static busybox/);
    expect(() => findBusybox(join(folder, 'none')))
      .toThrow(/no busybox in .*: install busybox-static/);
  });
});
