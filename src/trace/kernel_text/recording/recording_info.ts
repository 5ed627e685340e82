/** info.json of a recording: how the machine was made and what drove it. */

/** A step as the recorder wrote it. */
export interface Step {
  readonly step: number;
  readonly action: string;
  readonly rc?: number;
  /** When it began, in seconds of the trace's clock; the recorder noted it. */
  readonly began?: number;
  readonly block?: number;
  readonly stderr?: string | null;
  /** A DIMM's number; QEMU's id of a virtio-mem device. */
  readonly id?: number | string;
  readonly size_mb?: number;
  readonly node?: number;
  /** virtio-mem: what QEMU asks for, and what it had at the end of the step. */
  readonly requested_mb?: number;
  readonly plugged_mb?: number;
  readonly cmd?: string;
  readonly output?: string | null;
  /** dax-kmem-unbind. */
  readonly device?: string;
  /** offline-result: whether the write of `offline-begin` has returned, its exit status then. */
  readonly ended?: boolean;
  readonly write_rc?: number;
  /** notifier-error. */
  readonly event?: string;
  readonly errno?: number;
  /** write, read. */
  readonly path?: string;
  readonly value?: string;
}

/** When a step began and ended, ns of the trace. */
export type Span = readonly [from: number, to: number];

/** What the recorder noted of a buffer that was full. */
export interface LostEvents {
  readonly cpu: number;
  readonly events: number;
  /** first: the buffer overwrote; some: nobody knows where; absent: the last ones. */
  readonly which?: 'first' | 'some';
}

/** info.json, as far as it is used; every field may be missing. */
export interface RecordingInfo {
  readonly name?: string;
  readonly note?: string;
  readonly kernel?: readonly string[];
  readonly steps?: readonly Step[];
  readonly qemu?: { readonly args?: readonly string[] };
  readonly recorder?: {
    readonly lost?: readonly LostEvents[];
    readonly lacks?: readonly string[];
    /** When all was recorded, joined by `/`. */
    readonly lowmem_reserve_ratio?: string;
  };
}
