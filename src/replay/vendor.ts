/** Kernels whose version's number does not say which code they have. */

export interface Vendor {
  readonly name: string;
  /** What is in them that the number does not say. */
  readonly has: 'later code' | 'patches of its own';
}

const later = 'later code';
const own = 'patches of its own';

const vendors: readonly (readonly [pattern: RegExp, name: string, has: Vendor['has']])[] = [
  [/\.el\d+uek|\buek\b/, 'Oracle UEK', later],
  [/\.el(\d+)/, 'Enterprise Linux', later],
  [/-1[2-9]0\d{3}[.\d]*-\w+|-\d+\.\d+(\.\d+)*-default\b/, 'SUSE Linux Enterprise', later],
  [/\.amzn\d/, 'Amazon Linux', later],
  [/-\d+-(gcp|aws|azure|oracle|gke|gkeop|ibm|kvm)\b/, 'Ubuntu\'s for a cloud', later],
  [/-\d+-(fips|oem|lowlatency|nvidia|intel|raspi|xilinx|hwe)\b/, 'an Ubuntu flavour', later],
  [/-\d+-pve\b/, 'Proxmox VE, of Ubuntu\'s', later],
  [/\.oe\d|\.ky\d+|\.uel\d/, 'openEuler or of it', later],
  [/\.(?:al|an)\d+\./, 'Alibaba Cloud or Anolis', later],
  [/\.tl\d|-tlinux|^5\.4\.\d+-\d+-\d{4}/, 'TencentOS', later],
  [/-(?:zen|lqx)\d|-(?:zen|lqx)\b/, 'zen', own],
  [/xanmod/, 'XanMod', own],
  [/cachyos/, 'CachyOS', own],
  [/[+-]rpt?-?rpi\b|-rpi\b|-rpi\d/, 'Raspberry Pi', own],
  [/-microsoft-/, 'WSL', own],
  [/-android\d+/, 'Android', own],
  [/\.qubes\b/, 'Qubes OS', own],
  [/-next-\d{8}/, 'linux-next', later],
];

/** Whose kernel it is, when its number does not say which code it has. */
export function vendorOf(release: string): Vendor | undefined {
  const found = vendors.find(([pattern]) => pattern.test(release));
  return found === undefined ? undefined : { name: found[1], has: found[2] };
}
