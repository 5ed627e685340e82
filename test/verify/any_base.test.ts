import { describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package_root.js';
import { vendorOf } from '../../src/replay/vendor.js';
import { readTrace } from '../../src/trace/read.js';
import { agreementOfBases, anyBaseLines, vendorAdvice } from '../../src/verify/any_base.js';

describe('kernels of vendors', () => {
  test.each([
    ['5.14.0-570.23.1.el9_6.x86_64', 'Enterprise Linux'],
    ['4.18.0-553.el8_10.x86_64', 'Enterprise Linux'],
    ['5.4.17-2136.el8uek.x86_64', 'Oracle UEK'],
    ['5.3.18-150300.59.93-default', 'SUSE Linux Enterprise'],
    ['5.14.21-150500.55.7-default', 'SUSE Linux Enterprise'],
    ['6.4.0-150600.23-default', 'SUSE Linux Enterprise'],
    ['5.4.0-1092-gcp', 'Ubuntu\'s for a cloud'], ['5.15.0-1040-azure', 'Ubuntu\'s for a cloud'],
    ['5.4.0-1051-fips', 'an Ubuntu flavour'], ['6.5.11-7-pve', 'Proxmox VE, of Ubuntu\'s'],
    ['5.10.0-60.18.0.50.oe2203.x86_64', 'openEuler or of it'],
    ['4.19.91-27.al7.x86_64', 'Alibaba Cloud or Anolis'], ['6.7.0-zen3-1-zen', 'zen'],
    ['6.6.10-lqx1-1-lqx', 'zen'], ['6.6.9-x64v3-xanmod1', 'XanMod'],
    ['6.6.20+rpt-rpi-v8', 'Raspberry Pi'], ['5.15.133.1-microsoft-standard-WSL2', 'WSL'],
    ['6.1.62-1.qubes.fc37.x86_64', 'Qubes OS'], ['6.9.0-rc4-next-20240417', 'linux-next'],
    ['6.6.9-200.fc39.x86_64', undefined], ['6.6.8-arch1-1', undefined],
    ['6.1.58-gentoo-x86_64', undefined],
    ['6.1.0-56-amd64', undefined], ['6.12.117+deb12-amd64', undefined], ['6.8.0-151-generic',
      undefined], ['7.3.4-lab', undefined], ['6.1.192', undefined], ['6.11.4-301.fc41.x86_64',
      undefined],
  ])('%s: %s', (release, vendor) => expect(vendorOf(release)?.name).toBe(vendor));

  /*
   *   v5.14   12 of 16
   *   v5.16   14 of 16   <- as good as the best and nearest to the number of the release
   *   v7.0    14 of 16
   */
  test('are told the nearest of the versions that agree most', () => {
    const all = [
      { version: 'v6.12', facts: 16, agree: 14 }, { version: 'v5.16', facts: 16, agree: 14 },
      { version: 'v5.14', facts: 16, agree: 12 },
    ];
    const release = '5.14.0-570.el9_6';
    expect(vendorAdvice(release, 'v5.14', all)).toBe('5.14.0-570.el9_6 has later code; of the '
      + 'versions v5.16 agrees most (14 of 16; v5.14 12 of 16)');
    expect(vendorAdvice(release, 'v5.16', all)).toBeUndefined();
    expect(vendorAdvice('5.14.0', 'v5.14', all)).toBeUndefined();
  });
});

test('a recording is like the version of its kernel', async () => {
  const path = join(packageRoot(), 'traces/recordings/dimm-one-never-onlined-4.15');
  const { trace } = await readTrace(path);
  const all = agreementOfBases(trace, 'x');
  const [best] = all;
  expect(best?.agree).toBe(best?.facts);
  expect(all.find(({ version }) => version === 'v4.15.0-125')).toMatchObject({
    agree: best?.facts });
  expect([...anyBaseLines(all)].length).toBeGreaterThan(3);
}, 240_000);
