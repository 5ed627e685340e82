/** A Kconfig symbol that the model asked for in a run, and that the trace does not give. */
export interface AssumedSymbol {
  readonly symbol: string;
  /** What is taken for it: one value, or several that the model's parts take differently. */
  readonly values: readonly {
    readonly value: string;
    /** The part that takes it so; absent: all do. */
    readonly where?: string;
  }[];
  /** What in the trace shows the value; absent: nothing does. */
  readonly because?: string;
}

/** `DEBUG_VM=n`; `NUMA=y because of its 2 nodes`. */
function assumedText({ symbol, values, because }: AssumedSymbol): string {
  const taken = values.map(({ value, where }) =>
    (where === undefined ? value : `${value} for ${where}`));
  return `${symbol}=${taken.join(', ')}${because === undefined ? '' : ` because of ${because}`}`;
}

/** Of several runs, each once, by name: in words, and apart. */
export function assumedOf(runs: readonly { readonly assumed: readonly AssumedSymbol[] }[]): {
  readonly kconfig: readonly string[]; readonly symbols: readonly AssumedSymbol[];
} {
  const byText = new Map(runs.flatMap(({ assumed }) => assumed)
    .map((one) => [assumedText(one), one] as const));
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1));
  return { kconfig: sorted.map(([text]) => text), symbols: sorted.map(([, one]) => one) };
}
