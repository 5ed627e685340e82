/** What is known of one model function: where it stands in the kernel, how much of it is here. */
export interface FunctionTag {
  /** Path of our file. */
  readonly file: string;
  /** Path in the kernel's tree. */
  readonly kernelFile: string;
  /** The kernel version whose text was read. */
  readonly version: string;
  /** reduced: parts are left out; stub: does nothing; custom: made for the model. */
  readonly fidelity: 'full' | 'reduced' | 'stub' | 'custom';
  /** What is left out and why. */
  readonly why: string;
}
