import { expect, test } from 'vitest';
import { isNewerThanModel, versionOf, versionOfHeader } from '../../src/replay/version.js';
import { traceOf } from '../../src/trace/build.js';

test('a release is modelled by the newest version that is not newer', () => {
  expect(versionOf('6.1.192-lab')).toBe('v6.1.191');
  expect(versionOf('6.1.0-56-amd64')).toBe('v6.1');
  expect(versionOf('6.12.43+deb13-amd64')).toBe('v6.12.29');
  expect(versionOf('6.18.2')).toBe('v6.18');
  expect(versionOf('6.8.0-151-generic')).toBe('v6.8');
  expect(versionOf('6.5.0-45-generic')).toBe('v6.5');
  expect(versionOf('5.16.11')).toBe('v5.16');
  expect(versionOf('5.9.16')).toBe('v5.9');
  expect(versionOf('5.13.19')).toBe('v5.13.2');
  expect(versionOf('5.10.7')).toBe('v5.10');
  expect(versionOf('5.10.46')).toBe('v5.10.24');
  expect(versionOf('5.17.6')).toBe('v5.17.4');
  expect(versionOf('5.3.18')).toBe('v5.3.14');
  expect(versionOf('5.3.1')).toBe('v5.3');
});

test('a series that a distribution kept goes by its own number', () => {
  expect(versionOf('4.15.0-213-generic')).toBe('v4.15.0-125');
  expect(versionOf('4.15.0-124-generic')).toBe('v4.15');
  expect(versionOf('5.3.0-76-lowlatency')).toBe('v5.3.0-46');
  expect(versionOf('5.3.0-19-generic')).toBe('v5.3');
  expect(versionOf('5.3.18')).toBe('v5.3.14');
  expect(versionOf('5.3.0-trunk-amd64')).toBe('v5.3');
  expect(versionOf('5.11.0-41-generic')).toBe('v5.11.0-36');
});

test('a release that is older than the model is refused with the versions there are', () => {
  expect(() => versionOf('3.10.0')).toThrow(
    /kernel 3\.10\.0 is older than the model; there are v4\.13 to/);
});

test('what is no release is refused', () => {
  expect(() => versionOf('linux')).toThrow(/is not a kernel release/);
  expect(() => versionOf('')).toThrow(/\(none given\)/);
});

test('of a distribution the stable release counts, when it is of the same series', () => {
  const of = (kernel: string, stable?: string): string =>
    versionOfHeader(traceOf([], { kernel, ...(stable === undefined ? {} : { stable }) }).header);
  expect(of('5.10.0-46-amd64', '5.10.262')).toBe('v5.10.112');
  expect(of('5.10.0-46-amd64', '5.10.7')).toBe('v5.10');
  expect(of('5.10.0-46-amd64')).toBe('v5.10');
  expect(of('5.15.0-204-generic', '5.15.224')).toBe('v5.15.215');
  expect(of('6.11.0-29-generic', '6.11.11')).toBe('v6.11.11');
  expect(of('5.8.0-63-generic', '5.8.18')).toBe('v5.8.18');
  expect(of('5.4.0-150-generic', '5.10.262')).toBe('v5.4');
  expect(of('4.15.0-213-generic', '4.15.18')).toBe('v4.15.0-125');
  expect(of('4.15.0-20-generic', '4.15.17')).toBe('v4.15');
  expect(of('5.0.0-37-generic', '5.0.21')).toBe('v5.0.6');
  expect(of('5.3.0-40-generic', '5.3.18')).toBe('v5.3.14');
  expect(of('5.4.0-26-generic', '5.4.30')).toBe('v5.4.30');
  expect(of('5.4.0-216-generic', '5.4.291')).toBe('v5.4.286');
});

test('a kernel of a later series than the newest version is newer than the model', () => {
  expect(isNewerThanModel('7.4.0-42-generic')).toBe(true);
  expect(isNewerThanModel('8.0.0-43-generic')).toBe(true);
  expect(isNewerThanModel('7.0.0-43-generic')).toBe(false);
  expect(isNewerThanModel('6.12.117+deb12-amd64')).toBe(false);
  expect(isNewerThanModel('5.15.0-204-generic')).toBe(false);
  expect(isNewerThanModel('linux')).toBe(false);
});
