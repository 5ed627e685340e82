/** What must not compile; test/types.test.ts compiles it and expects that nothing else is wrong. */
import { definePatch } from 'mmreplay';

const mail = {
  subject: 's', author: 'a', link: 'l', base: 'v6.1', doc: 'd',
} as const;

export const unknownFunction = definePatch({
  ...mail, id: 'wrong/unknown_function',
  // @ts-expect-error The kernel has no function of that name.
  replaces: { build_zonerefs_nod: () => [] },
});

export const unknownCaller = definePatch({
  ...mail, id: 'wrong/unknown_caller',
  // @ts-expect-error The kernel has no function of that name.
  substitutes: { build_zonerefs_nod: { managed_zone: 'populated_zone' } },
});

export const otherShape = definePatch({
  ...mail, id: 'wrong/other_shape',
  // @ts-expect-error A function with other arguments cannot stand in.
  substitutes: { build_zonerefs_node: { managed_zone: 'drain_all_pages' } },
});

export const otherResult = definePatch({
  ...mail, id: 'wrong/other_result',
  replaces: {
    // @ts-expect-error It returns a number, as in the kernel.
    check_cpu_on_node: () => 'yes',
  },
});

export const withoutBase = definePatch(
  // @ts-expect-error The base version is missing.
  { id: 'wrong/without_base', subject: 's', author: 'a', link: 'l', doc: 'd' });

export const callsWrongly = definePatch({
  ...mail, id: 'wrong/calls_wrongly',
  replaces: {
    try_offline_node(k, nid) {
      // @ts-expect-error The kernel has no function of that name.
      k.no_such_function(nid);
      // @ts-expect-error The argument is a node number.
      k.check_cpu_on_node('one');
    },
  },
});

export const right = definePatch({
  ...mail, id: 'wrong/right',
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
  wraps: { online_pages: (next) => (k, ...args) => next(k, ...args) },
});
