import { expect, test } from 'vitest';
import type { Fact } from '../../src/observe/facts/fact.js';
import { type HeldRecording, verificationTable, verificationText } from
  '../../src/verify/report.js';

const old = '6.1.0-56-amd64';
const recent = '6.12.117+deb12-amd64';

function held(kernel: string, recording: string, series: string, step?: number): HeldRecording {
  const disagree: readonly Fact[] = step === undefined ? [] : [{
    step, row: 7, subject: { kind: 'zone', nid: 0, zone: 'DMA' }, field: 'managed',
    recorded: 3840, modelled: 3841, verdict: 'disagrees', causes: [],
  }];
  const disagrees = disagree.length;
  const verdicts = { agrees: 1300 - disagrees, agrees_after_correction: 50, disagrees, unknown: 5 };
  return { kernel, result: {
    recording, series, facts: 1355, verdicts, disagree, list: disagree, taken: {}, unspoken: {},
    afterCorrection: { unseen_by_count: 50 }, corrections: { unseen_by_count: 3 },
    unknown: { 'call that only the model has': 5 },
  } };
}
const table = (rows: readonly HeldRecording[]): string => [...verificationTable(rows)].join('\n');

test('scenarios that were recorded on two kernels stand in rows, the kernels in columns', () => {
  expect(table([held(old, 'veto', 'v6.1'), held(old, 'order', 'v6.1', 3),
    held(recent, 'veto', 'v6.12', 0), held(recent, 'order', 'v6.12')])).toBe(`\
Facts that disagree, and the first step where one does

         6.1.0-56-amd64     6.12.117+deb12-amd64
  veto   0 of 1355          1 of 1355, boot
  order  1 of 1355, step 3  0 of 1355`);
});

test('several policies stand below their scenario; what was not recorded is a dash', () => {
  expect(table([held(old, 'veto', 'v6.1'), held(old, 'veto', 'v6.1+a/first+a/second', 7),
    held(recent, 'order', 'v6.12'), held(recent, 'order', 'v6.12+a/first+a/second')])).toBe(`\
Facts that disagree, and the first step where one does

                      6.1.0-56-amd64     6.12.117+deb12-amd64
  veto
    base              0 of 1355          -
    a/first+a/second  1 of 1355, step 7  -
  order
    base              -                  0 of 1355
    a/first+a/second  -                  0 of 1355`);
});

test('kernels that do not fit beside each other in 72 columns stand below each other', () => {
  const kernels = [old, recent, '6.6.13-mine', '6.13.0-rc1-mine'];
  const lines = table(kernels.map((kernel) => held(kernel, 'veto', 'v6.12', 2))).split('\n');
  expect(lines.slice(2)).toEqual(['  veto', ...kernels.map((kernel) =>
    `    ${kernel.padEnd(recent.length)}  1 of 1355, step 2`)]);
});

test('a recording that is given twice has two rows', () => {
  expect(table([held(old, 'veto', 'v6.1'), held(old, 'veto', 'v6.1', 1)]).split('\n').slice(3))
    .toEqual(['  veto  0 of 1355', '  veto  1 of 1355, step 1']);
});

test('one recording with one series needs no table, and says its kernel', () => {
  const one = held(recent, 'veto', 'v6.12');
  expect(table([one])).toBe('');
  expect([...verificationText(one, 20)].slice(0, 3))
    .toEqual(['veto', '  recorded on 6.12.117+deb12-amd64', '  held against v6.12']);
});

test('a kernel that is newer than the model is said to be', () => {
  const text = [...verificationText(held('99.1.0-42-generic', 'veto', 'v6.12'), 1)].join('\n');
  expect(text).toContain(
    'held against v6.12\n  the kernel is newer than the newest version of the model\n');
  expect([...verificationText(held(recent, 'veto', 'v6.12'), 1)].join('\n')).not.toContain('newer');
});

test('the four verdicts are told, and why facts agree after a correction only', () => {
  const text = [...verificationText(held(old, 'veto', 'v6.1', 3), 5)].join('\n');
  expect(text).toContain(`
  1355 facts: 1299 agree, 50 agree after a correction, 1 disagree, 5
  unknown
  step 3:
    zone 0/DMA managed
      recorded 3840
      modelled 3841
  facts that agree after a correction, by cause:
          50  so many pages had left a list by no event as a snapshot
              has fewer there
  the model set right by the recording, how often:
           3  so many pages had left a list by no event as a snapshot
              has fewer there
  unknown, whatever both sides say:
           5  call that only the model has`);
});
