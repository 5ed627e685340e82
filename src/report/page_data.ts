/** What stands in a page: the sections of the text report, and what can be drawn. */
import type { Comparison } from '../compare/comparison.js';
import type { ExploreDocument } from '../explore/document.js';
import type { Section } from './blocks.js';

/** A policy on a trace, in the matrix. */
export interface PageCell {
  readonly run: string;
  /** As the verdict has it; `base` of the base. */
  readonly standing: string;
  /** The gravest harm that is left with it; '' when nothing is found wrong. */
  readonly harm: string;
  /** The findings in words. */
  readonly text: string;
}

export type PageComparison = Pick<Comparison, 'trace' | 'runs' | 'groups' | 'divergences' |
  'violations' | 'refusals' | 'replay' | 'course'>;

export interface PageTrace {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly cells: readonly PageCell[];
  /** The verdict, then the other sections. */
  readonly sections: readonly Section[];
  readonly comparison: PageComparison;
}

export interface PageData {
  readonly kind: 'report';
  readonly tool: string;
  /** Of several traces: the verdict by question. */
  readonly summary: readonly Section[];
  readonly traces: readonly PageTrace[];
  readonly troubles: readonly string[];
}

/** What `explore` found, to look at. */
export interface ExplorePage {
  readonly kind: 'explore';
  readonly tool: string;
  /** What is explored, in words. */
  readonly title: string;
  readonly sections: readonly Section[];
  readonly explored: ExploreDocument;
}
