/** The mainline releases of the model, the newest first, with the day of the release (ISO). */
import type { Mainline } from './since.js';

export interface Release {
  readonly id: Mainline;
  readonly released: string;
}

export const mainline: readonly Release[] = [
  { id: 'v6.11', released: '2024-09-15' },
  { id: 'v6.10', released: '2024-07-14' },
  { id: 'v6.9', released: '2024-05-12' },
  { id: 'v6.8', released: '2024-03-10' },
  { id: 'v6.7', released: '2024-01-07' },
  { id: 'v6.0', released: '2022-10-02' },
  { id: 'v5.19', released: '2022-07-31' },
  { id: 'v5.18', released: '2022-05-22' },
  { id: 'v5.17', released: '2022-03-20' },
  { id: 'v5.16', released: '2022-01-09' },
  { id: 'v5.15', released: '2021-10-31' },
  { id: 'v5.14', released: '2021-08-29' },
  { id: 'v5.13', released: '2021-06-27' },
  { id: 'v5.12', released: '2021-04-25' },
  { id: 'v5.10', released: '2020-12-13' },
  { id: 'v5.9', released: '2020-10-11' },
  { id: 'v5.8', released: '2020-08-02' },
  { id: 'v5.4', released: '2019-11-24' },
  { id: 'v5.3', released: '2019-09-15' },
  { id: 'v5.1', released: '2019-05-05' },
  { id: 'v4.19', released: '2018-10-22' },
  { id: 'v4.18', released: '2018-08-12' },
  { id: 'v4.15', released: '2018-01-28' },
  { id: 'v4.13', released: '2017-09-03' },
];
