import { expect, test } from 'vitest';
import { dumpedPfn } from '../../src/trace/kernel_text/log/dumped_page.js';

test.each([
  ['page:ffffea0000d1a600 refcount:1 mapcount:0 index:0x0 pfn:0x34698', false, 0x34698],
  ['page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x34698', false, 0x34698],
  ['page:ffffea00041f0000 refcount:1 mapcount:0 mapping:0000000000000000', true, 0x107c00],
  ['page:ffd40000041f0000 refcount:1 mapcount:0 mapping:0000000000000000', true, 0x107c00],
  // The kernel was moved, or is no kernel of x86-64.
  ['page:ffffea00041f0000 refcount:1 mapcount:0 mapping:0000000000000000', false, undefined],
  ['page:ffff000000100000 refcount:1 mapcount:0 mapping:0000000000000000', true, undefined],
  ['page:(____ptrval____) refcount:1 mapcount:0', true, undefined],
])('%s (nokaslr: %s)', (text, nokaslr, pfn) => {
  expect(dumpedPfn(text, nokaslr)).toBe(pfn);
});
