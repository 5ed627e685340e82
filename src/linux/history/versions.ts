/**
 * The kernel versions of the model. The newest is src/linux as it stands; each older one is what
 * differs from the next newer one, split by part of the model.
 */
import type { Difference } from '../base/difference.js';
import * as v6_11_11 from './v6_11_11/index.js';
import * as v6_11 from './v6_11/index.js';
import * as v6_10 from './v6_10/index.js';
import * as v6_9 from './v6_9/index.js';
import * as v6_8 from './v6_8/index.js';
import * as v6_7 from './v6_7/index.js';
import * as v6_6 from './v6_6/index.js';
import * as v6_1 from './v6_1/index.js';
import * as v6_0 from './v6_0/index.js';
import * as v5_19 from './v5_19/index.js';
import * as v5_18 from './v5_18/index.js';
import * as v5_17 from './v5_17/index.js';
import * as v5_15_35 from './v5_15_35/index.js';
import * as v5_15 from './v5_15/index.js';
import * as v5_14 from './v5_14/index.js';
import * as v5_13 from './v5_13/index.js';
import * as v5_12 from './v5_12/index.js';
import * as v5_11 from './v5_11/index.js';
import * as v5_10_112 from './v5_10_112/index.js';
import * as v5_10 from './v5_10/index.js';
import * as v5_9 from './v5_9/index.js';
import * as v5_8_18 from './v5_8_18/index.js';
import * as v5_8 from './v5_8/index.js';
import * as v5_4_71 from './v5_4_71/index.js';
import * as v5_4_30 from './v5_4_30/index.js';
import * as v5_3_0_46 from './v5_3_0_46/index.js';
import * as v5_0_0_48 from './v5_0_0_48/index.js';
import * as v5_4 from './v5_4/index.js';
import * as v5_3_14 from './v5_3_14/index.js';
import * as v5_3 from './v5_3/index.js';
import * as v5_1 from './v5_1/index.js';
import * as v5_0_6 from './v5_0_6/index.js';
import * as v4_19 from './v4_19/index.js';
import * as v4_18 from './v4_18/index.js';
import * as v4_15_0_125 from './v4_15_0_125/index.js';
import * as v4_15 from './v4_15/index.js';
import * as v4_13 from './v4_13/index.js';

export interface Version {
  /** `v6.1`: what `base` and --base name. */
  readonly id: string;
  readonly doc: string;
  /** Day of the release (ISO), for finding what a mail was written against. */
  readonly released: string;
  /** Against the version before it in the list; none for the first. */
  readonly differences: readonly Difference[];
}

export const versions: readonly Version[] = [
  { id: 'v6.12', released: '2024-11-17', doc: 'The model as written.', differences: [] },
  { id: 'v6.11.11', released: '2024-12-05', doc: v6_11_11.doc,
    differences: v6_11_11.differences },
  { id: 'v6.11', released: '2024-09-15', doc: v6_11.doc, differences: v6_11.differences },
  { id: 'v6.10', released: '2024-07-14', doc: v6_10.doc, differences: v6_10.differences },
  { id: 'v6.9', released: '2024-05-12', doc: v6_9.doc, differences: v6_9.differences },
  { id: 'v6.8', released: '2024-03-10', doc: v6_8.doc, differences: v6_8.differences },
  { id: 'v6.7', released: '2024-01-07', doc: v6_7.doc, differences: v6_7.differences },
  { id: 'v6.6', released: '2023-10-29', doc: v6_6.doc, differences: v6_6.differences },
  { id: 'v6.1', released: '2022-12-11', doc: v6_1.doc, differences: v6_1.differences },
  { id: 'v6.0', released: '2022-10-02', doc: v6_0.doc, differences: v6_0.differences },
  { id: 'v5.19', released: '2022-07-31', doc: v5_19.doc, differences: v5_19.differences },
  { id: 'v5.18', released: '2022-05-22', doc: v5_18.doc, differences: v5_18.differences },
  { id: 'v5.17', released: '2022-03-20', doc: v5_17.doc, differences: v5_17.differences },
  { id: 'v5.16', released: '2022-01-09', doc: 'Linux 5.16, as 5.17 here.', differences: [] },
  { id: 'v5.15.35', released: '2022-04-20', doc: v5_15_35.doc, differences: v5_15_35.differences },
  { id: 'v5.15', released: '2021-10-31', doc: v5_15.doc, differences: v5_15.differences },
  { id: 'v5.14', released: '2021-08-29', doc: v5_14.doc, differences: v5_14.differences },
  { id: 'v5.13', released: '2021-06-27', doc: v5_13.doc, differences: v5_13.differences },
  { id: 'v5.12', released: '2021-04-25', doc: v5_12.doc, differences: v5_12.differences },
  { id: 'v5.11', released: '2021-02-14', doc: v5_11.doc, differences: v5_11.differences },
  { id: 'v5.10.112', released: '2022-04-20', doc: v5_10_112.doc,
    differences: v5_10_112.differences },
  { id: 'v5.10', released: '2020-12-13', doc: v5_10.doc, differences: v5_10.differences },
  { id: 'v5.9', released: '2020-10-11', doc: v5_9.doc, differences: v5_9.differences },
  { id: 'v5.8.18', released: '2020-11-01', doc: v5_8_18.doc, differences: v5_8_18.differences },
  { id: 'v5.8', released: '2020-08-02', doc: v5_8.doc, differences: v5_8.differences },
  { id: 'v5.4.71', released: '2020-10-14', doc: v5_4_71.doc, differences: v5_4_71.differences },
  { id: 'v5.4.30', released: '2020-04-02', doc: v5_4_30.doc, differences: v5_4_30.differences },
  { id: 'v5.3.0-46', released: '2020-04-01', doc: v5_3_0_46.doc,
    differences: v5_3_0_46.differences },
  { id: 'v5.0.0-48', released: '2020-04-01', doc: v5_0_0_48.doc,
    differences: v5_0_0_48.differences },
  { id: 'v5.4', released: '2019-11-24', doc: v5_4.doc, differences: v5_4.differences },
  { id: 'v5.3.14', released: '2019-11-29', doc: v5_3_14.doc, differences: v5_3_14.differences },
  { id: 'v5.3', released: '2019-09-15', doc: v5_3.doc, differences: v5_3.differences },
  { id: 'v5.1', released: '2019-05-05', doc: v5_1.doc, differences: v5_1.differences },
  { id: 'v5.0.6', released: '2019-04-03', doc: v5_0_6.doc, differences: v5_0_6.differences },
  { id: 'v4.19', released: '2018-10-22', doc: v4_19.doc, differences: v4_19.differences },
  { id: 'v4.18', released: '2018-08-12', doc: v4_18.doc, differences: v4_18.differences },
  { id: 'v4.15.0-125', released: '2020-11-17', doc: v4_15_0_125.doc,
    differences: v4_15_0_125.differences },
  { id: 'v4.15', released: '2017-11-12', doc: v4_15.doc, differences: v4_15.differences },
  { id: 'v4.13', released: '2017-09-03', doc: v4_13.doc, differences: v4_13.differences },
];

/** The differences that lead from the newest version to `id`, in order; undefined: no such one. */
export function differencesTo(id: string): readonly Difference[] | undefined {
  const index = versions.findIndex((version) => version.id === id);
  if (index < 0) return undefined;
  return versions.slice(0, index + 1).flatMap((version) => version.differences);
}
