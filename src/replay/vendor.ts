/** Kernels of vendors who keep a version's number and take in what came later. */

const vendors: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\.el\d+uek|\buek\b/, 'Oracle UEK'],
  [/\.el(\d+)/, 'Enterprise Linux'],
  [/-1[2-9]0\d{3}[.\d]*-\w+|-\d+\.\d+(\.\d+)*-default\b/, 'SUSE Linux Enterprise'],
  [/\.amzn\d/, 'Amazon Linux'],
  [/-\d+-(gcp|aws|azure|oracle|gke|ibm|kvm)\b/, 'Ubuntu\'s for a cloud'],
];

/** Whose kernel it is, when its number does not say which code it has. */
export function vendorOf(release: string): string | undefined {
  return vendors.find(([pattern]) => pattern.test(release))?.[1];
}
