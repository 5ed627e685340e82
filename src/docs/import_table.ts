/** Which folder of src may import which: the table of src/README.md, held by test/tidy. */
export interface ImportRule {
  readonly folder: string;
  /** Folders it may import beside itself; `anything`: all of them. */
  readonly may: readonly string[] | 'anything';
  /** What the folder is, in one sentence. */
  readonly doc: string;
}

export const importTable: readonly ImportRule[] = [
  { folder: 'trace', may: ['base'],
    doc: 'What happened: the event table, traces as typed columns, importers, the CSV format.' },
  { folder: 'replay', may: ['trace', 'patch', 'linux', 'observe', 'base'],
    doc: 'Run it on a kernel: for each input event the kernel function of that name is called.' },
  { folder: 'observe', may: ['linux', 'base'],
    doc: 'What was seen: probes that look at the kernel after a step, invariants that must hold.' },
  { folder: 'compare', may: ['observe', 'trace', 'base'],
    doc: 'Where runs part: groups, the first divergence, its cause; the comparison document.' },
  { folder: 'report', may: ['explore', 'compare', 'observe', 'base'],
    doc: 'Say it: the document as text for mail and in all formats of `report/formats`.' },
  { folder: 'page', may: ['report', 'explore', 'compare', 'observe', 'base'],
    doc: 'The report to look at: what a browser runs, one script and one style.' },
  { folder: 'verify',
    may: ['replay', 'compare', 'observe', 'trace', 'patch', 'linux', 'base'],
    doc: 'Every recorded fact held against the model.' },
  { folder: 'linux', may: ['base'],
    doc: 'The kernel model, one file or several for each kernel file, with the kernel\'s names.' },
  { folder: 'patch', may: ['linux', 'base'],
    doc: 'The policy interface: define, find, load, order, check, compose.' },
  { folder: 'explore', may: ['replay', 'compare', 'observe', 'trace', 'patch', 'linux', 'base'],
    doc: 'Other orders of the tasks than the recorded one.' },
  { folder: 'find',
    may: ['pipeline.ts', 'explore', 'replay', 'compare', 'observe', 'trace', 'patch', 'linux',
      'base'],
    doc: 'Search a machine and steps on which policies part; make what shows it small.' },
  { folder: 'batch',
    may: ['pipeline.ts', 'report', 'compare', 'observe', 'patch', 'base'],
    doc: 'Many traces on all cores: the pool, results by content, shards, what changed.' },
  { folder: 'record', may: ['trace', 'base'],
    doc: 'New recordings: the shell script for any machine, kernels booted in QEMU.' },
  { folder: 'drift', may: ['record', 'patch', 'linux', 'base'],
    doc: 'What of the modelled functions changed between two kernel sources.' },
  { folder: 'cli', may: 'anything',
    doc: 'One command a file; `cli/program` finds and runs them.' },
  { folder: 'docs', may: 'anything',
    doc: 'What `npm run docs` writes: the tables that are made from the code.' },
  { folder: 'bench', may: 'anything',
    doc: 'What `npm run bench` measures; its README says where it stands and why.' },
  { folder: 'fuzz', may: 'anything',
    doc: 'What `npm run fuzz` does: damaged inputs, read and replayed; `fuzz:policies`: mistakes ' +
      'in policies.' },
  { folder: 'soak', may: 'anything',
    doc: 'What `npm run soak` does: random scenarios, recorded on real kernels and verified.' },
  { folder: 'base', may: [],
    doc: 'Errors, words, rounding, files: what knows nothing of the rest.' },
];

/** The files at the top of src. */
export const topOfSrc: readonly ImportRule[] = [
  { folder: 'main.ts', may: ['cli', 'base'],
    doc: 'The program: answers `--version`, starts `cli`.' },
  { folder: 'pipeline.ts',
    may: ['verify', 'replay', 'observe', 'compare', 'trace', 'patch', 'linux', 'base'],
    doc: 'The stages called in order: the table of contents that runs.' },
];
